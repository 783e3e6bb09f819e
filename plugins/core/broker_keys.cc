// Gathers the keys, and checks their values as Kafka does.
#include "broker_keys.h"

#include <stdexcept>

#include "config_definitions.h"
#include "fluxmq/abi/plugin.h"

namespace fluxmq::core {
namespace {

ConfigType type_of(std::uint32_t type) {
  switch (type) {
    case FLUXMQ_CONFIG_BOOLEAN:
      return ConfigType::kBoolean;
    case FLUXMQ_CONFIG_INT:
      return ConfigType::kInt;
    case FLUXMQ_CONFIG_LONG:
      return ConfigType::kLong;
    case FLUXMQ_CONFIG_DOUBLE:
      return ConfigType::kDouble;
    case FLUXMQ_CONFIG_LIST:
      return ConfigType::kList;
    case FLUXMQ_CONFIG_PASSWORD:
      return ConfigType::kPassword;
    default:
      return ConfigType::kString;
  }
}

std::string with_spaces(std::string_view list) {
  std::string text;
  for (const auto word : split_list(list)) text += concat(text.empty() ? "" : ", ", word);
  return text;
}

BrokerKey make_key(const fluxmq_config_info& info) {
  BrokerKey key;
  key.type = type_of(info.type);
  if (info.minimum != 0 || info.maximum != 0) {
    key.minimum = info.minimum;
    key.maximum = info.maximum;
  }
  key.valid_values = with_spaces(view(info.valid_values));
  key.is_dynamic = (info.flags & FLUXMQ_CONFIG_DYNAMIC) != 0;
  key.is_set = info.is_set != 0;
  key.value = view(info.value);
  key.default_value = view(info.default_value);
  key.documentation = view(info.documentation);
  return key;
}

// What Kafka requires beside type and range; null: nothing is wrong.
const char* unmet_requirement(std::string_view key, std::string_view normal) {
  const auto number = to_number(normal);
  if (key == "log.retention.ms" && number == 0)
    return "log.retention.ms must be unlimited (-1) or, greater than or equal to 1";
  if (key == "log.roll.ms" && number < 1) return "log.roll.ms must be greater than or equal to 1";
  if (key == "log.roll.jitter.ms" && number < 0)
    return "log.roll.jitter.ms must be greater than or equal to 0";
  return nullptr;
}

}  // namespace

BrokerKeys::BrokerKeys(Host host) {
  host.visit_configs([this](const fluxmq_config_info& info) {
    keys_[std::string(view(info.name))] = make_key(info);
  });
  for (const auto& [name, key] : keys_) {
    if (!key.is_set || !key.is_dynamic) continue;
    std::string normal;
    const auto outcome = normalize(name, key.value, normal);
    if (!outcome.ok()) throw std::runtime_error(outcome.message);
  }
}

const BrokerKey* BrokerKeys::find(std::string_view name) const {
  const auto found = keys_.find(name);
  return found == keys_.end() ? nullptr : &found->second;
}

Outcome BrokerKeys::normalize(std::string_view name, std::string_view value,
                              std::string& normal) const {
  const BrokerKey& key = *find(name);
  ValueRules rules{.type = key.type, .minimum = key.minimum, .maximum = key.maximum};
  if (!key.valid_values.empty()) rules.valid_values = key.valid_values.c_str();
  if (const auto* topic_config = find_synonym(name); topic_config != nullptr) {
    rules.valid_values = topic_config->rules.valid_values;
    rules.served_values = topic_config->rules.served_values;
    rules.problem = topic_config->rules.problem;
    if (rules.type == ConfigType::kDouble) {  // which a declaration has no range for
      rules.minimum = topic_config->rules.minimum;
      rules.maximum = topic_config->rules.maximum;
    }
  }
  // The ends of the type are no limits of the key.
  if (rules.maximum == std::numeric_limits<std::int32_t>::max()) rules.maximum = kNoMaximum;
  auto outcome = core::normalize(rules, name, value, normal);
  // Kafka tells all that is wrong with a broker's value by this error.
  if (!outcome.ok()) return {ErrorCode::INVALID_REQUEST, outcome.message};
  if (const char* unmet = unmet_requirement(name, normal); unmet != nullptr)
    return {ErrorCode::INVALID_REQUEST, concat("requirement failed: ", unmet)};
  return {};
}

std::vector<std::string_view> key_synonyms(std::string_view key) {
  std::vector<std::string_view> keys;
  if (const auto* definition = find_synonym(key); definition != nullptr) {
    for (const auto& synonym : definition->synonyms) {
      if (synonym.key != nullptr) keys.emplace_back(synonym.key);
    }
  } else {
    keys.push_back(key);
  }
  return keys;
}

}  // namespace fluxmq::core
