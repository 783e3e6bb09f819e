// api_groups: consumer groups by Kafka's classic protocol, and committed offsets.
#pragma once
#include <array>
#include <string_view>

#include "coordinator.h"
#include "fluxmq/api.h"
#include "fluxmq/authorizer.h"
#include "fluxmq/catalog.h"
#include "fluxmq/plugin.h"
#include "group_config.h"

namespace fluxmq::api_groups {

class ApiGroups {
 public:
  static constexpr const char* name = "api_groups";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description = "Consumer groups and committed offsets.";
  static constexpr std::array provides{FLUXMQ_API_HANDLER};
  static constexpr std::array needs{FLUXMQ_CATALOG, FLUXMQ_PARTITION};
  static constexpr auto config_keys = kConfigKeys;

  explicit ApiGroups(Host broker);
  const void* query(std::string_view interface_id) const;
  void stop() { coordinator.stop(); }

  bool may(const Request& request, std::uint32_t operation, std::string_view group_id) const {
    return authorizer.allows_group(request.session(), operation, group_id);
  }

  const Host host;
  const Catalog catalog;
  const Authorizer authorizer;
  const GroupConfig config;
  GroupCoordinator coordinator;

 private:
  const ApiHandler handler_;
};

// A small request must not ask for an answer that fills the memory: no client asks for this many
// groups or partitions at once, or needs an answer of that size. It is closed instead.
inline constexpr std::size_t kMaxAskedFor = 1'000'000;
inline constexpr std::size_t kMaxAnswerBytes = 256 * 1024 * 1024;

inline void check_count(std::size_t count) {
  if (count > kMaxAskedFor) throw protocol::DecodeError("it asks for too much at once");
}

constexpr std::int16_t code(ErrorCode error) {
  return static_cast<std::int16_t>(error);
}

Task find_coordinator(ApiGroups& plugin, Request request);
Task join_group(ApiGroups& plugin, Request request);
Task sync_group(ApiGroups& plugin, Request request);
Task heartbeat(ApiGroups& plugin, Request request);
Task leave_group(ApiGroups& plugin, Request request);
Task offset_commit(ApiGroups& plugin, Request request);
Task offset_fetch(ApiGroups& plugin, Request request);
Task offset_delete(ApiGroups& plugin, Request request);
Task describe_groups(ApiGroups& plugin, Request request);
Task list_groups(ApiGroups& plugin, Request request);
Task delete_groups(ApiGroups& plugin, Request request);

}  // namespace fluxmq::api_groups
