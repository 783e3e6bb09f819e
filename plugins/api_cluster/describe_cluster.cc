// DescribeCluster: cluster id, controller and brokers, for admin clients.
#include "fluxmq/protocol/messages/describe_cluster.h"

#include <string>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_cluster {
namespace {

using namespace protocol;

constexpr std::int8_t kBrokers = 1;
constexpr std::int8_t kControllers = 2;

// The error of a client that expects another kind of endpoint (KIP-919).
ErrorCode check_endpoint_type(std::int8_t endpoint_type) {
  if (endpoint_type == kBrokers) return ErrorCode::NONE;
  return endpoint_type == kControllers ? ErrorCode::MISMATCHED_ENDPOINT_TYPE
                                       : ErrorCode::UNSUPPORTED_ENDPOINT_TYPE;
}

std::int32_t authorized_operations(const ApiCluster& plugin, const fluxmq_session& session) {
  if (!plugin.authorizer.allows_cluster(session, FLUXMQ_OPERATION_DESCRIBE)) return 0;
  return plugin.authorizer.authorized_operations(session, FLUXMQ_ACL_RESOURCE_CLUSTER,
                                                 "kafka-cluster");
}

}  // namespace

Task describe_cluster(ApiCluster& plugin, Request request) {
  const auto message = request.decode<DescribeClusterRequest>();
  DescribeClusterResponse response;

  if (const auto error = check_endpoint_type(message.endpoint_type); error != ErrorCode::NONE) {
    const std::string reason = error == ErrorCode::MISMATCHED_ENDPOINT_TYPE
                                   ? "The request was sent to an endpoint of type BROKER, but we "
                                     "wanted an endpoint of type "
                                     "CONTROLLER"
                                   : concat("Unsupported endpoint type ", message.endpoint_type);
    response.error_code = to_int16(error);
    response.error_message = reason;
    request.answer(response);
    co_return;
  }

  response.cluster_id = plugin.catalog.cluster_id();
  response.controller_id = plugin.catalog.controller_id();
  const auto listener = plugin.listener_of(request.session());
  for (const auto& known : plugin.catalog.brokers()) {
    auto& broker = response.brokers.emplace_back();
    broker.broker_id = known.broker_id;
    set_endpoint(broker, known, listener);
  }
  if (message.include_cluster_authorized_operations) {
    response.cluster_authorized_operations = authorized_operations(plugin, request.session());
  }
  request.answer(response);
}

}  // namespace fluxmq::api_cluster
