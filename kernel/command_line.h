// The command line, as typed.
#pragma once

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
  // --set, --data-dir and --log-level, in their order.
  std::vector<Setting> settings;
};

// Throws ConfigError.
CommandLine parse_command_line(int argc, char** argv);
std::string help_text();

}  // namespace fluxmq::kernel
