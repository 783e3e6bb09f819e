// MetadataStore: the small, ordered, durable key-value store, as C++.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/abi/metadata_store.h"
#include "fluxmq/task.h"

namespace fluxmq {

inline std::string_view text(fluxmq_bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data), static_cast<std::size_t>(bytes.size)};
}

// Operations that are committed together.
class MetadataTransaction {
 public:
  void put(std::string key, std::string value) {
    items_.push_back({FLUXMQ_METADATA_PUT, std::move(key), std::move(value)});
  }
  void remove(std::string key) {
    items_.push_back({FLUXMQ_METADATA_DELETE, std::move(key), std::nullopt});
  }
  // nullopt: the key must not exist.
  void expect(std::string key, std::optional<std::string> value) {
    items_.push_back({FLUXMQ_METADATA_EXPECT, std::move(key), std::move(value)});
  }

  std::vector<fluxmq_metadata_operation> operations() const {
    std::vector<fluxmq_metadata_operation> operations;
    operations.reserve(items_.size());
    for (const Item& item : items_) {
      operations.push_back({item.kind, 0, bytes(item.key),
                            item.value ? bytes(*item.value) : fluxmq_bytes{nullptr, 0}});
    }
    return operations;
  }

 private:
  struct Item {
    std::uint32_t kind;
    std::string key;
    std::optional<std::string> value;
  };
  static fluxmq_bytes bytes(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
  std::vector<Item> items_;
};

class MetadataStore {
 public:
  explicit MetadataStore(const fluxmq_metadata_store* table) : table_(table) {}

  std::optional<std::string> get(std::string_view key) const {
    std::optional<std::string> value;
    table_->get(
        table_->self, bytes(key),
        [](void* context, fluxmq_bytes, fluxmq_bytes found) -> std::int32_t {
          static_cast<std::optional<std::string>*>(context)->emplace(text(found));
          return 0;
        },
        &value);
    return value;
  }

  // visitor(std::string_view key, std::string_view value)
  template <class Visitor>
  void scan(std::string_view prefix, Visitor visitor) const {
    table_->scan(
        table_->self, bytes(prefix),
        [](void* context, fluxmq_bytes key, fluxmq_bytes value) -> std::int32_t {
          (*static_cast<Visitor*>(context))(text(key), text(value));
          return 1;
        },
        &visitor);
  }

  // co_await store.commit(transaction): the error code, once durable.
  auto commit(const MetadataTransaction& transaction) const {
    return call<std::int16_t, std::int16_t>(
        [table = table_, operations = transaction.operations()](auto done, void* context) {
          table->commit(table->self, operations.data(), operations.size(), done, context);
        });
  }

 private:
  static fluxmq_bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
  const fluxmq_metadata_store* table_;
};

}  // namespace fluxmq
