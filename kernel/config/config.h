// The configuration: keys that the kernel and the enabled plugins declare, and the values that
// operators set.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/abi/plugin.h"

namespace fluxmq::kernel {

// One line for the operator: what is wrong, where, and the nearest right.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One `key=value` as it was given.
struct Setting {
  std::string key;
  std::string value;
  std::string place;  // "/etc/fluxmq/fluxmq.conf:12", "command line"
};

struct ConfigEntry {
  std::string name;
  std::string owner;  // "kernel" or the plugin
  uint32_t type = FLUXMQ_CONFIG_STRING;
  uint32_t flags = 0;
  std::string default_value;
  int64_t minimum = 0;
  int64_t maximum = 0;
  std::vector<std::string> valid_values;
  std::string documentation;

  std::string value;
  std::string place;  // empty: the default

  bool is_set() const { return !place.empty(); }
};

class Config {
 public:
  // Throws ConfigError if another owner declared the key otherwise, or the default is not valid.
  void declare(std::string_view owner, const fluxmq_config_key& key);
  // Throws ConfigError for an unknown key or a wrong value. A later setting wins.
  void set(const Setting& setting);

  // Null if nobody declares it.
  const ConfigEntry* find(std::string_view name) const;
  // The kernel's own keys, which are there and valid.
  const std::string& text(std::string_view name) const;
  int64_t number(std::string_view name) const;

  const std::map<std::string, ConfigEntry, std::less<>>& entries() const { return entries_; }

 private:
  std::map<std::string, ConfigEntry, std::less<>> entries_;
};

// Kafka's properties syntax: key=value lines, # and ! comments. Throws ConfigError.
std::vector<Setting> read_properties(const std::string& path);

// "; did you mean …?" if one of the candidates is near, else "".
std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& candidates);

}  // namespace fluxmq::kernel
