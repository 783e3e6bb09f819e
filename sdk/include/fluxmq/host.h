// Host: what the kernel offers a plugin, as C++.
#pragma once
#include <atomic>
#include <charconv>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "fluxmq/abi/host.h"

namespace fluxmq {

inline std::string_view view(fluxmq_string text) {
  return {text.data, static_cast<std::size_t>(text.size)};
}
inline fluxmq_string to_abi(std::string_view text) {
  return {text.data(), text.size()};
}

// Whether a table reaches to a member, which its provider may be too old for:
// offers(store, &fluxmq_log_store::size_by_name).
template <class Table, class Member>
bool offers(const Table* table, Member Table::*member) {
  const auto* begin = reinterpret_cast<const char*>(table);
  const auto* end = reinterpret_cast<const char*>(&(table->*member) + 1);
  return end - begin <= static_cast<std::ptrdiff_t>(table->size);
}

// Appends strings and integers; what log lines are made with.
template <class... Parts>
std::string concat(const Parts&... parts) {
  std::string text;
  const auto append = [&text](const auto& part) {
    if constexpr (std::is_integral_v<std::decay_t<decltype(part)>>) {
      text += std::to_string(part);
    } else {
      text += part;
    }
  };
  (append(parts), ...);
  return text;
}

class Host {
 public:
  explicit Host(const fluxmq_host* table) : table_(table) {}

  const fluxmq_host* table() const { return table_; }

  // The index-th enabled provider's table, or nullptr.
  template <class Table>
  const Table* find(const char* interface_id, std::uint32_t index = 0) const {
    return static_cast<const Table*>(table_->find_interface(table_->self, interface_id, index));
  }

  template <class... Parts>
  void debug(const Parts&... parts) const {
    log(FLUXMQ_LOG_DEBUG, parts...);
  }
  template <class... Parts>
  void info(const Parts&... parts) const {
    log(FLUXMQ_LOG_INFO, parts...);
  }
  template <class... Parts>
  void warn(const Parts&... parts) const {
    log(FLUXMQ_LOG_WARN, parts...);
  }
  template <class... Parts>
  void error(const Parts&... parts) const {
    log(FLUXMQ_LOG_ERROR, parts...);
  }

  // Values were checked against the key's type and range by the kernel.
  std::string_view config(const char* key) const { return view(table_->config(table_->self, key)); }
  bool config_bool(const char* key) const { return config(key) == "true"; }
  std::int64_t config_int(const char* key) const {
    const auto text = config(key);
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  bool config_is_set(const char* key) const {
    return table_->config_is_set(table_->self, key) != 0;
  }

  // Kernels of the first release lack these: there are no dynamic values then, and no loggers.
  // visitor(const fluxmq_config_info&)
  template <class Visitor>
  void visit_configs(Visitor visitor) const {
    if (!has(offsetof(fluxmq_host, visit_configs))) return;
    table_->visit_configs(
        table_->self,
        [](void* context, const fluxmq_config_info* key) {
          (*static_cast<Visitor*>(context))(*key);
        },
        &visitor);
  }
  void set_dynamic_configs(const fluxmq_dynamic_config* configs, std::size_t count) const {
    if (!has(offsetof(fluxmq_host, set_dynamic_configs))) return;
    table_->set_dynamic_configs(table_->self, configs, count);
  }
  void on_config_change(fluxmq_task task, void* context) const {
    if (!has(offsetof(fluxmq_host, on_config_change))) return;
    table_->on_config_change(table_->self, task, context);
  }
  // visitor(std::string_view name, std::uint32_t level)
  template <class Visitor>
  void visit_loggers(Visitor visitor) const {
    if (!has(offsetof(fluxmq_host, visit_loggers))) return;
    table_->visit_loggers(
        table_->self,
        [](void* context, fluxmq_string name, std::uint32_t level) {
          (*static_cast<Visitor*>(context))(view(name), level);
        },
        &visitor);
  }
  bool set_log_level(std::string_view name, std::uint32_t level) const {
    return has(offsetof(fluxmq_host, set_log_level)) &&
           table_->set_log_level(table_->self, to_abi(name), level) != 0;
  }

  std::uint32_t loop_count() const { return table_->loop_count(table_->self); }
  std::uint32_t current_loop() const { return table_->current_loop(table_->self); }

  // Each runs `task` once; see fluxmq_host. The callable is kept on the heap until then.
  template <class Task>
  void post(std::uint32_t loop, Task task) const {
    table_->post(table_->self, loop, &run<Task>, keep(std::move(task)));
  }
  template <class Task>
  void defer(Task task) const {
    table_->defer(table_->self, &run<Task>, keep(std::move(task)));
  }
  template <class Task>
  void post_blocking(Task task) const {
    table_->post_blocking(table_->self, &run<Task>, keep(std::move(task)));
  }

  // co_await: goes on on a thread that may block.
  auto blocking() const {
    struct Awaiter {
      const fluxmq_host* table;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> awaiting) const {
        const auto resume = [](void* frame) {
          std::coroutine_handle<>::from_address(frame).resume();
        };
        table->post_blocking(table->self, resume, awaiting.address());
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{table_};
  }

  // The same without an allocation, for hot paths: `context` must live until the task ran.
  void defer(fluxmq_task task, void* context) const { table_->defer(table_->self, task, context); }
  std::uint64_t start_timer(std::int64_t delay_ms, fluxmq_task task, void* context) const {
    return table_->start_timer(table_->self, delay_ms, task, context);
  }
  bool cancel_timer(std::uint64_t timer_id) const {
    return table_->cancel_timer(table_->self, timer_id) != 0;
  }

  std::int64_t* counter(std::string_view name, std::string_view labels,
                        std::string_view documentation) const {
    return table_->counter(table_->self, to_abi(name), to_abi(labels), to_abi(documentation));
  }

 private:
  bool has(std::size_t member_offset) const { return table_->size > member_offset; }

  template <class... Parts>
  void log(std::uint32_t level, const Parts&... parts) const {
    if (table_->log_enabled(table_->self, level) == 0) return;
    table_->log(table_->self, level, to_abi(std::string_view(concat(parts...))));
  }

  template <class Task>
  static void* keep(Task task) {
    return new Task(std::move(task));
  }
  template <class Task>
  static void run(void* context) {
    const std::unique_ptr<Task> task(static_cast<Task*>(context));
    (*task)();
  }

  const fluxmq_host* table_;
};

inline void add(std::int64_t* counter, std::int64_t amount = 1) {
  std::atomic_ref(*counter).fetch_add(amount, std::memory_order_relaxed);
}

}  // namespace fluxmq
