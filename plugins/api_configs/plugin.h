// api_configs: reads and changes the configs of topics and brokers.
#pragma once
#include <array>
#include <string_view>

#include "fluxmq/api.h"
#include "fluxmq/authorizer.h"
#include "fluxmq/catalog.h"
#include "fluxmq/plugin.h"

namespace fluxmq::api_configs {

class ApiConfigs {
 public:
  static constexpr const char* name = "api_configs";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description =
      "DescribeConfigs, IncrementalAlterConfigs, AlterConfigs and ListConfigResources.";
  static constexpr std::array provides{FLUXMQ_API_HANDLER};
  static constexpr std::array needs{FLUXMQ_CATALOG, FLUXMQ_PARTITION};
  static constexpr std::array<fluxmq_config_key, 0> config_keys{};

  explicit ApiConfigs(Host broker);
  const void* query(std::string_view interface_id) const;
  void stop() {}

  const Host host;
  const Catalog catalog;
  const Authorizer authorizer;

 private:
  const ApiHandler handler_;
};

Task describe_configs(ApiConfigs& plugin, Request request);
Task alter_configs(ApiConfigs& plugin, Request request);
Task incremental_alter_configs(ApiConfigs& plugin, Request request);
Task list_config_resources(ApiConfigs& plugin, Request request);

}  // namespace fluxmq::api_configs
