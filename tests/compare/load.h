// A message from JSON in Kafka's own form, the way back from dump.h. Fields that are left out keep
// their defaults, and fields that the version lacks are passed over when it is encoded, so that one
// JSON serves many versions. A name that the message doesn't have is refused: it would be a slip of
// the pen.
#pragma once

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::compare {

using namespace fluxmq::protocol;
using nlohmann::json;

// What messages are views of.
class Storage {
 public:
  MutableBytes decoded(const std::string& base64) {
    auto bytes = base64_decode(base64);
    if (!bytes) throw std::invalid_argument("not base64: " + base64);
    return bytes_.emplace_back(std::move(*bytes));
  }

 private:
  std::deque<std::vector<std::uint8_t>> bytes_;
};

inline std::string json_name(std::string_view field) {
  std::string name(field);
  if (name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] + 32);
  return name;
}

template <Struct S>
void load_struct(const json& from, S& to, Storage& storage);

template <class T>
void load_value(const json& from, T& to, Storage& storage) {
  if constexpr (Struct<T>) {
    load_struct(from, to, storage);
  } else if constexpr (is_optional<T>) {
    to.reset();
    if (!from.is_null()) load_value(from, to.emplace(typename T::value_type{}), storage);
  } else if constexpr (is_vector<T>) {
    to.clear();
    for (const json& each : from) {
      typename T::value_type element{};
      load_value(each, element, storage);
      to.push_back(std::move(element));
    }
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    to = from.get_ref<const std::string&>();
  } else if constexpr (std::is_same_v<T, Bytes>) {
    to = storage.decoded(from.get_ref<const std::string&>());
  } else if constexpr (std::is_same_v<T, Records>) {
    to = {};
    to.is_null = from.is_null();
    if (!to.is_null) to.bytes = storage.decoded(from.get_ref<const std::string&>());
  } else if constexpr (std::is_same_v<T, Uuid>) {
    const auto uuid = Uuid::from_string(from.get_ref<const std::string&>());
    if (!uuid) throw std::invalid_argument("not a uuid: " + from.dump());
    to = *uuid;
  } else {
    to = from.get<T>();
  }
}

template <Struct S>
void load_struct(const json& from, S& to, Storage& storage) {
  std::size_t known = 0;
  S::fields([&](const auto&... field) {
    const auto load_field = [&](const auto& each) {
      const auto found = from.find(json_name(each.name));
      if (found == from.end()) return;
      ++known;
      load_value(*found, to.*each.member, storage);
    };
    (load_field(field), ...);
  });
  if (known != from.size()) throw std::invalid_argument("unknown field in " + from.dump());
}

}  // namespace fluxmq::compare
