// fluxmq: reads the command line, runs the broker, and waits for signals.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "broker.h"
#include "command.h"
#include "command_line.h"
#include "config/describe.h"
#include "host/log.h"
#include "setup.h"

namespace fluxmq::kernel {
namespace {

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// Every connection is a descriptor; the soft limit is often a thousand.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

sigset_t handled_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// Blocked before there are threads, so that only the main thread takes them.
void block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals = handled_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// Whoever asks twice wants the end at once.
void end_at_next_signal() {
  for (int signal : {SIGTERM, SIGINT}) std::signal(signal, [](int number) { _exit(128 + number); });
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void reload_log(const Setup& setup) {
  try {
    set_log_levels(reload_log_levels(setup));
    reopen_log_file();
    kernel_log().write(LogLevel::info, "log levels were read again, log files opened anew");
  } catch (const std::exception& error) {
    kernel_log().write(LogLevel::error, std::string("the log stays as it is: ") + error.what());
  }
}

void wait_for_end(const Setup& setup) {
  sigset_t signals = handled_signals();
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGHUP) {
      reload_log(setup);
      continue;
    }
    kernel_log().write(LogLevel::info,
                       std::string("ends on ") + (signal == SIGTERM ? "SIGTERM" : "SIGINT"));
    return;
  }
}

std::string ready_line(const Setup& setup) {
  std::string line = "fluxmq " FLUXMQ_VERSION " ready: ";
  for (const ListenerConfig& listener : setup.listeners) {
    if (&listener != &setup.listeners.front()) line += ", ";
    line += format_listener(listener.name, listener.host, listener.port);
  }
  return line + ", data in " + setup.config.text("log.dirs");
}

std::string first_message_hint(const Setup& setup) {
  const ListenerConfig& listener = setup.listeners.front();
  std::string address = format_listener("", listener.advertised_host, listener.advertised_port);
  return "send a first message: echo hello | kcat -b " + address.substr(3) + " -P -t greetings\n";
}

int run(Setup& setup) {
  const Config& config = setup.config;
  raise_descriptor_limit();
  set_log_levels(log_levels(config));
  open_log_file({config.text("log.file"),
                 static_cast<uint64_t>(config.number("log.file.max.bytes")),
                 static_cast<uint32_t>(config.number("log.file.count"))});
  block_signals();
  Broker broker(setup);
  broker.start();
  std::string line = ready_line(setup);
  kernel_log().write(LogLevel::info, line);
  print(line + "\n");
  if (isatty(STDOUT_FILENO) != 0) print(first_message_hint(setup));
  wait_for_end(setup);
  end_at_next_signal();
  broker.stop();
  kernel_log().write(LogLevel::info, "ended");
  return 0;
}

int check(Setup& setup) {
  std::string report;
  bool ok = true;
  for (const auto& [is_error, line] : Broker(setup).check()) {
    if (is_error) {
      std::fprintf(stderr, "fluxmq: %s\n", line.c_str());
      ok = false;
    } else {
      report += line + "\n";
    }
  }
  if (!ok) return 1;
  size_t count = setup.registry.plugins().size();
  print("configuration ok: " + std::to_string(count) + (count == 1 ? " plugin" : " plugins") +
        ", data in " + setup.config.text("log.dirs") + "\n" + report);
  return 0;
}

int act(const CommandLine& command_line) {
  switch (command_line.action) {
    case Action::kPrintHelp:
      print(help_text(find_commands(command_line)));
      return 0;
    case Action::kPrintVersion:
      print("fluxmq " FLUXMQ_VERSION "\n");
      return 0;
    case Action::kPrintMarkdown: {
      Config config;
      declare_all_keys(command_line, config);
      print(describe_keys_as_markdown(config));
      return 0;
    }
    default:
      break;
  }
  Setup setup;
  load(command_line, setup);
  if (command_line.action == Action::kPrintConfig) {
    print(describe_values(setup.config));
    return 0;
  }
  if (command_line.action == Action::kCheckConfig) return check(setup);
  if (!command_line.command.empty()) {
    raise_descriptor_limit();
    return run_command(setup);
  }
  return run(setup);
}

}  // namespace
}  // namespace fluxmq::kernel

int main(int argc, char** argv) {
  try {
    return fluxmq::kernel::act(fluxmq::kernel::parse_command_line(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fluxmq: %s\n", error.what());
    return 1;
  }
}
