// The rules and messages of Kafka for names of topics.
#include "topic_name.h"

#include <algorithm>

#include "fluxmq/host.h"

namespace fluxmq::core {
namespace {

// A partition's folder is the name, '-' and the index, and must fit a file name of 255 bytes.
constexpr std::size_t kMaxNameBytes = 249;

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

Outcome invalid(std::string message) {
  return {ErrorCode::INVALID_TOPIC_EXCEPTION, std::move(message)};
}

}  // namespace

Outcome check_topic_name(std::string_view name) {
  if (name.empty()) return invalid("Topic name is invalid: the empty string is not allowed");
  if (name == "." || name == "..")
    return invalid(concat("Topic name is invalid: '", name, "' is not allowed"));
  if (name.size() > kMaxNameBytes)
    return invalid(concat("Topic name is invalid: the length of '", name,
                          "' is longer than the max allowed length ", kMaxNameBytes));
  if (!std::all_of(name.begin(), name.end(), is_allowed))
    return invalid(concat("Topic name is invalid: '", name,
                          "' contains one or more characters other than ASCII alphanumerics, '.', "
                          "'_' and '-'"));
  return {};
}

bool is_internal_topic(std::string_view name) {
  return name == "__consumer_offsets" || name == "__transaction_state" ||
         name == "__share_group_state";
}

std::string collision_key(std::string_view name) {
  std::string key(name);
  std::replace(key.begin(), key.end(), '.', '_');
  return key;
}

}  // namespace fluxmq::core
