// AlterConfigs: the configs of a resource become exactly those of the request; others go back to
// their defaults.
#include "fluxmq/protocol/messages/alter_configs.h"

#include <algorithm>

#include "config_changes.h"

namespace fluxmq::api_configs {
namespace {

using namespace protocol;

// Deletes what is set now and isn't in the request.
void delete_others(const ApiConfigs& plugin, ResourceChange& resource) {
  const auto is_named = [&resource](std::string_view name) {
    return std::any_of(resource.changes.begin(), resource.changes.end(),
                       [name](const auto& change) { return view(change.name) == name; });
  };
  plugin.catalog.describe_configs(
      static_cast<std::uint32_t>(resource.resource_type), resource.resource_name,
      [&](const fluxmq_config_description& config) {
        const bool is_set = config.source == FLUXMQ_SOURCE_DYNAMIC_TOPIC ||
                            config.source == FLUXMQ_SOURCE_DYNAMIC_BROKER ||
                            config.source == FLUXMQ_SOURCE_DYNAMIC_DEFAULT_BROKER;
        if (is_set && !is_named(view(config.name))) {
          resource.names.emplace_back(view(config.name));
        }
      });
  for (const auto& name : resource.names) {
    resource.changes.push_back(
        {FLUXMQ_CONFIG_DELETE, 0, to_abi(std::string_view(name)), {nullptr, 0}});
  }
}

}  // namespace

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

  check(plugin, request.session(), resources);
  for (auto& resource : resources) {
    if (!resource.is_refused) delete_others(plugin, resource);
  }
  Latch latch(static_cast<std::int64_t>(resources.size()));
  start(plugin, resources, message.validate_only, latch);
  co_await latch;
  request.answer(make_response<AlterConfigsResponse>(resources));
}

}  // namespace fluxmq::api_configs
