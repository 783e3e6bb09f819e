// Command: what a plugin that provides `fluxmq NAME …` writes, as C++.
//
//   class Hello {
//    public:
//     static constexpr std::array provides{FLUXMQ_COMMAND "hello"};
//     …
//     const void* query(std::string_view) { return command_.table(); }
//    private:
//     int run(const std::vector<std::string>& arguments, fluxmq::CommandOutput& output);
//     fluxmq::Command<Hello, &Hello::run> command_{*this};
//   };
#pragma once
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/abi/command.h"
#include "fluxmq/host.h"

namespace fluxmq {

// Where a command writes to. Thrown by print: nobody reads any more.
struct OutputClosed : std::exception {};

class CommandOutput {
 public:
  explicit CommandOutput(const fluxmq_command_output* output) : output_(output) {}

  void print(std::string_view text) const {
    if (output_->write(output_->self, FLUXMQ_OUTPUT_STANDARD, to_abi(text)) == 0)
      throw OutputClosed();
  }
  void print_error(std::string_view text) const {
    output_->write(output_->self, FLUXMQ_OUTPUT_ERROR, to_abi(text));
  }

 private:
  const fluxmq_command_output* output_;
};

// The table of a command that a member of `Class` runs. What it throws is its error line.
template <class Class, int (Class::*kRun)(const std::vector<std::string>&, const CommandOutput&)>
class Command {
 public:
  explicit Command(Class& command)
      : command_(command), table_{sizeof(fluxmq_command), 0, this, &Command::run} {}

  const fluxmq_command* table() const { return &table_; }

 private:
  static std::int32_t run(void* self, const fluxmq_string* arguments, std::uint64_t argument_count,
                          const fluxmq_command_output* output) noexcept {
    const CommandOutput out(output);
    try {
      std::vector<std::string> words;
      for (std::uint64_t i = 0; i < argument_count; ++i) words.emplace_back(view(arguments[i]));
      return (static_cast<Command*>(self)->command_.*kRun)(words, out);
    } catch (const OutputClosed&) {
      return 0;
    } catch (const std::exception& failure) {
      out.print_error("fluxmq: " + std::string(failure.what()) + "\n");
      return 1;
    }
  }

  Class& command_;
  const fluxmq_command table_;
};

}  // namespace fluxmq
