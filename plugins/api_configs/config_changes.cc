#include "config_changes.h"

#include <set>
#include <utility>

#include "resources.h"

namespace fluxmq::api_configs {

using protocol::ErrorCode;

void ResourceChange::refuse(ErrorCode error, std::string message) {
  is_refused = true;
  outcome.error = error;
  outcome.error_message = std::move(message);
}

namespace {

using Key = std::pair<std::int8_t, std::string_view>;

void refuse_duplicates(std::vector<ResourceChange>& resources) {
  std::set<Key> seen;
  std::set<Key> twice;
  for (const auto& resource : resources) {
    const Key key{resource.resource_type, resource.resource_name};
    if (!seen.insert(key).second) twice.insert(key);
  }
  for (auto& resource : resources) {
    if (twice.contains({resource.resource_type, resource.resource_name})) {
      resource.refuse(ErrorCode::INVALID_REQUEST, "Each resource must appear at most once.");
    }
  }
}

void check_changes(ResourceChange& resource) {
  std::set<std::string_view> names;
  for (const auto& change : resource.changes) {
    if (change.operation > FLUXMQ_CONFIG_SUBTRACT) {
      return resource.refuse(
          ErrorCode::INVALID_REQUEST,
          concat("Unknown operation type ", static_cast<std::int8_t>(change.operation)));
    }
    if (!names.insert(view(change.name)).second) {
      return resource.refuse(ErrorCode::INVALID_REQUEST, "Error due to duplicate config keys");
    }
  }
  for (const auto& change : resource.changes) {
    if (change.operation != FLUXMQ_CONFIG_DELETE && change.value.data == nullptr) {
      return resource.refuse(ErrorCode::INVALID_REQUEST,
                             concat("Null value not supported for : ", view(change.name)));
    }
  }
}

void check_resource(const ApiConfigs& plugin, const fluxmq_session& session,
                    ResourceChange& resource) {
  if (!is_served(resource.resource_type)) {
    return resource.refuse(ErrorCode::INVALID_REQUEST,
                           concat("Unknown resource type ", resource.resource_type));
  }
  check_changes(resource);
  if (resource.is_refused) return;
  const auto error = authorize(plugin.authorizer, session, FLUXMQ_OPERATION_ALTER_CONFIGS,
                               resource.resource_type, resource.resource_name);
  if (error != ErrorCode::NONE) resource.refuse(error, std::string(error_message(error)));
}

Task change(const ApiConfigs& plugin, ResourceChange& resource, std::uint32_t flags, Latch& latch) {
  resource.outcome =
      co_await plugin.catalog.alter_configs(static_cast<std::uint32_t>(resource.resource_type),
                                            resource.resource_name, resource.changes, flags);
  latch.count_down();
}

}  // namespace

void check(const ApiConfigs& plugin, const fluxmq_session& session,
           std::vector<ResourceChange>& resources) {
  if (resources.size() > 1) refuse_duplicates(resources);
  for (auto& resource : resources) {
    if (!resource.is_refused) check_resource(plugin, session, resource);
  }
}

void start(const ApiConfigs& plugin, std::vector<ResourceChange>& resources, bool validate_only,
           Latch& latch) {
  for (auto& resource : resources) {
    if (resource.is_refused) {
      latch.count_down();
    } else {
      change(plugin, resource, validate_only ? FLUXMQ_VALIDATE_ONLY : 0, latch);
    }
  }
}

}  // namespace fluxmq::api_configs
