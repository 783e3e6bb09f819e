// The log: one line an event with time, level and component, to stderr and optionally a file.
//
// Components are the kernel, its request trace, and each plugin; each has a level of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fluxmq::kernel {

// off is no event's level: nothing is logged.
enum class LogLevel : uint32_t { trace, debug, info, warn, error, off };

class LogComponent {
 public:
  explicit LogComponent(std::string name) : name_(std::move(name)) {}
  const std::string& name() const { return name_; }
  bool enabled(LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
  LogLevel level() const { return level_.load(std::memory_order_relaxed); }
  void set_level(LogLevel level) { level_.store(level, std::memory_order_relaxed); }
  // Line breaks and other control characters in the message are made visible.
  void write(LogLevel level, std::string_view message) const;

 private:
  const std::string name_;
  std::atomic<LogLevel> level_{LogLevel::info};
};

// The component of that name, made at its first use; lives as long as the process.
LogComponent& log_component(std::string_view name);
// The kernel's own.
LogComponent& kernel_log();

struct LogFile {
  std::string path;  // empty: no file
  uint64_t max_bytes = 0;
  uint32_t count = 1;  // rotated files kept beside the current one
};

// Throws std::runtime_error with a message that names the file.
void open_log_file(const LogFile& file);
void reopen_log_file();

struct LogLevels {
  LogLevel all = LogLevel::info;
  std::map<std::string, LogLevel, std::less<>> by_component;
};
void set_log_levels(LogLevels levels);

inline constexpr std::string_view kRootLogger = "root";
// The root's level and that of each component.
std::map<std::string, LogLevel> log_levels_in_use();
// Without a level: the root's. False if there is no such component, or the root is to have none.
bool set_log_level(std::string_view component, std::optional<LogLevel> level);

// Lets an event that clients can cause at will be logged once a second, with the number of those
// left out.
class LogRateLimit {
 public:
  // True if this one is to be logged; `left_out` is how many weren't since the last.
  bool take(uint64_t* left_out);

 private:
  std::atomic<int64_t> next_ms_{0};
  std::atomic<uint64_t> left_out_{0};
};

void log_limited(LogRateLimit& limit, LogLevel level, std::string line);

// What a client sent, fit for a log line: cut to a length that a line bears.
std::string_view cut_for_log(std::string_view text);

}  // namespace fluxmq::kernel
