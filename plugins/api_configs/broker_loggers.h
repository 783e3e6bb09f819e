// Broker loggers: who logs in this process, and from which level on. Levels have Kafka's names and
// last until the process ends.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugin.h"

namespace fluxmq::api_configs {

struct Refusal {
  protocol::ErrorCode error{};
  std::string message;
};

struct Logger {
  std::string name;
  std::string_view level;
};
std::vector<Logger> loggers(Host host);

// Sets all the levels, or none.
Refusal alter_loggers(const ApiConfigs& plugin, std::string_view broker_id,
                      const std::vector<fluxmq_config_change>& changes, bool validate_only);

}  // namespace fluxmq::api_configs
