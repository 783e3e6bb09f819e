// The log: spdlog with two sinks, and the levels of the components.
#include "host/log.h"

#include <fcntl.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace fluxmq::kernel {
namespace {

constexpr const char* kPattern = "%Y-%m-%d %H:%M:%S.%e %l %n: %v";

void write_all(int fd, const char* data, size_t size) {
  while (size > 0) {
    ssize_t written = ::write(fd, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // there is no better place to complain
    data += written;
    size -= static_cast<size_t>(written);
  }
}

class StderrSink : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    write_all(STDERR_FILENO, line.data(), line.size());
  }
  void flush_() override {}
};

// A file that is rotated by size (file, file.1, file.2, …) and opened anew when asked, so that
// logrotate may be used instead.
class FileSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FileSink(LogFile file) : file_(std::move(file)) { open(); }
  ~FileSink() override { ::close(fd_); }
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  void reopen() {
    std::lock_guard lock(mutex_);
    open();
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (file_.max_bytes > 0 && size_ > 0 && size_ + line.size() > file_.max_bytes) rotate();
    write_all(fd_, line.data(), line.size());
    size_ += line.size();
  }
  void flush_() override {}

 private:
  void open() {
    int fd = ::open(file_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0) {
      throw std::runtime_error("log.file " + file_.path +
                               " can't be opened: " + std::strerror(errno));
    }
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
    struct stat status {};
    size_ = ::fstat(fd_, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
  }

  void rotate() {
    auto numbered = [&](uint32_t n) { return file_.path + "." + std::to_string(n); };
    for (uint32_t n = file_.count; n > 1; --n) {
      ::rename(numbered(n - 1).c_str(), numbered(n).c_str());
    }
    if (file_.count > 0) {
      ::rename(file_.path.c_str(), numbered(1).c_str());
    } else {
      ::unlink(file_.path.c_str());
    }
    try {
      open();
    } catch (const std::runtime_error&) {
      size_ = 0;  // goes on in the renamed file
    }
  }

  const LogFile file_;
  int fd_ = -1;
  uint64_t size_ = 0;
};

// Sinks and components. Never destroyed: threads may log until the very end.
struct LogState {
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<LogComponent>, std::less<>> components;
  LogLevels levels;
  std::shared_ptr<spdlog::sinks::sink> to_stderr;
  // Set before there are threads.
  std::shared_ptr<FileSink> to_file;

  LogState() : to_stderr(std::make_shared<StderrSink>()) { to_stderr->set_pattern(kPattern); }
};

LogState& state() {
  static auto* the_state = new LogState;
  return *the_state;
}

LogLevel level_of(const LogLevels& levels, const std::string& component) {
  auto found = levels.by_component.find(component);
  return found == levels.by_component.end() ? levels.all : found->second;
}

// Text of clients and plugins can't forge lines.
std::string one_line(std::string_view message) {
  std::string line;
  line.reserve(message.size());
  for (char c : message) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      static constexpr char kHex[] = "0123456789abcdef";
      line += "\\x";
      line += kHex[static_cast<unsigned char>(c) >> 4];
      line += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace

void LogComponent::write(LogLevel level, std::string_view message) const {
  if (!enabled(level)) return;
  std::string line = one_line(message);
  spdlog::details::log_msg event(name_, static_cast<spdlog::level::level_enum>(level), line);
  state().to_stderr->log(event);
  if (state().to_file) state().to_file->log(event);
}

LogComponent& log_component(std::string_view name) {
  std::lock_guard lock(state().mutex);
  auto found = state().components.find(name);
  if (found == state().components.end()) {
    auto made = std::make_unique<LogComponent>(std::string(name));
    made->set_level(level_of(state().levels, made->name()));
    found = state().components.emplace(made->name(), std::move(made)).first;
  }
  return *found->second;
}

LogComponent& kernel_log() {
  static LogComponent& component = log_component("kernel");
  return component;
}

void open_log_file(const LogFile& file) {
  if (file.path.empty()) return;
  state().to_file = std::make_shared<FileSink>(file);
  state().to_file->set_pattern(kPattern);
}

void reopen_log_file() {
  if (state().to_file) state().to_file->reopen();
}

void set_log_levels(LogLevels levels) {
  std::lock_guard lock(state().mutex);
  state().levels = std::move(levels);
  for (auto& [name, component] : state().components) {
    component->set_level(level_of(state().levels, name));
  }
}

std::map<std::string, LogLevel> log_levels_in_use() {
  std::lock_guard lock(state().mutex);
  std::map<std::string, LogLevel> levels;
  for (const auto& [name, component] : state().components) levels[name] = component->level();
  levels[std::string(kRootLogger)] = state().levels.all;
  return levels;
}

bool set_log_level(std::string_view component, std::optional<LogLevel> level) {
  std::lock_guard lock(state().mutex);
  LogLevels& levels = state().levels;
  if (component == kRootLogger) {
    if (!level) return false;
    levels.all = *level;
  } else if (!state().components.contains(component)) {
    return false;
  } else if (level) {
    levels.by_component[std::string(component)] = *level;
  } else if (auto found = levels.by_component.find(component); found != levels.by_component.end()) {
    levels.by_component.erase(found);
  }
  for (auto& [name, known] : state().components) known->set_level(level_of(levels, name));
  return true;
}

bool LogRateLimit::take(uint64_t* left_out) {
  int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::steady_clock::now().time_since_epoch())
                    .count();
  int64_t next = next_ms_.load(std::memory_order_relaxed);
  if (now < next || !next_ms_.compare_exchange_strong(next, now + 1000)) {
    left_out_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  *left_out = left_out_.exchange(0);
  return true;
}

void log_limited(LogRateLimit& limit, LogLevel level, std::string line) {
  uint64_t left_out = 0;
  if (!limit.take(&left_out)) return;
  if (left_out > 0) line += " (" + std::to_string(left_out) + " more like this were not logged)";
  kernel_log().write(level, line);
}

std::string_view cut_for_log(std::string_view text) {
  return text.substr(0, 100);
}

}  // namespace fluxmq::kernel
