// Writes and reads what the metadata store keeps of topics.
#include "topic_record.h"

#include <charconv>

namespace fluxmq::core {
namespace {

constexpr std::string_view kVersion = "1";

// Takes what stands before `separator`, or all that is left.
std::string_view take(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto taken = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return taken;
}

bool take_int(std::string_view& text, std::int32_t& number) {
  const auto word = take(text, ' ');
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return !word.empty() && error == std::errc{} && end == word.data() + word.size();
}

}  // namespace

std::string topic_key(std::string_view name) {
  return concat(kTopicPrefix, name);
}

std::string deleted_key(const protocol::Uuid& id) {
  return concat(kDeletedPrefix, id.to_string());
}

std::string broker_config_prefix(std::optional<std::int32_t> broker_id) {
  return concat("broker_config/", broker_id ? std::to_string(*broker_id) : "", "/");
}

std::string encode(const TopicRecord& record) {
  std::string value = concat(kVersion, " ", record.id.to_string(), " ", record.partition_count, " ",
                             record.replication_factor, " ", record.leader_epoch, " ",
                             record.is_internal ? 1 : 0, "\n");
  for (const auto& [index, config] : record.configs)
    value += concat(topic_config_definitions()[index].name, "=", config, "\n");
  return value;
}

std::string encode(const DeletedTopicRecord& record) {
  return concat(kVersion, " ", record.name, " ", record.partition_count, "\n");
}

std::optional<TopicRecord> decode_topic(std::string_view value) {
  auto head = take(value, '\n');
  if (take(head, ' ') != kVersion) return std::nullopt;
  TopicRecord record;
  const auto id = protocol::Uuid::from_string(take(head, ' '));
  std::int32_t internal = 0;
  if (!id || !take_int(head, record.partition_count) ||
      !take_int(head, record.replication_factor) || !take_int(head, record.leader_epoch) ||
      !take_int(head, internal) || record.partition_count < 0)
    return std::nullopt;
  record.id = *id;
  record.is_internal = internal != 0;
  while (!value.empty()) {
    auto line = take(value, '\n');
    const auto index = find_topic_config(take(line, '='));
    // A config that this version doesn't serve any more has no effect.
    if (index != kTopicConfigCount) record.configs.set(index, std::string(line));
  }
  return record;
}

std::optional<DeletedTopicRecord> decode_deleted_topic(std::string_view value) {
  auto head = take(value, '\n');
  if (take(head, ' ') != kVersion) return std::nullopt;
  DeletedTopicRecord record;
  record.name = take(head, ' ');
  if (!take_int(head, record.partition_count)) return std::nullopt;
  return record;
}

}  // namespace fluxmq::core
