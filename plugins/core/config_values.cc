// Parses and checks values as Kafka's ConfigDef does.
#include "config_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "fluxmq/host.h"

namespace fluxmq::core {
namespace {

Outcome invalid(std::string_view key, std::string_view value, std::string_view reason) {
  return {ErrorCode::INVALID_CONFIG,
          concat("Invalid value ", value, " for configuration ", key, ": ", reason)};
}

bool is_one_of(std::string_view list, std::string_view value) {
  const auto words = split_list(list);
  return std::find(words.begin(), words.end(), value) != words.end();
}

Outcome check_word(const ValueRules& rules, std::string_view key, std::string_view word) {
  if (rules.valid_values != nullptr && !is_one_of(rules.valid_values, word))
    return invalid(key, word, concat("String must be one of: ", rules.valid_values));
  if (rules.served_values != nullptr && !is_one_of(rules.served_values, word))
    return invalid(key, word,
                   concat("not served by this broker, which serves: ", rules.served_values));
  return {};
}

std::string_view name_of(ConfigType type) {
  switch (type) {
    case ConfigType::kShort:
      return "SHORT";
    case ConfigType::kInt:
      return "INT";
    case ConfigType::kLong:
      return "LONG";
    default:
      return "DOUBLE";
  }
}

bool fits(ConfigType type, std::int64_t number) {
  if (type == ConfigType::kShort) return number == static_cast<std::int16_t>(number);
  return type != ConfigType::kInt || number == static_cast<std::int32_t>(number);
}

template <class Number>
Outcome check_range(const ValueRules& rules, std::string_view key, Number number,
                    std::string_view told) {
  if (rules.minimum != kNoMinimum && number < static_cast<Number>(rules.minimum))
    return invalid(key, told, concat("Value must be at least ", rules.minimum));
  if (rules.maximum != kNoMaximum && number > static_cast<Number>(rules.maximum))
    return invalid(key, told, concat("Value must be no more than ", rules.maximum));
  return {};
}

Outcome not_a_number(const ValueRules& rules, std::string_view key, std::string_view value) {
  return invalid(key, value, concat("Not a number of type ", name_of(rules.type)));
}

Outcome normalize_integer(const ValueRules& rules, std::string_view key, std::string_view value,
                          std::string& normal) {
  std::string_view digits = value;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto* last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, number);
  const bool has_two_signs = value.size() != digits.size() && digits.starts_with('-');
  if (digits.empty() || has_two_signs || error != std::errc{} || end != last ||
      !fits(rules.type, number))
    return not_a_number(rules, key, value);
  normal = std::to_string(number);
  return check_range(rules, key, number, normal);
}

// As Java writes it: 0.5, 2.0, 1.0E7.
std::string written(double number) {
  const double size = std::fabs(number);
  const bool is_plain = size == 0 || (size >= 1e-3 && size < 1e7);
  char buffer[64];
  const auto result =
      std::to_chars(buffer, buffer + sizeof(buffer), number,
                    is_plain ? std::chars_format::fixed : std::chars_format::scientific);
  const std::string text(buffer, result.ptr);
  const auto exponent = text.find('e');
  std::string mantissa = text.substr(0, exponent);
  if (mantissa.find('.') == std::string::npos) mantissa += ".0";
  if (exponent == std::string::npos) return mantissa;
  return concat(mantissa, "E", std::stoi(text.substr(exponent + 1)));
}

Outcome normalize_double(const ValueRules& rules, std::string_view key, std::string_view value,
                         std::string& normal) {
  double number = 0;
  const auto* last = value.data() + value.size();
  const auto [end, error] = std::from_chars(value.data(), last, number);
  if (value.empty() || error != std::errc{} || end != last || !std::isfinite(number))
    return not_a_number(rules, key, value);
  normal = written(number);
  return check_range(rules, key, number, normal);
}

Outcome normalize_boolean(std::string_view key, std::string_view value, std::string& normal) {
  normal = value;
  std::transform(normal.begin(), normal.end(), normal.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (normal == "true" || normal == "false") return {};
  return invalid(key, value, "Expected value to be either true or false");
}

// A list of given words holds each once, and no empty one; any other is kept as it is.
Outcome normalize_list(const ValueRules& rules, std::string_view key, std::string_view value,
                       std::string& normal) {
  const bool is_set = rules.valid_values != nullptr;
  std::vector<std::string_view> kept;
  for (const auto word : split_list(value)) {
    if (is_set && word.empty())
      return {ErrorCode::INVALID_CONFIG,
              concat("Configuration '", key, "' values must not be empty.")};
    if (auto outcome = check_word(rules, key, word); !outcome.ok()) return outcome;
    if (!is_set || std::find(kept.begin(), kept.end(), word) == kept.end()) kept.push_back(word);
  }
  normal.clear();
  for (const auto& word : kept) normal += concat(&word == kept.data() ? "" : ",", word);
  return {};
}

Outcome normalize_by_type(const ValueRules& rules, std::string_view key, std::string_view value,
                          std::string& normal) {
  switch (rules.type) {
    case ConfigType::kBoolean:
      return normalize_boolean(key, value, normal);
    case ConfigType::kShort:
    case ConfigType::kInt:
    case ConfigType::kLong:
      return normalize_integer(rules, key, value, normal);
    case ConfigType::kDouble:
      return normalize_double(rules, key, value, normal);
    case ConfigType::kList:
      return normalize_list(rules, key, value, normal);
    default:
      normal = value;
      return check_word(rules, key, value);
  }
}

// A list is told as Java writes one.
std::string told(const ValueRules& rules, const std::string& normal) {
  if (rules.type != ConfigType::kList) return normal;
  std::string text;
  for (const auto word : split_list(normal)) text += concat(text.empty() ? "[" : ", ", word);
  return text + "]";
}

}  // namespace

Outcome normalize(const ValueRules& rules, std::string_view key, std::string_view value,
                  std::string& normal) {
  auto outcome = normalize_by_type(rules, key, trim(value), normal);
  if (!outcome.ok() || rules.problem == nullptr) return outcome;
  const char* problem = rules.problem(normal);
  if (problem == nullptr) return {};
  return invalid(key, told(rules, normal), concat(*problem == ' ' ? key : "", problem));
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> split_list(std::string_view value) {
  std::vector<std::string_view> words;
  value = trim(value);
  if (value.empty()) return words;
  for (;;) {
    const auto comma = value.find(',');
    words.push_back(trim(value.substr(0, comma)));
    if (comma == std::string_view::npos) return words;
    value.remove_prefix(comma + 1);
  }
}

std::int64_t to_number(std::string_view normal) {
  std::int64_t number = 0;
  std::from_chars(normal.data(), normal.data() + normal.size(), number);
  return number;
}

double to_double(std::string_view normal) {
  double number = 0;
  std::from_chars(normal.data(), normal.data() + normal.size(), number);
  return number;
}

}  // namespace fluxmq::core
