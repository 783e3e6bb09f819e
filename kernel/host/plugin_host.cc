// The host as one plugin sees it.
#include "host/plugin_host.h"

#include <algorithm>
#include <optional>

#include "dispatch/session.h"
#include "host/counters.h"

namespace fluxmq::kernel {
namespace {

LogLevel to_level(uint32_t level) {
  return static_cast<LogLevel>(std::min<uint32_t>(level, FLUXMQ_LOG_ERROR));
}

std::string join(const std::vector<std::string>& items) {
  std::string joined;
  for (const std::string& item : items) joined += (joined.empty() ? "" : ",") + item;
  return joined;
}

}  // namespace

EventLoop& HostServices::some_loop() {
  EventLoop* current = EventLoop::current();
  if (current != nullptr) return *current;
  return *loops[next_loop.fetch_add(1, std::memory_order_relaxed) % loops.size()];
}

PluginHost::PluginHost(const std::string& plugin, HostServices& services)
    : services_(services), log_(log_component(plugin)) {
  table_.size = sizeof(table_);
  table_.self = this;
  fill_table();
  fill_config_calls();
  fill_log_calls();
}

void PluginHost::fill_table() {
  table_.find_interface = [](void* self, const char* interface_id, uint32_t index) {
    return of(self).services_.registry.find_interface(interface_id, index);
  };
  table_.report_failure = [](void* self, fluxmq_string reason) {
    of(self).failure_ = from_abi(reason);
  };
  table_.loop_count = [](void* self) {
    return static_cast<uint32_t>(of(self).services_.loops.size());
  };
  table_.current_loop = [](void* /*self*/) {
    EventLoop* loop = EventLoop::current();
    return loop == nullptr ? FLUXMQ_NO_LOOP : loop->index();
  };
  table_.post = [](void* self, uint32_t loop, fluxmq_task task, void* context) {
    const auto& loops = of(self).services_.loops;
    loops[loop % loops.size()]->post(task, context);
  };
  table_.defer = [](void* self, fluxmq_task task, void* context) {
    EventLoop* current = EventLoop::current();
    if (current != nullptr) {
      current->defer(task, context);
    } else {
      of(self).services_.some_loop().post(task, context);
    }
  };
  table_.post_blocking = [](void* self, fluxmq_task task, void* context) {
    of(self).services_.blocking_pool.post(task, context);
  };
  table_.start_timer = [](void* self, int64_t delay_ms, fluxmq_task task, void* context) {
    return of(self).services_.some_loop().start_timer(delay_ms, task, context);
  };
  table_.cancel_timer = [](void* self, uint64_t timer_id) {
    const auto& loops = of(self).services_.loops;
    uint32_t loop = Timers::loop_of(timer_id);
    return int32_t{loop < loops.size() && loops[loop]->timers().cancel(timer_id)};
  };
  table_.counter = [](void* /*self*/, fluxmq_string name, fluxmq_string labels,
                      fluxmq_string documentation) {
    return counter_cell(from_abi(name), from_abi(labels), from_abi(documentation));
  };
  table_.served_apis = [](void* self, fluxmq_served_api* apis, uint32_t capacity) {
    return of(self).services_.router.served_apis(apis, capacity);
  };
  table_.listeners = [](void* self, fluxmq_listener* listeners, uint32_t capacity) {
    uint32_t count = 0;
    for (const ListenerConfig& listener : of(self).services_.listeners) {
      if (count < capacity) {
        listeners[count] = {to_abi(listener.name), to_abi(listener.security_protocol),
                            to_abi(listener.advertised_host), listener.advertised_port};
      }
      ++count;
    }
    return count;
  };
}

void PluginHost::fill_config_calls() {
  table_.config = [](void* self, const char* key) {
    const std::string* value = of(self).services_.dynamic_config.find(key);
    return value == nullptr ? fluxmq_string{} : to_abi(*value);
  };
  table_.config_is_set = [](void* self, const char* key) {
    const ConfigEntry* entry = of(self).services_.config.find(key);
    return int32_t{entry != nullptr && entry->is_set()};
  };
  table_.visit_configs = [](void* self, fluxmq_config_info_visitor visitor, void* context) {
    for (const auto& [name, entry] : of(self).services_.config.entries()) {
      std::string valid_values = join(entry.valid_values);
      fluxmq_config_info info{};
      info.size = sizeof(info);
      info.type = entry.type;
      info.flags = entry.flags;
      info.is_set = entry.is_set() ? 1 : 0;
      info.minimum = entry.minimum;
      info.maximum = entry.maximum;
      info.name = to_abi(name);
      info.value = to_abi(entry.value);
      info.default_value = to_abi(entry.default_value);
      info.valid_values = to_abi(valid_values);
      info.documentation = to_abi(entry.documentation);
      visitor(context, &info);
    }
  };
  table_.set_dynamic_configs = [](void* self, const fluxmq_dynamic_config* configs,
                                  uint64_t count) {
    DynamicConfig::Values values;
    for (uint64_t i = 0; i < count; ++i) {
      values[std::string(from_abi(configs[i].name))] = from_abi(configs[i].value);
    }
    of(self).services_.dynamic_config.replace(values);
  };
  table_.on_config_change = [](void* self, fluxmq_task task, void* context) {
    of(self).services_.dynamic_config.watch([task, context] { task(context); });
  };
}

void PluginHost::fill_log_calls() {
  table_.log_enabled = [](void* self, uint32_t level) {
    return int32_t{of(self).log_.enabled(to_level(level))};
  };
  table_.log = [](void* self, uint32_t level, fluxmq_string message) {
    of(self).log_.write(to_level(level), from_abi(message));
  };
  table_.visit_loggers = [](void* /*self*/, fluxmq_logger_visitor visitor, void* context) {
    for (const auto& [name, level] : log_levels_in_use()) {
      visitor(context, to_abi(name), static_cast<uint32_t>(level));
    }
  };
  table_.set_log_level = [](void* /*self*/, fluxmq_string name, uint32_t level) {
    std::optional<LogLevel> wanted;
    if (level != FLUXMQ_LOG_INHERITED) {
      wanted = static_cast<LogLevel>(std::min<uint32_t>(level, FLUXMQ_LOG_OFF));
    }
    return int32_t{set_log_level(from_abi(name), wanted)};
  };
}

}  // namespace fluxmq::kernel
