// The enabled plugins, in the order in which they are created, and the interfaces they provide.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/router.h"
#include "plugin/plugin.h"

namespace fluxmq::kernel {

class Registry {
 public:
  void add(std::unique_ptr<Plugin> plugin) { plugins_.push_back(std::move(plugin)); }
  const std::vector<std::unique_ptr<Plugin>>& plugins() const { return plugins_; }

  // Puts the plugins in order: providers before those who require them, and those who only handle
  // requests last, so that they find also what they don't require. Throws PluginError for an
  // interface that nobody or more than one provides, and for circles.
  void put_in_order();

  // After create: fetches the plugin's tables. Throws PluginError if one is missing.
  void add_interfaces(const Plugin& plugin, Router& router);

  // From any thread.
  const void* find_interface(std::string_view interface_id, uint32_t index) const;
  bool provides(std::string_view interface_id) const;

 private:
  struct Interface {
    std::string id;
    const void* table;
  };

  void check_providers() const;

  std::vector<std::unique_ptr<Plugin>> plugins_;
  mutable std::mutex mutex_;
  std::vector<Interface> interfaces_;
};

}  // namespace fluxmq::kernel
