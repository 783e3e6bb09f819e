// api_cluster: what a client asks first, of the cluster as a whole.
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "fluxmq/api.h"
#include "fluxmq/authorizer.h"
#include "fluxmq/catalog.h"
#include "fluxmq/plugin.h"

namespace fluxmq::api_cluster {

class ApiCluster {
 public:
  static constexpr const char* name = "api_cluster";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description =
      "ApiVersions and features, Metadata, DescribeTopicPartitions, DescribeCluster, "
      "DescribeQuorum.";
  static constexpr std::array provides{FLUXMQ_API_HANDLER};
  static constexpr std::array needs{FLUXMQ_CATALOG, FLUXMQ_PARTITION};
  static constexpr std::array config_keys{
      config_key("auto.create.topics.enable", FLUXMQ_CONFIG_BOOLEAN, "true",
                 "Whether a topic is created when a client asks for the metadata of one that does "
                 "not exist, and allows its creation."),
      config_key(
          "max.request.partition.size.limit", FLUXMQ_CONFIG_INT, "2000",
          "The most partitions that one answer to DescribeTopicPartitions holds; clients ask "
          "for the rest with its cursor.",
          1, std::numeric_limits<std::int32_t>::max()),
  };

  explicit ApiCluster(Host broker);
  const void* query(std::string_view interface_id) const;
  void stop() {}

  // Where the clients of a session's listener are told to connect to.
  fluxmq_listener listener_of(const fluxmq_session& session) const;

  const Host host;
  const Catalog catalog;
  const Authorizer authorizer;
  const bool auto_create_topics;
  const std::int32_t max_described_partitions;

 private:
  const ApiHandler handler_;
};

Task api_versions(ApiCluster& plugin, Request request);
Task metadata(ApiCluster& plugin, Request request);
Task describe_cluster(ApiCluster& plugin, Request request);
Task describe_quorum(ApiCluster& plugin, Request request);
Task update_features(ApiCluster& plugin, Request request);
Task describe_topic_partitions(ApiCluster& plugin, Request request);

// A broker's rack, host and port as Metadata and DescribeCluster tell them.
template <class Broker>
void set_endpoint(Broker& broker, const fluxmq_broker& known, const fluxmq_listener& listener) {
  broker.host = view(listener.advertised_host);
  broker.port = listener.advertised_port;
  if (known.rack.data != nullptr) broker.rack = view(known.rack);
}

}  // namespace fluxmq::api_cluster
