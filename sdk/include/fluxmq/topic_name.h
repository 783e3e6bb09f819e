// Which names a topic may have, in Kafka's rules and words.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "fluxmq/host.h"

namespace fluxmq {

// A partition's folder is the name, '-' and the index, and must fit a file name of 255 bytes.
inline constexpr std::size_t kMaxTopicNameBytes = 249;

// What is wrong with a name; nothing: "".
inline std::string check_topic_name(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (name.empty()) return "Topic name is invalid: the empty string is not allowed";
  if (name == "." || name == "..")
    return concat("Topic name is invalid: '", name, "' is not allowed");
  if (name.size() > kMaxTopicNameBytes)
    return concat("Topic name is invalid: the length of '", name,
                  "' is longer than the max allowed length ", kMaxTopicNameBytes);
  if (!std::all_of(name.begin(), name.end(), is_allowed))
    return concat("Topic name is invalid: '", name,
                  "' contains one or more characters other than ASCII alphanumerics, '.', '_' and "
                  "'-'");
  return {};
}

// Kafka's own topics, whoever creates them.
inline bool is_internal_topic(std::string_view name) {
  return name == "__consumer_offsets" || name == "__transaction_state" ||
         name == "__share_group_state";
}

}  // namespace fluxmq
