// Values of configs: their types and valid ranges, and their normal form. Messages are Kafka's.
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "outcome.h"

namespace fluxmq::core {

// DescribeConfigs' numbers.
enum class ConfigType : std::int32_t {
  kUnknown = 0,
  kBoolean = 1,
  kString = 2,
  kInt = 3,
  kShort = 4,
  kLong = 5,
  kDouble = 6,
  kList = 7,
  kPassword = 9
};

inline constexpr std::int64_t kNoMinimum = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kNoMaximum = std::numeric_limits<std::int64_t>::max();

struct ValueRules {
  ConfigType type = ConfigType::kString;
  std::int64_t minimum = kNoMinimum;    // of numbers
  std::int64_t maximum = kNoMaximum;    // of numbers
  const char* valid_values = nullptr;   // of strings and lists: ", " between them; null: any
  const char* served_values = nullptr;  // the part of them that this broker serves; null: all
  // What else is wrong with a value in its normal form; null: nothing. Told after the key's name
  // if it begins with a space.
  const char* (*problem)(std::string_view normal) = nullptr;
};

// The value as it is told: trimmed, numbers and lists in their plain form. The outcome carries
// Kafka's message if the value isn't valid.
Outcome normalize(const ValueRules& rules, std::string_view key, std::string_view value,
                  std::string& normal);

std::vector<std::string_view> split_list(std::string_view value);
std::string_view trim(std::string_view text);
std::int64_t to_number(std::string_view normal);
double to_double(std::string_view normal);

}  // namespace fluxmq::core
