// The keys of this broker: what the kernel and all plugins declare, and what the operator set.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config_values.h"
#include "fluxmq/host.h"

namespace fluxmq::core {

struct BrokerKey {
  ConfigType type = ConfigType::kString;
  std::int64_t minimum = kNoMinimum;
  std::int64_t maximum = kNoMaximum;
  std::string valid_values;  // ", " between them; empty: any
  bool is_dynamic = false;
  bool is_set = false;  // by the operator
  std::string value;    // the operator's, else the default
  std::string default_value;
  std::string documentation;

  bool is_sensitive() const { return type == ConfigType::kPassword; }
};

class BrokerKeys {
 public:
  // Throws if the operator set a value that only Kafka's finer rules refuse.
  explicit BrokerKeys(Host host);

  const BrokerKey* find(std::string_view name) const;
  const std::map<std::string, BrokerKey, std::less<>>& all() const { return keys_; }

  // A dynamic value of the key in its normal form. Messages are Kafka's.
  Outcome normalize(std::string_view name, std::string_view value, std::string& normal) const;

 private:
  std::map<std::string, BrokerKey, std::less<>> keys_;
};

// The keys that mean the same in other units, the key among them; the first that is set wins.
std::vector<std::string_view> key_synonyms(std::string_view key);

}  // namespace fluxmq::core
