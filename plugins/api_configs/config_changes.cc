#include "config_changes.h"

#include <set>
#include <utility>

#include "broker_loggers.h"
#include "resources.h"

namespace fluxmq::api_configs {

using protocol::ErrorCode;

void ResourceChange::refuse(ErrorCode error, std::string message) {
  is_refused = true;
  outcome.error = error;
  if (!message.empty()) outcome.error_message = std::move(message);
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
  std::string without_value;
  for (const auto& change : resource.changes) {
    if (!names.insert(view(change.name)).second) {
      return resource.refuse(ErrorCode::INVALID_REQUEST, "Error due to duplicate config keys");
    }
    if (change.operation != FLUXMQ_CONFIG_DELETE && change.value.data == nullptr) {
      without_value += concat(without_value.empty() ? "" : ", ", view(change.name));
    }
  }
  if (without_value.empty()) return;
  resource.refuse(ErrorCode::INVALID_REQUEST,
                  concat("Null value not supported for : ", without_value));
}

// Of a resource that has no configs here, none can be set.
void refuse_configs(ResourceChange& resource) {
  const bool is_group = resource.resource_type == static_cast<std::int8_t>(ResourceType::kGroup);
  for (const auto& change : resource.changes) {
    if (change.operation > FLUXMQ_CONFIG_SUBTRACT)
      return resource.refuse(ErrorCode::UNKNOWN_SERVER_ERROR, "");  // as Kafka answers it
    const bool appends = change.operation == FLUXMQ_CONFIG_APPEND;
    if (appends || change.operation == FLUXMQ_CONFIG_SUBTRACT)
      return resource.refuse(ErrorCode::INVALID_CONFIG,
                             concat("Can't ", appends ? "APPEND" : "SUBTRACT", " to key ",
                                    view(change.name), " because its type is not LIST."));
  }
  if (resource.resource_name.empty())
    return resource.refuse(
        ErrorCode::INVALID_REQUEST,
        is_group ? "Default group resources are not allowed." : "Subscription name can't be empty");
  for (const auto& change : resource.changes) {
    if (change.operation == FLUXMQ_CONFIG_DELETE) continue;
    return is_group ? resource.refuse(ErrorCode::INVALID_CONFIG,
                                      concat("Unknown group config name: ", view(change.name)))
                    : resource.refuse(
                          ErrorCode::INVALID_REQUEST,
                          concat("Unknown client metrics configuration: ", view(change.name)));
  }
}

void check_resource(const ApiConfigs& plugin, const fluxmq_session& session, bool may_be_loggers,
                    ResourceChange& resource) {
  const bool is_logger =
      resource.resource_type == static_cast<std::int8_t>(ResourceType::kBrokerLogger);
  check_changes(resource);
  if (resource.is_refused) return;
  if (!is_known(resource.resource_type) || (is_logger && !may_be_loggers)) {
    return resource.refuse(ErrorCode::INVALID_REQUEST,
                           concat("Unknown resource type ", resource.resource_type));
  }
  const auto error = authorize(plugin.authorizer, session, FLUXMQ_OPERATION_ALTER_CONFIGS,
                               resource.resource_type, resource.resource_name);
  if (error != ErrorCode::NONE) return resource.refuse(error, std::string(error_message(error)));
  if (!has_configs(resource.resource_type)) refuse_configs(resource);
}

Task change(const ApiConfigs& plugin, ResourceChange& resource, std::uint32_t flags, Latch& latch) {
  resource.outcome =
      co_await plugin.catalog.alter_configs(static_cast<std::uint32_t>(resource.resource_type),
                                            resource.resource_name, resource.changes, flags);
  latch.count_down();
}

void change_now(const ApiConfigs& plugin, ResourceChange& resource, std::uint32_t flags) {
  if (resource.resource_type != static_cast<std::int8_t>(ResourceType::kBrokerLogger)) return;
  auto [error, message] = alter_loggers(plugin, resource.resource_name, resource.changes,
                                        (flags & FLUXMQ_VALIDATE_ONLY) != 0);
  if (error != ErrorCode::NONE) resource.refuse(error, std::move(message));
}

}  // namespace

void check(const ApiConfigs& plugin, const fluxmq_session& session, bool may_be_loggers,
           std::vector<ResourceChange>& resources) {
  if (resources.size() > 1) refuse_duplicates(resources);
  for (auto& resource : resources) {
    if (!resource.is_refused) check_resource(plugin, session, may_be_loggers, resource);
  }
}

void start(const ApiConfigs& plugin, std::vector<ResourceChange>& resources, std::uint32_t flags,
           Latch& latch) {
  for (auto& resource : resources) {
    const bool is_catalogs =
        resource.resource_type == static_cast<std::int8_t>(ResourceType::kTopic) ||
        resource.resource_type == static_cast<std::int8_t>(ResourceType::kBroker);
    if (is_catalogs && !resource.is_refused) {
      change(plugin, resource, flags, latch);
    } else {
      if (!resource.is_refused) change_now(plugin, resource, flags);
      latch.count_down();
    }
  }
}

}  // namespace fluxmq::api_configs
