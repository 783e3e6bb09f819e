// IncrementalAlterConfigs: sets, deletes, appends to and subtracts from single configs.
#include "fluxmq/protocol/messages/incremental_alter_configs.h"

#include "config_changes.h"

namespace fluxmq::api_configs {

using namespace protocol;

Task incremental_alter_configs(ApiConfigs& plugin, Request request) {
  const auto message = request.decode<IncrementalAlterConfigsRequest>();
  std::vector<ResourceChange> resources;
  resources.reserve(message.resources.size());
  for (const auto& asked : message.resources) {
    auto& resource = resources.emplace_back();
    resource.resource_type = asked.resource_type;
    resource.resource_name = asked.resource_name;
    for (const auto& config : asked.configs) {
      const auto operation = static_cast<std::uint8_t>(config.config_operation);
      resource.changes.push_back({operation, 0, to_abi(config.name), to_abi(config.value)});
    }
  }

  check(plugin, request.session(), true, resources);
  Latch latch(static_cast<std::int64_t>(resources.size()));
  start(plugin, resources, message.validate_only ? FLUXMQ_VALIDATE_ONLY : 0, latch);
  co_await latch;
  request.answer(make_response<IncrementalAlterConfigsResponse>(resources));
}

}  // namespace fluxmq::api_configs
