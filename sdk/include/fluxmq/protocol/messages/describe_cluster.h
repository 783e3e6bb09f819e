// DescribeCluster (key 60): cluster id, controller and brokers.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeClusterRequest {
  static constexpr std::int16_t api_key = 60;
  static constexpr std::string_view name = "DescribeClusterRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  bool include_cluster_authorized_operations = false;
  std::int8_t endpoint_type = 1;
  bool include_fenced_brokers = false;

  static constexpr FieldList fields{
      field("IncludeClusterAuthorizedOperations",
            &DescribeClusterRequest::include_cluster_authorized_operations),
      field("EndpointType", &DescribeClusterRequest::endpoint_type, since(1)),
      field("IncludeFencedBrokers", &DescribeClusterRequest::include_fenced_brokers, since(2)),
  };
};

struct DescribeClusterResponse {
  static constexpr std::int16_t api_key = 60;
  static constexpr std::string_view name = "DescribeClusterResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  struct DescribeClusterBroker {
    std::int32_t broker_id = 0;
    std::string_view host;
    std::int32_t port = 0;
    std::optional<std::string_view> rack;
    bool is_fenced = false;

    static constexpr FieldList fields{
        field("BrokerId", &DescribeClusterBroker::broker_id),
        field("Host", &DescribeClusterBroker::host),
        field("Port", &DescribeClusterBroker::port),
        field("Rack", &DescribeClusterBroker::rack, nullable()),
        field("IsFenced", &DescribeClusterBroker::is_fenced, since(2)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message;
  std::int8_t endpoint_type = 1;
  std::string_view cluster_id;
  std::int32_t controller_id = -1;
  std::vector<DescribeClusterBroker> brokers;
  std::int32_t cluster_authorized_operations = std::numeric_limits<std::int32_t>::min();

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeClusterResponse::throttle_time_ms),
      field("ErrorCode", &DescribeClusterResponse::error_code),
      field("ErrorMessage", &DescribeClusterResponse::error_message, nullable()),
      field("EndpointType", &DescribeClusterResponse::endpoint_type, since(1)),
      field("ClusterId", &DescribeClusterResponse::cluster_id),
      field("ControllerId", &DescribeClusterResponse::controller_id),
      field("Brokers", &DescribeClusterResponse::brokers),
      field("ClusterAuthorizedOperations", &DescribeClusterResponse::cluster_authorized_operations),
  };
};

}  // namespace fluxmq::protocol
