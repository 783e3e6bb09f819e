// FakeHost: a fluxmq_host for tests of plugins. Config comes from a map, log lines are kept,
// interfaces are what the test provides. Tasks run on threads of its own or, for tests that want to
// see each step, during the call that posts them; timers then wait for advance().
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "fluxmq/abi/plugin.h"
#include "fluxmq/host.h"

namespace fluxmq::testing {

// Threads that run tasks in the order they come.
class TaskThreads {
 public:
  explicit TaskThreads(
      std::size_t count, std::function<void()> at_start = [] {}) {
    for (std::size_t i = 0; i < count; ++i) {
      threads_.emplace_back([this, at_start] {
        at_start();
        run();
      });
    }
  }
  ~TaskThreads() { stop(); }

  void post(fluxmq_task task, void* context) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.emplace_back(task, context);
    }
    wake_.notify_one();
  }

  // Runs what was posted, then ends the threads.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopped_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const auto [task, context] = tasks_.front();
      tasks_.pop_front();
      lock.unlock();
      task(context);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<fluxmq_task, void*>> tasks_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

class FakeHost {
 public:
  using Config = std::map<std::string, std::string>;
  enum class Executors { kThreads, kInline };
  struct LogLine {
    std::uint32_t level;
    std::string message;
  };

  static constexpr std::uint32_t kLoops = 2;

  explicit FakeHost(Config config = {}, Executors executors = Executors::kThreads)
      : config_(std::move(config)) {
    table_ = functions();
    table_.self = this;
    if (executors == Executors::kInline) return;
    for (std::uint32_t i = 0; i < kLoops; ++i) {
      loops_.push_back(std::make_unique<TaskThreads>(1, [i] { current_loop() = i; }));
    }
    blocking_ = std::make_unique<TaskThreads>(4);
    timer_thread_ = std::thread([this] { run_timers(); });
  }

  ~FakeHost() { finish(); }

  // Runs what was posted, and ends the threads: what a broker does between its plugins' stop and
  // their destroy. What is posted from then on runs in the call.
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    timers_changed_.notify_all();
    if (timer_thread_.joinable()) timer_thread_.join();
    if (blocking_) blocking_->stop();
    for (const auto& loop : loops_) loop->stop();
    loops_.clear();
    blocking_.reset();
  }

  const fluxmq_host* table() const { return &table_; }
  Host host() const { return Host(&table_); }

  void set_config(const std::string& key, std::string value) {
    const std::lock_guard lock(mutex_);
    config_[key] = std::move(value);
  }
  // Keys that a plugin declares get their defaults, where the test sets nothing.
  void declare(const fluxmq_plugin& plugin) {
    const std::lock_guard lock(mutex_);
    for (std::uint64_t i = 0; i < plugin.config_key_count; ++i) {
      const auto& key = plugin.config_keys[i];
      defaults_[key.name] = key.default_value;
      keys_[key.name] = key;
    }
  }
  void provide(const std::string& interface_id, const void* table) {
    const std::lock_guard lock(mutex_);
    interfaces_.emplace(interface_id, table);
  }
  void serve(const fluxmq_served_api& api) {
    const std::lock_guard lock(mutex_);
    served_apis_.push_back(api);
  }

  std::vector<LogLine> log_lines() const {
    const std::lock_guard lock(mutex_);
    return log_lines_;
  }
  bool logged(std::string_view part) const {
    const auto lines = log_lines();
    return std::any_of(lines.begin(), lines.end(), [part](const LogLine& line) {
      return line.message.find(part) != std::string::npos;
    });
  }
  // Why a plugin's create failed.
  std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  std::int64_t counter_value(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = counters_.find(name);
    return found == counters_.end() ? 0 : std::atomic_ref(*found->second).load();
  }

  // With inline executors: time passes, and the timers that come due run.
  void advance(std::int64_t ms) {
    std::unique_lock lock(mutex_);
    inline_now_ms_ += ms;
    while (!timers_.empty() && timers_.begin()->first.first <= inline_now_ms_) {
      const auto [task, context] = timers_.begin()->second;
      timers_.erase(timers_.begin());
      lock.unlock();
      task(context);
      lock.lock();
    }
  }

 private:
  using TimerKey = std::pair<std::int64_t, std::uint64_t>;  // when, id

  static FakeHost& of(void* self) { return *static_cast<FakeHost*>(self); }
  static std::uint32_t& current_loop() {
    thread_local std::uint32_t loop = FLUXMQ_NO_LOOP;
    return loop;
  }

  static fluxmq_host functions() {
    fluxmq_host table{};
    table.size = sizeof table;
    table.find_interface = [](void* self, const char* id, std::uint32_t index) {
      return of(self).find_interface(id, index);
    };
    table.report_failure = [](void* self, fluxmq_string reason) {
      const std::lock_guard lock(of(self).mutex_);
      of(self).failure_ = view(reason);
    };
    table.log_enabled = [](void*, std::uint32_t) { return std::int32_t{1}; };
    table.log = [](void* self, std::uint32_t level, fluxmq_string message) {
      of(self).log(level, std::string(view(message)));
    };
    table.config = [](void* self, const char* key) { return of(self).config(key); };
    table.config_is_set = [](void* self, const char* key) {
      const std::lock_guard lock(of(self).mutex_);
      return of(self).config_.contains(key) ? std::int32_t{1} : std::int32_t{0};
    };
    table.visit_configs = [](void* self, fluxmq_config_info_visitor visitor, void* context) {
      of(self).visit_configs(visitor, context);
    };
    table.set_dynamic_configs = [](void* self, const fluxmq_dynamic_config* configs,
                                   std::uint64_t count) {
      of(self).set_dynamic_configs(configs, count);
    };
    table.on_config_change = [](void* self, fluxmq_task task, void* context) {
      const std::lock_guard lock(of(self).mutex_);
      of(self).config_watchers_.emplace_back(task, context);
    };
    table.visit_loggers = [](void*, fluxmq_logger_visitor visitor, void* context) {
      visitor(context, to_abi("root"), FLUXMQ_LOG_INFO);
    };
    table.set_log_level = [](void*, fluxmq_string name, std::uint32_t) {
      return std::int32_t{view(name) == "root"};
    };
    table.loop_count = [](void*) { return kLoops; };
    table.current_loop = [](void*) { return current_loop(); };
    table.post = [](void* self, std::uint32_t loop, fluxmq_task task, void* context) {
      of(self).post(loop, task, context);
    };
    table.defer = [](void* self, fluxmq_task task, void* context) {
      const auto loop = current_loop();
      of(self).post(loop == FLUXMQ_NO_LOOP ? 0 : loop, task, context);
    };
    table.post_blocking = [](void* self, fluxmq_task task, void* context) {
      auto& blocking = of(self).blocking_;
      blocking ? blocking->post(task, context) : task(context);
    };
    table.start_timer = [](void* self, std::int64_t delay_ms, fluxmq_task task, void* context) {
      return of(self).start_timer(delay_ms, task, context);
    };
    table.cancel_timer = [](void* self, std::uint64_t id) { return of(self).cancel_timer(id); };
    table.counter = [](void* self, fluxmq_string name, fluxmq_string, fluxmq_string) {
      const std::lock_guard lock(of(self).mutex_);
      auto& cell = of(self).counters_[std::string(view(name))];
      if (!cell) cell = std::make_unique<std::int64_t>(0);
      return cell.get();
    };
    table.served_apis = [](void* self, fluxmq_served_api* apis, std::uint32_t capacity) {
      const std::lock_guard lock(of(self).mutex_);
      const auto& served = of(self).served_apis_;
      std::copy_n(served.begin(), std::min<std::size_t>(served.size(), capacity), apis);
      return static_cast<std::uint32_t>(served.size());
    };
    table.listeners = [](void*, fluxmq_listener* listeners, std::uint32_t capacity) {
      if (capacity > 0) {
        listeners[0] = {to_abi("PLAINTEXT"), to_abi("PLAINTEXT"), to_abi("127.0.0.1"), 9092};
      }
      return std::uint32_t{1};
    };
    return table;
  }

  const void* find_interface(const std::string& id, std::uint32_t index) {
    const std::lock_guard lock(mutex_);
    auto [at, end] = interfaces_.equal_range(id);
    for (; at != end; ++at) {
      if (index-- == 0) return at->second;
    }
    return nullptr;
  }

  void log(std::uint32_t level, std::string message) {
    if (std::getenv("FLUXMQ_TEST_LOG") != nullptr) {
      std::fprintf(stderr, "[%u] %s\n", level, message.c_str());
    }
    const std::lock_guard lock(mutex_);
    log_lines_.push_back({level, std::move(message)});
  }

  fluxmq_string config(const std::string& key) {
    const std::lock_guard lock(mutex_);
    if (const auto found = dynamic_config_.find(key); found != dynamic_config_.end())
      return to_abi(*found->second);
    return static_config(key);
  }
  fluxmq_string static_config(const std::string& key) const {
    for (const auto* values : {&config_, &defaults_}) {
      const auto found = values->find(key);
      if (found != values->end()) return to_abi(std::string_view(found->second));
    }
    return {nullptr, 0};
  }
  void visit_configs(fluxmq_config_info_visitor visitor, void* context) {
    for (const auto& [name, key] : keys_) {
      const auto text = [](const char* from) { return to_abi(std::string_view(from)); };
      const fluxmq_config_info info{sizeof(info),
                                    key.type,
                                    key.flags,
                                    config_.contains(name) ? 1u : 0u,
                                    key.minimum,
                                    key.maximum,
                                    to_abi(std::string_view(name)),
                                    static_config(name),
                                    text(key.default_value),
                                    text(key.valid_values == nullptr ? "" : key.valid_values),
                                    text(key.documentation)};
      visitor(context, &info);
    }
  }
  void set_dynamic_configs(const fluxmq_dynamic_config* configs, std::uint64_t count) {
    std::vector<std::pair<fluxmq_task, void*>> watchers;
    {
      const std::lock_guard lock(mutex_);
      dynamic_config_.clear();
      for (std::uint64_t i = 0; i < count; ++i) {
        dynamic_config_[std::string(view(configs[i].name))] =
            &*texts_.insert(std::string(view(configs[i].value))).first;
      }
      watchers = config_watchers_;
    }
    for (const auto& [task, context] : watchers) task(context);
  }

  void post(std::uint32_t loop, fluxmq_task task, void* context) {
    loops_.empty() ? task(context) : loops_[loop % kLoops]->post(task, context);
  }

  std::int64_t now_ms() const {
    if (loops_.empty()) return inline_now_ms_;
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

  std::uint64_t start_timer(std::int64_t delay_ms, fluxmq_task task, void* context) {
    const std::lock_guard lock(mutex_);
    const auto id = ++last_timer_id_;
    timers_[{now_ms() + delay_ms, id}] = {task, context};
    timers_changed_.notify_all();
    return id;
  }

  std::int32_t cancel_timer(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    return std::erase_if(timers_, [id](const auto& timer) { return timer.first.second == id; }) > 0
               ? 1
               : 0;
  }

  void run_timers() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
      if (timers_.empty()) {
        timers_changed_.wait(lock);
      } else if (const auto wait_ms = timers_.begin()->first.first - now_ms(); wait_ms > 0) {
        timers_changed_.wait_for(lock, std::chrono::milliseconds(wait_ms));
      } else {
        const auto [task, context] = timers_.begin()->second;
        timers_.erase(timers_.begin());
        loops_[0]->post(task, context);
      }
    }
  }

  fluxmq_host table_;
  mutable std::mutex mutex_;
  Config config_, defaults_;
  std::map<std::string, fluxmq_config_key> keys_;
  std::set<std::string> texts_;  // dynamic values, which plugins may hold for good
  std::map<std::string, const std::string*> dynamic_config_;
  std::vector<std::pair<fluxmq_task, void*>> config_watchers_;
  std::multimap<std::string, const void*> interfaces_;
  std::vector<fluxmq_served_api> served_apis_;
  std::vector<LogLine> log_lines_;
  std::string failure_;
  std::map<std::string, std::unique_ptr<std::int64_t>> counters_;
  std::map<TimerKey, std::pair<fluxmq_task, void*>> timers_;
  std::uint64_t last_timer_id_ = 0;
  std::int64_t inline_now_ms_ = 0;
  bool stopped_ = false;
  std::condition_variable timers_changed_;
  std::vector<std::unique_ptr<TaskThreads>> loops_;
  std::unique_ptr<TaskThreads> blocking_;
  std::thread timer_thread_;
};

}  // namespace fluxmq::testing
