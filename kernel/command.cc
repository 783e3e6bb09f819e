// Runs a command of a plugin.
#include "command.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "broker.h"
#include "fluxmq/abi/command.h"

namespace fluxmq::kernel {
namespace {

int32_t write_output(void*, uint32_t stream, fluxmq_string text) {
  const int fd = stream == FLUXMQ_OUTPUT_ERROR ? STDERR_FILENO : STDOUT_FILENO;
  while (text.size > 0) {
    const ssize_t written = ::write(fd, text.data, text.size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return 0;
    text.data += written;
    text.size -= static_cast<uint64_t>(written);
  }
  return 1;
}

}  // namespace

int run_command(Setup& setup) {
  std::signal(SIGPIPE, SIG_IGN);  // a command is told that nobody reads, and ends in good order
  set_log_levels(log_levels(setup.config));
  Broker broker(setup);
  broker.start_plugins();
  const CommandLine& line = setup.command_line;
  const auto* command = static_cast<const fluxmq_command*>(
      setup.registry.find_interface(FLUXMQ_COMMAND + line.command, 0));
  std::vector<fluxmq_string> arguments;
  for (const std::string& word : line.command_arguments) {
    arguments.push_back({word.data(), word.size()});
  }
  const fluxmq_command_output output{sizeof(fluxmq_command_output), 0, nullptr, write_output};
  const int32_t exit_code =
      command->run(command->self, arguments.data(), arguments.size(), &output);
  broker.stop();
  return exit_code;
}

}  // namespace fluxmq::kernel
