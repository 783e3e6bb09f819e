#include "new_topic.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <vector>

#include "fluxmq/replica_assignment.h"
#include "fluxmq/topic_name.h"
#include "topic_name.h"

namespace fluxmq::core {
namespace {

bool is_internal(const fluxmq_new_topic& topic) {
  return (topic.flags & FLUXMQ_INTERNAL_TOPIC) != 0 || is_internal_topic(view(topic.name));
}

Outcome invalid_assignment(std::string message) {
  return {ErrorCode::INVALID_REPLICA_ASSIGNMENT, std::move(message)};
}

// The broker assigns its partitions.
Outcome check_counts(const NewTopicDefaults& defaults, TopicRecord& made) {
  if (made.replication_factor == 0 || made.replication_factor < -1)
    return {ErrorCode::INVALID_REPLICATION_FACTOR,
            "Replication factor must be larger than 0, or -1 to use the default value."};
  if (made.partition_count == 0 || made.partition_count < -1)
    return {ErrorCode::INVALID_PARTITIONS,
            "Number of partitions was set to an invalid non-positive value."};
  if (made.partition_count == -1) made.partition_count = defaults.partition_count;
  if (made.replication_factor == -1) made.replication_factor = defaults.replication_factor;
  if (made.partition_count > kMaxPartitionsPerRequest) return too_many_partitions();
  // With the cap a topic has the replicas that there can be.
  if (defaults.cap_replication_factor) made.replication_factor = 1;
  if (made.replication_factor > 1)
    return {ErrorCode::INVALID_REPLICATION_FACTOR,
            concat("Unable to replicate the partition ", made.replication_factor,
                   " time(s): The target replication factor of ", made.replication_factor,
                   " cannot be reached because only 1 broker(s) are registered or some brokers "
                   "have all their log directories cordoned.")};
  return {};
}

// The request assigns them.
Outcome check_assignment(const fluxmq_new_topic& topic, std::int32_t broker_id, TopicRecord& made) {
  if (made.replication_factor != -1)
    return {ErrorCode::INVALID_REQUEST,
            "A manual partition assignment was specified, but replication factor was not set to "
            "-1."};
  if (made.partition_count != -1)
    return {ErrorCode::INVALID_REQUEST,
            "A manual partition assignment was specified, but numPartitions was not set to -1."};
  if (topic.assignment_count > kMaxPartitionsPerRequest) return too_many_partitions();
  const fluxmq_broker this_broker{broker_id, 0, {nullptr, 0}};
  std::vector<bool> seen(topic.assignment_count);
  bool consecutive = true;
  for (std::uint64_t i = 0; i < topic.assignment_count; ++i) {
    const auto partition = topic.assigned_partitions[i];
    if (partition < 0 || static_cast<std::uint64_t>(partition) >= topic.assignment_count) {
      consecutive = false;
    } else if (seen[static_cast<std::size_t>(partition)]) {
      return invalid_assignment(
          concat("Found multiple manual partition assignments for partition ", partition));
    } else {
      seen[static_cast<std::size_t>(partition)] = true;
    }
    const std::span replicas(topic.assigned_brokers + topic.assignment_starts[i],
                             topic.assigned_brokers + topic.assignment_starts[i + 1]);
    if (auto problem = check_replicas(replicas, {&this_broker, 1}); !problem.empty())
      return invalid_assignment(std::move(problem));
  }
  if (!consecutive)
    return invalid_assignment("partitions should be a consecutive 0-based integer sequence");
  made.partition_count = static_cast<std::int32_t>(topic.assignment_count);
  made.replication_factor = 1;
  return {};
}

}  // namespace

Outcome too_many_partitions() {
  return {ErrorCode::POLICY_VIOLATION, "Excessively large number of partitions per request."};
}

Outcome check_new_topic_name(std::string_view name) {
  if (auto outcome = check_topic_name(name); !outcome.ok()) return outcome;
  if (name == "__cluster_metadata")
    return {ErrorCode::INVALID_REQUEST,
            "Creation of internal topic __cluster_metadata is prohibited."};
  return {};
}

Outcome check_new_topic(const fluxmq_new_topic& topic, const NewTopicDefaults& defaults,
                        const ConfigDefaults& configs, std::int32_t broker_id, NewTopic& made) {
  made.name = view(topic.name);
  made.validate_only = (topic.flags & FLUXMQ_VALIDATE_ONLY) != 0;
  TopicRecord& record = made.record;
  record.partition_count = topic.partition_count;
  record.replication_factor = topic.replication_factor;
  record.leader_epoch = topic.leader_epoch;
  std::copy(std::begin(topic.id.bytes), std::end(topic.id.bytes), record.id.bytes.begin());
  record.is_internal = is_internal(topic);
  auto outcome = topic.assignment_count == 0 ? check_counts(defaults, record)
                                             : check_assignment(topic, broker_id, record);
  if (outcome.ok()) outcome = check_new_configs(topic, configs, record.configs);
  return outcome;
}

Outcome check_new_configs(const fluxmq_new_topic& topic, const ConfigDefaults& configs,
                          ConfigOverrides& overrides) {
  return apply_new_configs(topic, configs, is_internal(topic), overrides);
}

}  // namespace fluxmq::core
