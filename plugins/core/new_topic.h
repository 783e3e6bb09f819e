// What a request asks a new topic to be, checked and completed as Kafka does.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "fluxmq/abi/catalog.h"
#include "outcome.h"
#include "topic_config.h"
#include "topic_record.h"

namespace fluxmq::core {

// Kafka's limit for one request.
inline constexpr std::int32_t kMaxPartitionsPerRequest = 10'000;
Outcome too_many_partitions();

// What a request may leave to the broker.
struct NewTopicDefaults {
  std::int32_t partition_count;
  std::int32_t replication_factor;
  bool cap_replication_factor;
};

struct NewTopic {
  std::string name;
  TopicRecord record;
  bool validate_only;
};

Outcome check_new_topic_name(std::string_view name);
// All but its name. `made` is what it is to be, if it may.
Outcome check_new_topic(const fluxmq_new_topic& topic, const NewTopicDefaults& defaults,
                        const ConfigDefaults& configs, std::int32_t broker_id, NewTopic& made);
// The configs that it would have: the overrides of the request over the defaults.
Outcome check_new_configs(const fluxmq_new_topic& topic, const ConfigDefaults& configs,
                          ConfigOverrides& overrides);

}  // namespace fluxmq::core
