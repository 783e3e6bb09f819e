// ListConfigResources: the resources of each type that configs can be asked of. Client metrics,
// which version 0 asks for alone, and groups have no configs here.
#include "fluxmq/protocol/messages/list_config_resources.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "resources.h"

namespace fluxmq::api_configs {

using namespace protocol;

Task list_config_resources(ApiConfigs& plugin, Request request) {
  const auto message = request.decode<ListConfigResourcesRequest>();
  const auto& types = message.resource_types;
  ListConfigResourcesResponse response;
  if (!plugin.authorizer.allows_cluster(request.session(), FLUXMQ_OPERATION_DESCRIBE_CONFIGS)) {
    response.error_code = to_int16(ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
    request.answer(response);
    co_return;
  }
  if (!std::all_of(types.begin(), types.end(), is_known)) {
    response.error_code = to_int16(ErrorCode::UNSUPPORTED_VERSION);
    request.answer(response);
    co_return;
  }

  const bool only_client_metrics = request.api_version() == 0;
  const auto is_asked_for = [&](std::int8_t type) {
    if (only_client_metrics) return false;
    return types.empty() || std::find(types.begin(), types.end(), type) != types.end();
  };
  std::vector<Topic> topics;  // what the answer points to
  std::vector<std::string> broker_ids;
  for (const auto& broker : plugin.catalog.brokers()) {
    broker_ids.push_back(std::to_string(broker.broker_id));
  }
  constexpr auto kTopic = static_cast<std::int8_t>(ResourceType::kTopic);
  for (const auto resource : {ResourceType::kBrokerLogger, ResourceType::kBroker}) {
    const auto type = static_cast<std::int8_t>(resource);
    if (!is_asked_for(type)) continue;
    for (const auto& id : broker_ids) response.config_resources.push_back({id, type});
  }
  if (is_asked_for(kTopic)) {
    topics = plugin.catalog.topics();
    for (const auto& topic : topics) response.config_resources.push_back({topic.name(), kTopic});
  }
  request.answer(response);
}

}  // namespace fluxmq::api_configs
