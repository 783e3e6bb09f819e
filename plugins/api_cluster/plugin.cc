// The plugin: its APIs and what they share.
#include "plugin.h"

#include <vector>

#include "fluxmq/protocol/messages/api_versions.h"
#include "fluxmq/protocol/messages/describe_cluster.h"
#include "fluxmq/protocol/messages/describe_quorum.h"
#include "fluxmq/protocol/messages/describe_topic_partitions.h"
#include "fluxmq/protocol/messages/metadata.h"
#include "fluxmq/protocol/messages/update_features.h"

namespace fluxmq::api_cluster {
namespace {

constexpr std::array apis{
    serve<protocol::ApiVersionsRequest, api_versions>({.flags = FLUXMQ_API_BEFORE_AUTHENTICATION |
                                                                FLUXMQ_API_ANY_VERSION |
                                                                FLUXMQ_API_PLAIN_RESPONSE_HEADER}),
    serve<protocol::MetadataRequest, metadata>(),
    serve<protocol::DescribeQuorumRequest, describe_quorum>(),
    serve<protocol::UpdateFeaturesRequest, update_features>(),
    serve<protocol::DescribeClusterRequest, describe_cluster>(),
    serve<protocol::DescribeTopicPartitionsRequest, describe_topic_partitions>(),
};

}  // namespace

ApiCluster::ApiCluster(Host broker)
    : host(broker),
      catalog(broker),
      authorizer(broker),
      auto_create_topics(broker.config_bool("auto.create.topics.enable")),
      max_described_partitions(
          static_cast<std::int32_t>(broker.config_int("max.request.partition.size.limit"))),
      handler_(this, apis) {}

const void* ApiCluster::query(std::string_view interface_id) const {
  return interface_id == FLUXMQ_API_HANDLER ? handler_.table() : nullptr;
}

fluxmq_listener ApiCluster::listener_of(const fluxmq_session& session) const {
  const auto* table = host.table();
  std::array<fluxmq_listener, 16> few{};
  std::vector<fluxmq_listener> many;
  fluxmq_listener* listeners = few.data();
  const auto count = table->listeners(table->self, listeners, few.size());
  if (count > few.size()) {
    many.resize(count);
    listeners = many.data();
    table->listeners(table->self, listeners, count);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (view(listeners[i].name) == view(session.listener_name)) return listeners[i];
  }
  return {};
}

}  // namespace fluxmq::api_cluster

FLUXMQ_PLUGIN(fluxmq::api_cluster::ApiCluster);
