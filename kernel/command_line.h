// The command line, as typed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace fluxmq::kernel {

enum class Action { kRun, kCheckConfig, kPrintConfig, kPrintMarkdown, kPrintVersion, kPrintHelp };

struct CommandLine {
  Action action = Action::kRun;
  std::optional<std::string> host;
  std::optional<std::string> port;
  std::optional<std::string> config_file;
  bool enable_consumer_groups = false;
  // The command to run instead of the broker, and its own words; "" for none.
  std::string command;
  std::vector<std::string> command_arguments;
  // --set, --data-dir and --log-level, in their order.
  std::vector<Setting> settings;
};

// Throws ConfigError.
CommandLine parse_command_line(int argc, char** argv);
// `commands` are those of the plugins, by name, with their descriptions.
std::string help_text(const std::map<std::string, std::string>& commands);

}  // namespace fluxmq::kernel
