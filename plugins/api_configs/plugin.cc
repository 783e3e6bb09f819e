// The plugin: its APIs and what they share.
#include "plugin.h"

#include "fluxmq/protocol/messages/alter_configs.h"
#include "fluxmq/protocol/messages/describe_configs.h"
#include "fluxmq/protocol/messages/incremental_alter_configs.h"
#include "fluxmq/protocol/messages/list_config_resources.h"

namespace fluxmq::api_configs {
namespace {

constexpr std::array apis{
    serve<protocol::DescribeConfigsRequest, describe_configs>(),
    serve<protocol::AlterConfigsRequest, alter_configs>(),
    serve<protocol::IncrementalAlterConfigsRequest, incremental_alter_configs>(),
    serve<protocol::ListConfigResourcesRequest, list_config_resources>(),
};

}  // namespace

ApiConfigs::ApiConfigs(Host broker)
    : host(broker), catalog(broker), authorizer(broker), handler_(this, apis) {}

const void* ApiConfigs::query(std::string_view interface_id) const {
  return interface_id == FLUXMQ_API_HANDLER ? handler_.table() : nullptr;
}

}  // namespace fluxmq::api_configs

FLUXMQ_PLUGIN(fluxmq::api_configs::ApiConfigs);
