// Keys, their values, and what makes a value right.
#include "config/config.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/listeners.h"

namespace fluxmq::kernel {
namespace {

// Strings and lists hold the same text: two owners may call one key either.
bool are_compatible(uint32_t one, uint32_t other) {
  auto is_text = [](uint32_t type) {
    return type == FLUXMQ_CONFIG_STRING || type == FLUXMQ_CONFIG_LIST;
  };
  return one == other || (is_text(one) && is_text(other));
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string join(const std::vector<std::string>& items) {
  std::string joined;
  for (const std::string& item : items) joined += (joined.empty() ? "" : ", ") + item;
  return joined;
}

// What is wrong with the value, or "".
std::string check_number(const ConfigEntry& entry, const std::string& value) {
  bool has_range = entry.minimum != 0 || entry.maximum != 0;
  bool is_int = entry.type == FLUXMQ_CONFIG_INT;
  int64_t minimum = has_range ? entry.minimum : is_int ? INT32_MIN : INT64_MIN;
  int64_t maximum = has_range ? entry.maximum : is_int ? INT32_MAX : INT64_MAX;
  std::optional<int64_t> number = parse_number<int64_t>(value);
  if (number && *number >= minimum && *number <= maximum) return "";
  return "is not a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum);
}

std::string check_choice(const ConfigEntry& entry, const std::string& value) {
  const auto& valid = entry.valid_values;
  if (valid.empty() || std::find(valid.begin(), valid.end(), value) != valid.end()) return "";
  return "is not one of " + join(valid) + did_you_mean(value, valid);
}

std::string check(const ConfigEntry& entry, const std::string& value) {
  switch (entry.type) {
    case FLUXMQ_CONFIG_BOOLEAN:
      return value == "true" || value == "false" ? "" : "is neither true nor false";
    case FLUXMQ_CONFIG_INT:
    case FLUXMQ_CONFIG_LONG:
      return check_number(entry, value);
    case FLUXMQ_CONFIG_DOUBLE:
      return parse_number<double>(value) ? "" : "is not a number";
    case FLUXMQ_CONFIG_LIST:
      for (const std::string& item : split_list(value)) {
        std::string problem = check_choice(entry, item);
        if (!problem.empty()) return problem;
      }
      return "";
    default:
      return check_choice(entry, value);
  }
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// Insertions, deletions, replacements and swaps of neighbours between two words.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> distance(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) distance[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) distance[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = distance[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      distance[i][j] = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
      }
    }
  }
  return distance[a.size()][b.size()];
}

}  // namespace

void Config::declare(std::string_view owner, const fluxmq_config_key& key) {
  ConfigEntry entry;
  entry.name = key.name;
  entry.owner = owner;
  entry.type = key.type;
  entry.flags = key.flags;
  entry.default_value = key.default_value == nullptr ? "" : key.default_value;
  entry.minimum = key.minimum;
  entry.maximum = key.maximum;
  if (key.valid_values != nullptr) entry.valid_values = split_list(key.valid_values);
  entry.documentation = key.documentation == nullptr ? "" : key.documentation;
  entry.value = entry.default_value;

  auto found = entries_.find(entry.name);
  if (found != entries_.end()) {
    if (are_compatible(found->second.type, entry.type)) return;
    throw ConfigError(found->second.owner + " and " + entry.owner + " both declare the key " +
                      entry.name + ", with different types");
  }
  std::string problem = entry.default_value.empty() ? "" : check(entry, entry.default_value);
  if (!problem.empty()) {
    throw ConfigError(entry.owner + " declares the key " + entry.name + " with a default that " +
                      problem);
  }
  entries_.emplace(entry.name, std::move(entry));
}

void Config::set(const Setting& setting) {
  auto found = entries_.find(setting.key);
  if (found == entries_.end()) {
    std::vector<std::string> names;
    for (const auto& [name, entry] : entries_) names.push_back(name);
    throw ConfigError(setting.place + ": unknown key " + setting.key +
                      did_you_mean(setting.key, names));
  }
  ConfigEntry& entry = found->second;
  std::string value = entry.type == FLUXMQ_CONFIG_BOOLEAN ? lower(setting.value) : setting.value;
  std::string problem = check(entry, value);
  if (!problem.empty()) {
    bool is_secret = entry.type == FLUXMQ_CONFIG_PASSWORD;
    throw ConfigError(setting.place + ": " + setting.key + "=" +
                      (is_secret ? "(hidden)" : setting.value) + ": the value " + problem);
  }
  entry.value = std::move(value);
  entry.place = setting.place;
}

const ConfigEntry* Config::find(std::string_view name) const {
  auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

const std::string& Config::text(std::string_view name) const {
  return find(name)->value;
}

int64_t Config::number(std::string_view name) const {
  return parse_number<int64_t>(text(name)).value();
}

std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& candidates) {
  // A third of the word wrong is still a slip; more is another word.
  size_t least = wrong.size() / 3 + 1;
  const std::string* nearest = nullptr;
  for (const std::string& candidate : candidates) {
    size_t distance = edit_distance(wrong, candidate);
    if (distance > least || (nearest != nullptr && distance == least)) continue;
    least = distance;
    nearest = &candidate;
  }
  return nearest == nullptr ? "" : "; did you mean " + *nearest + "?";
}

}  // namespace fluxmq::kernel
