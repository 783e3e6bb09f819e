#include "broker_loggers.h"

#include <algorithm>
#include <array>
#include <optional>

#include "resources.h"

namespace fluxmq::api_configs {
namespace {

using protocol::ErrorCode;

// By number of the host. Nothing is logged that is worse than an error: FATAL is silence.
constexpr std::array<std::string_view, 6> kLevels{"TRACE", "DEBUG", "INFO",
                                                  "WARN",  "ERROR", "FATAL"};
constexpr std::string_view kRoot = "root";

std::optional<std::uint32_t> find_level(std::string_view name) {
  const auto* found = std::find(kLevels.begin(), kLevels.end(), name);
  if (found == kLevels.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - kLevels.begin());
}

Refusal check_broker(const ApiConfigs& plugin, std::string_view name) {
  const auto id = parse_broker_id(name);
  if (!id)
    return {ErrorCode::INVALID_REQUEST, concat("Node id must be an integer, but it is: ", name)};
  if (*id != plugin.catalog.broker_id())
    return {ErrorCode::INVALID_REQUEST,
            concat("Unexpected node id. Expected ", plugin.catalog.broker_id(), ", but received ",
                   name)};
  return {};
}

Refusal check_change(const std::vector<Logger>& known, const fluxmq_config_change& change) {
  const auto name = view(change.name);
  const auto level = view(change.value);
  const bool exists = std::any_of(known.begin(), known.end(),
                                  [name](const Logger& logger) { return logger.name == name; });
  switch (change.operation) {
    case FLUXMQ_CONFIG_SET:
      if (!exists) return {ErrorCode::INVALID_CONFIG, concat("Logger ", name, " does not exist!")};
      if (!find_level(level))
        return {ErrorCode::INVALID_CONFIG,
                concat("Cannot set the log level of ", name, " to ", level,
                       " as it is not a supported log level. Valid log levels are DEBUG, ERROR, "
                       "FATAL, INFO, TRACE, WARN")};
      return {};
    case FLUXMQ_CONFIG_DELETE:
      if (name == kRoot)
        return {ErrorCode::INVALID_REQUEST,
                "Removing the log level of the root logger is not allowed"};
      if (!exists) return {ErrorCode::INVALID_CONFIG, concat("Logger ", name, " does not exist!")};
      return {};
    case FLUXMQ_CONFIG_APPEND:
    case FLUXMQ_CONFIG_SUBTRACT:
      return {ErrorCode::INVALID_REQUEST,
              concat(change.operation == FLUXMQ_CONFIG_APPEND ? "APPEND" : "SUBTRACT",
                     " operation is not allowed for the BROKER_LOGGER resource")};
    default:
      return {ErrorCode::UNKNOWN_SERVER_ERROR, ""};  // as Kafka answers it
  }
}

}  // namespace

std::vector<Logger> loggers(Host host) {
  std::vector<Logger> found;
  host.visit_loggers([&found](std::string_view name, std::uint32_t level) {
    found.push_back({std::string(name), kLevels[std::min<std::size_t>(level, kLevels.size() - 1)]});
  });
  return found;
}

Refusal alter_loggers(const ApiConfigs& plugin, std::string_view broker_id,
                      const std::vector<fluxmq_config_change>& changes, bool validate_only) {
  if (auto refusal = check_broker(plugin, broker_id); refusal.error != ErrorCode::NONE)
    return refusal;
  const auto known = loggers(plugin.host);
  for (const auto& change : changes) {
    if (auto refusal = check_change(known, change); refusal.error != ErrorCode::NONE)
      return refusal;
  }
  if (validate_only) return {};
  for (const auto& change : changes) {
    const auto level = change.operation == FLUXMQ_CONFIG_DELETE ? FLUXMQ_LOG_INHERITED
                                                                : *find_level(view(change.value));
    plugin.host.set_log_level(view(change.name), level);
  }
  return {};
}

}  // namespace fluxmq::api_configs
