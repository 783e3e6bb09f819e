// AlterConfigs: the configs of a resource become exactly those of the request; others go back to
// their defaults.
#include "fluxmq/protocol/messages/alter_configs.h"

#include "config_changes.h"

namespace fluxmq::api_configs {

using namespace protocol;

Task alter_configs(ApiConfigs& plugin, Request request) {
  const auto message = request.decode<AlterConfigsRequest>();
  std::vector<ResourceChange> resources;
  resources.reserve(message.resources.size());
  for (const auto& asked : message.resources) {
    auto& resource = resources.emplace_back();
    resource.resource_type = asked.resource_type;
    resource.resource_name = asked.resource_name;
    for (const auto& config : asked.configs) {
      resource.changes.push_back({FLUXMQ_CONFIG_SET, 0, to_abi(config.name), to_abi(config.value)});
    }
  }

  check(plugin, request.session(), false, resources);
  Latch latch(static_cast<std::int64_t>(resources.size()));
  start(plugin, resources,
        FLUXMQ_REPLACE_CONFIGS | (message.validate_only ? FLUXMQ_VALIDATE_ONLY : 0), latch);
  co_await latch;
  request.answer(make_response<AlterConfigsResponse>(resources));
}

}  // namespace fluxmq::api_configs
