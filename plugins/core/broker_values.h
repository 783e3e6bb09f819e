// The dynamic values of broker keys at one moment, and what is in use because of them.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker_keys.h"
#include "fluxmq/abi/catalog.h"

namespace fluxmq::core {

// As they were set: by key, not in their normal form.
using KeyValues = std::map<std::string, std::string, std::less<>>;

// A key, and the value that it has in one place.
struct SourcedValue {
  std::string_view key;
  std::string_view value;
  std::int32_t source;  // FLUXMQ_SOURCE_…
};

class BrokerValues {
 public:
  BrokerValues(const BrokerKeys& keys, KeyValues of_broker, KeyValues of_cluster)
      : keys_(keys), of_broker_(std::move(of_broker)), of_cluster_(std::move(of_cluster)) {}

  const KeyValues& of_broker() const { return of_broker_; }
  const KeyValues& of_cluster() const { return of_cluster_; }
  const BrokerKeys& keys() const { return keys_; }

  // What the keys were set to, first what is in use, ended by their defaults: this broker's own
  // values, those for all brokers, those of its file.
  std::vector<SourcedValue> sources(const std::vector<std::string_view>& names) const {
    std::vector<SourcedValue> found;
    for (const auto& [values, source] :
         {std::pair{&of_broker_, FLUXMQ_SOURCE_DYNAMIC_BROKER},
          std::pair{&of_cluster_, FLUXMQ_SOURCE_DYNAMIC_DEFAULT_BROKER}}) {
      for (const auto name : names) {
        const auto value = values->find(name);
        if (value != values->end()) found.push_back({name, value->second, source});
      }
    }
    for (const auto name : names) {
      const auto* key = keys_.find(name);
      if (key != nullptr && key->is_set)
        found.push_back({name, key->value, FLUXMQ_SOURCE_STATIC_BROKER});
    }
    for (const auto name : names) {
      const auto* key = keys_.find(name);
      if (key != nullptr && !key->default_value.empty())
        found.push_back({name, key->default_value, FLUXMQ_SOURCE_DEFAULT});
    }
    return found;
  }

  // A dynamic value in its normal form; none if it isn't valid (any more) or there is none.
  std::optional<std::string> dynamic_value(std::string_view name) const {
    const auto sourced = sources({name});
    const auto* key = keys_.find(name);
    const bool is_dynamic = !sourced.empty() &&
                            sourced.front().source != FLUXMQ_SOURCE_STATIC_BROKER &&
                            sourced.front().source != FLUXMQ_SOURCE_DEFAULT;
    std::string normal;
    if (!is_dynamic || key == nullptr || !key->is_dynamic ||
        !keys_.normalize(name, sourced.front().value, normal).ok())
      return std::nullopt;
    return normal;
  }

  // Of all keys that have one.
  KeyValues dynamic_values() const {
    KeyValues in_use;
    for (const auto* values : {&of_broker_, &of_cluster_}) {
      for (const auto& [name, value] : *values) {
        if (auto normal = dynamic_value(name)) in_use.emplace(name, std::move(*normal));
      }
    }
    return in_use;
  }

 private:
  const BrokerKeys& keys_;
  const KeyValues of_broker_;
  const KeyValues of_cluster_;
};

}  // namespace fluxmq::core
