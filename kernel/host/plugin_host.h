// The host as one plugin sees it: the table of functions over the kernel's parts.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/dynamic_config.h"
#include "config/listeners.h"
#include "dispatch/router.h"
#include "fluxmq/abi/host.h"
#include "host/blocking_pool.h"
#include "host/event_loop.h"
#include "host/log.h"
#include "plugin/registry.h"

namespace fluxmq::kernel {

// What all plugins share.
struct HostServices {
  const Config& config;
  const Registry& registry;
  const Router& router;
  const std::vector<EventLoop*>& loops;
  BlockingPool& blocking_pool;
  const std::vector<ListenerConfig>& listeners;
  DynamicConfig& dynamic_config;
  // Work from threads that are no loop goes to the loops in turn.
  std::atomic<uint32_t> next_loop{0};

  EventLoop& some_loop();
};

class PluginHost {
 public:
  PluginHost(const std::string& plugin, HostServices& services);
  PluginHost(const PluginHost&) = delete;
  PluginHost& operator=(const PluginHost&) = delete;

  const fluxmq_host* table() const { return &table_; }
  // What the plugin reported, or "".
  const std::string& failure() const { return failure_; }

 private:
  static PluginHost& of(void* self) { return *static_cast<PluginHost*>(self); }
  void fill_table();
  void fill_config_calls();
  void fill_log_calls();

  fluxmq_host table_{};
  HostServices& services_;
  LogComponent& log_;
  std::string failure_;
};

}  // namespace fluxmq::kernel
