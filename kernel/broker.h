// The broker: puts the parts together, starts the plugins, listens, and ends in good order.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dispatch/router.h"
#include "host/blocking_pool.h"
#include "host/event_loop.h"
#include "host/plugin_host.h"
#include "net/server.h"
#include "setup.h"

namespace fluxmq::kernel {

class Broker {
 public:
  explicit Broker(Setup& setup);
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // For --check-config, in the place of start: what the plugins found amiss, or told, a line each.
  struct Finding {
    bool is_error;
    std::string line;
  };
  std::vector<Finding> check();
  // Plugins, then sockets. Throws PluginError or std::runtime_error; what started is stopped again.
  void start();
  // Without sockets, for who wants the plugins only.
  void start_plugins();
  // Answers what is in flight, then ends connections, plugins and threads.
  void stop();

  const std::vector<ListenerConfig>& listeners() const { return setup_.listeners; }

 private:
  void create_plugins();
  void stop_plugins(const std::function<bool(const Plugin&)>& chosen);
  void set_connection_limits();
  void for_each_plugin_reversed(const std::function<void(Plugin&)>& visit);
  void stop_loops();

  Setup& setup_;
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::vector<EventLoop*> loop_pointers_;
  BlockingPool blocking_pool_;
  DynamicConfig dynamic_config_;
  Router router_;
  HostServices services_;
  std::vector<std::unique_ptr<PluginHost>> hosts_;
  std::unique_ptr<Server> server_;
  bool is_stopped_ = false;
};

}  // namespace fluxmq::kernel
