// The order of the plugins, and the interfaces they provide.
#include "plugin/registry.h"

#include <algorithm>
#include <iterator>

#include "fluxmq/abi/api_handler.h"
#include "fluxmq/abi/authorizer.h"
#include "fluxmq/abi/catalog.h"
#include "fluxmq/abi/command.h"
#include "fluxmq/abi/log_store.h"
#include "fluxmq/abi/metadata_store.h"
#include "fluxmq/abi/partition.h"

namespace fluxmq::kernel {
namespace {

// There is one log, one catalog, …: a second provider is a mistake of the operator.
constexpr std::string_view kSingle[] = {FLUXMQ_LOG_STORE, FLUXMQ_METADATA_STORE, FLUXMQ_CATALOG,
                                        FLUXMQ_PARTITION, FLUXMQ_AUTHORIZER};

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

void Registry::check_single(std::string_view id) const {
  const Plugin* provider = nullptr;
  for (const auto& plugin : plugins_) {
    if (!contains(plugin->provides(), id)) continue;
    if (provider != nullptr) {
      throw PluginError("plugins " + provider->name() + " and " + plugin->name() +
                        " both provide " + std::string(id) + ": enable one of them");
    }
    provider = plugin.get();
  }
}

void Registry::check_providers() const {
  for (std::string_view id : kSingle) check_single(id);
  for (const auto& plugin : plugins_) {
    for (const std::string& id : plugin->requires_interfaces()) {
      if (!provides(id)) {
        throw PluginError("plugin " + plugin->name() + " requires " + id +
                          ", which no enabled plugin provides");
      }
    }
  }
}

const Plugin* Registry::find_provider(std::string_view id) const {
  const auto found = std::find_if(plugins_.begin(), plugins_.end(), [&](const auto& plugin) {
    return contains(plugin->provides(), id);
  });
  return found == plugins_.end() ? nullptr : found->get();
}

void Registry::keep(const std::set<const Plugin*>& kept) {
  const auto others =
      std::stable_partition(plugins_.begin(), plugins_.end(),
                            [&](const auto& plugin) { return kept.contains(plugin.get()); });
  std::move(others, plugins_.end(), std::back_inserter(set_aside_));
  plugins_.erase(others, plugins_.end());
}

void Registry::keep_for_broker() {
  std::set<const Plugin*> kept;
  for (const auto& plugin : plugins_) {
    if (!plugin->only_commands()) kept.insert(plugin.get());
  }
  keep(kept);
}

void Registry::keep_for_command(const std::string& name) {
  check_single(FLUXMQ_COMMAND + name);
  const Plugin* command = find_provider(FLUXMQ_COMMAND + name);
  if (command == nullptr) {
    std::string known;
    for (const auto& [other, description] : commands())
      known += (known.empty() ? "" : ", ") + other;
    throw PluginError("unknown command " + name + "; " +
                      (known.empty() ? "no enabled plugin has one" : "there are " + known));
  }
  std::set<const Plugin*> kept;
  std::vector<const Plugin*> added{command};
  while (!added.empty()) {
    const Plugin* plugin = added.back();
    added.pop_back();
    if (!kept.insert(plugin).second) continue;
    for (const std::string& id : plugin->requires_interfaces()) {
      if (const Plugin* provider = find_provider(id)) added.push_back(provider);
    }
  }
  keep(kept);
}

std::map<std::string, std::string> Registry::commands() const {
  std::map<std::string, std::string> commands;
  for (const auto& plugin : plugins_) {
    for (const std::string& id : plugin->provides()) {
      if (!id.starts_with(FLUXMQ_COMMAND)) continue;
      commands.emplace(id.substr(std::string_view(FLUXMQ_COMMAND).size()),
                       plugin->entry().description);
    }
  }
  return commands;
}

void Registry::put_in_order() {
  check_providers();
  std::stable_sort(plugins_.begin(), plugins_.end(), [](const auto& one, const auto& other) {
    return !one->only_handles() && other->only_handles();
  });
  std::vector<std::unique_ptr<Plugin>> ordered;
  // Ready is who requires nothing of those that still wait.
  auto is_ready = [&](const std::unique_ptr<Plugin>& candidate) {
    return std::none_of(plugins_.begin(), plugins_.end(), [&](const auto& waiting) {
      return waiting != candidate &&
             std::any_of(candidate->requires_interfaces().begin(),
                         candidate->requires_interfaces().end(),
                         [&](const std::string& id) { return contains(waiting->provides(), id); });
    });
  };
  while (!plugins_.empty()) {
    auto next = std::find_if(plugins_.begin(), plugins_.end(), is_ready);
    if (next == plugins_.end()) {
      std::string names;
      for (const auto& plugin : plugins_) names += (names.empty() ? "" : ", ") + plugin->name();
      throw PluginError("plugins require each other in a circle: " + names);
    }
    ordered.push_back(std::move(*next));
    plugins_.erase(next);
  }
  plugins_ = std::move(ordered);
}

void Registry::add_interfaces(const Plugin& plugin, Router& router) {
  for (const std::string& id : plugin.provides()) {
    const void* table = plugin.query(id);
    if (table == nullptr) {
      throw PluginError("plugin " + plugin.name() + " says it provides " + id +
                        ", but has no table of it");
    }
    if (id == FLUXMQ_API_HANDLER) {
      router.add(plugin.name(), *static_cast<const fluxmq_api_handler*>(table));
    }
    std::lock_guard lock(mutex_);
    interfaces_.push_back({id, table});
  }
}

const void* Registry::find_interface(std::string_view interface_id, uint32_t index) const {
  std::lock_guard lock(mutex_);
  for (const Interface& provided : interfaces_) {
    if (provided.id == interface_id && index-- == 0) return provided.table;
  }
  return nullptr;
}

bool Registry::provides(std::string_view interface_id) const {
  return std::any_of(plugins_.begin(), plugins_.end(), [&](const auto& plugin) {
    return contains(plugin->provides(), interface_id);
  });
}

}  // namespace fluxmq::kernel
