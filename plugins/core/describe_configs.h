// What DescribeConfigs tells of a topic and of this broker.
#pragma once
#include "broker_values.h"
#include "fluxmq/abi/catalog.h"
#include "topic_config.h"

namespace fluxmq::core {

void describe_topic(const ConfigOverrides& configs, const ConfigDefaults& defaults,
                    fluxmq_config_visitor visitor, void* context);
// As CreateTopics tells it: the source of each value, without its synonyms.
void describe_new_topic(const ConfigOverrides& configs, const ConfigDefaults& defaults,
                        fluxmq_config_visitor visitor, void* context);
// All keys of this broker.
void describe_broker(const BrokerValues& values, fluxmq_config_visitor visitor, void* context);
// What was set for all brokers.
void describe_cluster(const BrokerValues& values, fluxmq_config_visitor visitor, void* context);

}  // namespace fluxmq::core
