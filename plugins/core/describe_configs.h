// What DescribeConfigs tells of a topic and of this broker.
#pragma once
#include "fluxmq/abi/catalog.h"
#include "topic_index.h"

namespace fluxmq::core {

void describe_topic(const TopicVersion& topic, const ConfigDefaults& defaults,
                    fluxmq_config_visitor visitor, void* context);
void describe_broker(Host host, fluxmq_config_visitor visitor, void* context);

}  // namespace fluxmq::core
