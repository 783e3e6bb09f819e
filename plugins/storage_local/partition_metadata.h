// partition.metadata: whose log a folder holds, in Kafka's format.
#pragma once
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "fluxmq/abi/base.h"
#include "fluxmq/protocol/base64.h"

namespace fluxmq::storage_local {

inline constexpr const char* kPartitionMetadata = "partition.metadata";

inline std::string topic_id_text(const fluxmq_uuid& topic_id) {
  return protocol::base64_encode(topic_id.bytes, protocol::Base64::kUrl);
}

// Who opens a log by its name alone doesn't know better.
inline bool is_any_topic(const fluxmq_uuid& topic_id) {
  return std::all_of(std::begin(topic_id.bytes), std::end(topic_id.bytes),
                     [](std::uint8_t byte) { return byte == 0; });
}

inline std::string partition_metadata(const fluxmq_uuid& topic_id) {
  return "version: 0\ntopic_id: " + topic_id_text(topic_id) + "\n";
}

// What it says; "" if it isn't there or isn't whole.
inline std::string topic_id_in(const std::optional<std::string>& metadata) {
  constexpr std::string_view kKey = "topic_id: ";
  const auto key = metadata ? metadata->find(kKey) : std::string::npos;
  if (key == std::string::npos) return "";
  const auto begin = key + kKey.size();
  const auto end = metadata->find('\n', begin);
  if (end == std::string::npos) return "";
  const auto id = metadata->substr(begin, end - begin);
  return id.size() == topic_id_text({}).size() ? id : "";
}

}  // namespace fluxmq::storage_local
