// The broker: its start and its end.
#include "broker.h"

#include <algorithm>
#include <thread>

#include "dispatch/session.h"
#include "host/log.h"

namespace fluxmq::kernel {
namespace {

// Clients that read close their side at once; the end doesn't wait long for the others.
constexpr int64_t kLastAnswersMs = 200;

uint32_t loop_count(const Config& config) {
  auto configured = static_cast<uint32_t>(config.number("num.network.threads"));
  return configured > 0 ? configured : std::max(1u, std::thread::hardware_concurrency());
}

ServerSettings server_settings(const Config& config) {
  ServerSettings settings;
  NetSettings& net = settings.net;
  net.max_request_bytes = static_cast<int32_t>(config.number("socket.request.max.bytes"));
  net.max_unauthenticated_request_bytes = std::min(
      net.max_request_bytes, static_cast<int32_t>(config.number("sasl.server.max.receive.size")));
  net.max_in_flight = static_cast<uint32_t>(config.number("max.in.flight.requests.per.connection"));
  net.max_unsent_bytes =
      static_cast<uint64_t>(config.number("queued.max.response.bytes.per.connection"));
  net.max_idle_ms = config.number("connections.max.idle.ms");
  net.max_stall_ms = config.number("socket.request.stall.ms");
  net.send_buffer_bytes = static_cast<int32_t>(config.number("socket.send.buffer.bytes"));
  net.receive_buffer_bytes = static_cast<int32_t>(config.number("socket.receive.buffer.bytes"));
  settings.max_queued_request_bytes = config.number("queued.max.request.bytes");
  settings.backlog = static_cast<int32_t>(config.number("socket.listen.backlog.size"));
  return settings;
}

}  // namespace

Broker::Broker(Setup& setup)
    : setup_(setup),
      blocking_pool_(static_cast<size_t>(setup.config.number("background.threads"))),
      dynamic_config_(setup.config),
      services_{setup.config,   setup.registry,  router_,        loop_pointers_,
                blocking_pool_, setup.listeners, dynamic_config_} {
  for (uint32_t index = 0; index < loop_count(setup.config); ++index) {
    loops_.push_back(std::make_unique<EventLoop>(index));
    loop_pointers_.push_back(loops_.back().get());
  }
}

Broker::~Broker() {
  stop();
}

std::vector<Broker::Finding> Broker::check() {
  std::vector<Finding> findings;
  const auto add = [](void* context, int32_t is_error, fluxmq_string line) {
    static_cast<std::vector<Finding>*>(context)->push_back(
        {is_error != 0, std::string(from_abi(line))});
  };
  for (const auto& plugin : setup_.registry.plugins()) {
    hosts_.push_back(std::make_unique<PluginHost>(plugin->name(), services_));
    plugin->check(hosts_.back()->table(), add, &findings);
  }
  return findings;
}

void Broker::start() {
  server_ = std::make_unique<Server>(loop_pointers_, blocking_pool_, router_,
                                     server_settings(setup_.config));
  set_connection_limits();
  dynamic_config_.watch([this] { set_connection_limits(); });
  start_plugins();
  server_->bind(setup_.listeners);
  server_->start_accepting();
}

void Broker::start_plugins() {
  for (auto& loop : loops_) loop->start();
  create_plugins();
}

void Broker::set_connection_limits() {
  server_->set_connection_limits(
      static_cast<size_t>(dynamic_config_.number("max.connections")),
      static_cast<size_t>(dynamic_config_.number("max.connections.per.ip")));
}

void Broker::create_plugins() {
  if (setup_.registry.plugins().empty()) {
    kernel_log().write(LogLevel::warn, "no plugin is enabled: nothing is served");
  }
  for (const auto& plugin : setup_.registry.plugins()) {
    hosts_.push_back(std::make_unique<PluginHost>(plugin->name(), services_));
    if (!plugin->create(hosts_.back()->table())) {
      const std::string& failure = hosts_.back()->failure();
      throw PluginError("plugin " + plugin->name() +
                        " can't start: " + (failure.empty() ? "it does not say why" : failure));
    }
    setup_.registry.add_interfaces(*plugin, router_);
    kernel_log().write(LogLevel::debug, "plugin " + plugin->name() + " " + plugin->entry().version +
                                            " of " + plugin->path());
  }
}

void Broker::stop() {
  if (is_stopped_) return;
  is_stopped_ = true;
  if (server_) {
    server_->stop_accepting();
    server_->stop_reading();
  }
  dynamic_config_.forget_watchers();
  // The handlers first: they answer what waits for others (long polls, joins), else it would hold
  // up the end. What they stand on runs until all is answered.
  stop_plugins(&Plugin::only_handles);
  if (server_) {
    int64_t timeout_ms = setup_.config.number("shutdown.timeout.ms");
    if (!server_->wait_until_finished(timeout_ms)) {
      kernel_log().write(LogLevel::warn, "some requests were not answered within " +
                                             std::to_string(timeout_ms) + " ms of the end");
    }
  }
  stop_plugins([](const Plugin&) { return true; });
  if (server_) server_->close_connections(kLastAnswersMs);
  blocking_pool_.finish();
  stop_loops();
  for_each_plugin_reversed([](Plugin& plugin) { plugin.destroy(); });
  for (auto& loop : loops_) loop->run_leftovers();
  server_.reset();
}

void Broker::stop_plugins(const std::function<bool(const Plugin&)>& chosen) {
  for_each_plugin_reversed([&](Plugin& plugin) {
    if (chosen(plugin)) plugin.stop();
  });
}

void Broker::for_each_plugin_reversed(const std::function<void(Plugin&)>& visit) {
  const auto& plugins = setup_.registry.plugins();
  std::for_each(plugins.rbegin(), plugins.rend(), [&](const auto& plugin) { visit(*plugin); });
}

void Broker::stop_loops() {
  for (auto& loop : loops_) loop->stop();
  for (auto& loop : loops_) loop->run_leftovers();
}

}  // namespace fluxmq::kernel
