// From the command line and the files to a checked configuration and the loaded plugins.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "command_line.h"
#include "config/config.h"
#include "config/listeners.h"
#include "host/log.h"
#include "plugin/registry.h"

namespace fluxmq::kernel {

struct Setup {
  CommandLine command_line;
  Config config;
  Registry registry;
  std::vector<ListenerConfig> listeners;
};

// Throws ConfigError or PluginError, with one line for the operator. Plugins are loaded and in
// order, not created.
void load(const CommandLine& command_line, Setup& setup);

LogLevels log_levels(const Config& config);
// Log levels as the files and the command line say now.
LogLevels reload_log_levels(const Setup& setup);

// The commands of the enabled plugins, with their descriptions. None where the configuration is
// wrong: help is shown all the same.
std::map<std::string, std::string> find_commands(const CommandLine& command_line);

// The keys of every plugin there is, enabled or not.
void declare_all_keys(const CommandLine& command_line, Config& config);

}  // namespace fluxmq::kernel
