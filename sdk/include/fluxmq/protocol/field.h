// The notation in which messages are declared: a list of fields, each with the versions that have
// it, the versions in which it may be null, and its tag. Defaults are the members' initializers.
//
//   static constexpr FieldList fields{
//       field("TransactionalId", &ProduceRequest::transactional_id, since(3), nullable_since(3)),
//       field("Acks", &ProduceRequest::acks),
//   };
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace fluxmq::protocol {

inline constexpr std::int16_t kNewest = std::numeric_limits<std::int16_t>::max();

// Both ends belong to it.
struct VersionRange {
  std::int16_t min = 0;
  std::int16_t max = kNewest;

  constexpr bool contains(std::int16_t version) const { return version >= min && version <= max; }
  friend constexpr bool operator==(const VersionRange&, const VersionRange&) = default;
};

consteval VersionRange since(std::int16_t min) {
  return {min, kNewest};
}
consteval VersionRange until(std::int16_t max) {
  return {0, max};
}
consteval VersionRange between(std::int16_t min, std::int16_t max) {
  return {min, max};
}
consteval VersionRange never() {
  return {1, 0};
}

struct Nullable {
  VersionRange versions;
};
consteval Nullable nullable() {
  return {since(0)};
}
consteval Nullable nullable_since(std::int16_t min) {
  return {since(min)};
}
consteval Nullable nullable_between(std::int16_t min, std::int16_t max) {
  return {{min, max}};
}

struct Tag {
  std::int32_t number;
};
consteval Tag tag(std::int32_t number) {
  return {number};
}

// Keeps its old encoding in flexible versions: only the client id of the request header does.
struct NotFlexible {};
consteval NotFlexible not_flexible() {
  return {};
}

template <class Owner, class T>
struct Field {
  std::string_view name;  // Kafka's own
  T Owner::*member;
  VersionRange versions{};
  VersionRange nullable = never();
  std::int32_t tag = -1;  // not tagged
  bool may_be_flexible = true;

  constexpr bool is_tagged() const { return tag >= 0; }

  constexpr void set(VersionRange range) { versions = range; }
  constexpr void set(Nullable option) { nullable = option.versions; }
  constexpr void set(Tag option) { tag = option.number; }
  constexpr void set(NotFlexible) { may_be_flexible = false; }
};

template <class Owner, class T, class... Options>
consteval Field<Owner, T> field(std::string_view name, T Owner::*member, Options... options) {
  Field<Owner, T> described{name, member};
  (described.set(options), ...);
  return described;
}

// A closure holds the fields because it compiles several times faster than a std::tuple.
template <class... Fields>
consteval auto hold_fields(Fields... fields) {
  return [fields...](auto&& visit) -> decltype(auto) { return visit(fields...); };
}

// A visitor is called once, with all fields: `M::fields([](const auto&... field) {...})`.
template <class Holder>
class FieldList {
 public:
  template <class... Fields>
  consteval explicit FieldList(Fields... fields) : holder_(hold_fields(fields...)) {}

  template <class Visitor>
  constexpr decltype(auto) operator()(Visitor&& visit) const {
    return holder_(visit);
  }

 private:
  Holder holder_;
};

template <class... Fields>
FieldList(Fields... fields) -> FieldList<decltype(hold_fields(fields...))>;

template <class T>
concept Struct = requires {
  T::fields;
};

template <class S>
inline constexpr bool has_tagged_fields = S::fields([](const auto&... field) {
  return (false || ... || field.is_tagged());
});

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// The version that is being read or written, and whether its encoding is the flexible one.
struct WireVersion {
  std::int16_t number = 0;
  bool flexible = false;
};

template <class M>
constexpr WireVersion wire_version(std::int16_t version) {
  return {version, M::flexible.contains(version)};
}

// The form in which one value lies on the wire.
struct ValueForm {
  WireVersion version;
  bool flexible = false;
  bool nullable = false;
  bool tagged = false;
};

}  // namespace fluxmq::protocol
