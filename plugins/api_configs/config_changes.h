// What AlterConfigs and IncrementalAlterConfigs have in common: resources that are each changed as
// a whole, all at once.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_configs {

// The changes of one resource; it stays where it is until they are done.
struct ResourceChange {
  std::int8_t resource_type = 0;
  std::string_view resource_name;
  std::vector<fluxmq_config_change> changes;
  CatalogResult outcome;
  bool is_refused = false;

  void refuse(protocol::ErrorCode error, std::string message);
};

// Refuses what is wrong with resources and changes whatever their configs are. Loggers can't be
// changed as a whole.
void check(const ApiConfigs& plugin, const fluxmq_session& session, bool may_be_loggers,
           std::vector<ResourceChange>& resources);

// Changes what wasn't refused. Runs all at once, and counts down for each resource. Flags are the
// catalog's.
void start(const ApiConfigs& plugin, std::vector<ResourceChange>& resources, std::uint32_t flags,
           Latch& latch);

// The answer's entries are of the same form in both APIs.
template <class Response>
Response make_response(const std::vector<ResourceChange>& resources) {
  Response response;
  response.responses.reserve(resources.size());
  for (const auto& resource : resources) {
    auto& answer = response.responses.emplace_back();
    answer.error_code = protocol::to_int16(resource.outcome.error);
    answer.error_message = resource.outcome.error_message;
    answer.resource_type = resource.resource_type;
    answer.resource_name = resource.resource_name;
  }
  return response;
}

}  // namespace fluxmq::api_configs
