// A command of the operator: greets whom it is told to, and needs a log to do it.
#include <array>

#include "fluxmq/abi/log_store.h"
#include "fluxmq/command.h"
#include "fluxmq/plugin.h"

namespace {

using fluxmq::CommandOutput;

class Greet {
 public:
  static constexpr const char* name = "greet";
  static constexpr const char* version = "1.0.0";
  static constexpr const char* description = "Greets people.";
  static constexpr std::array provides{FLUXMQ_COMMAND "greet"};
  static constexpr std::array needs{FLUXMQ_LOG_STORE};
  static constexpr std::array config_keys{
      fluxmq::config_key("greet.word", FLUXMQ_CONFIG_STRING, "hello", "What is said.")};

  explicit Greet(fluxmq::Host host)
      : word_(host.config("greet.word")),
        has_log_(host.find<fluxmq_log_store>(FLUXMQ_LOG_STORE) != nullptr) {}
  const void* query(std::string_view) { return command_.table(); }
  void stop() {}

 private:
  int run(const std::vector<std::string>& arguments, const CommandOutput& output) {
    if (arguments.empty()) throw std::runtime_error("nobody to greet");
    if (!has_log_) output.print_error("there is no log\n");
    for (const std::string& whom : arguments) output.print(word_ + " " + whom + "\n");
    return static_cast<int>(arguments.size());
  }

  std::string word_;
  bool has_log_;
  fluxmq::Command<Greet, &Greet::run> command_{*this};
};

}  // namespace

FLUXMQ_PLUGIN(Greet);
