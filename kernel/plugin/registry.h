// The enabled plugins, in the order in which they are created, and the interfaces they provide.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
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

  // Sets aside the plugins that only have commands.
  void keep_for_broker();
  // Sets aside all but the one that has this command and those that it stands on. Throws
  // PluginError if none has it.
  void keep_for_command(const std::string& name);
  // Name and description of each command that a plugin has, by name.
  std::map<std::string, std::string> commands() const;

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

  void check_single(std::string_view id) const;
  void check_providers() const;
  const Plugin* find_provider(std::string_view id) const;
  void keep(const std::set<const Plugin*>& kept);

  std::vector<std::unique_ptr<Plugin>> plugins_;
  // Loaded for their config keys only.
  std::vector<std::unique_ptr<Plugin>> set_aside_;
  mutable std::mutex mutex_;
  std::vector<Interface> interfaces_;
};

}  // namespace fluxmq::kernel
