// From the command line and the files to a checked configuration and the loaded plugins.
#include "setup.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <memory>

#include "config/kernel_keys.h"
#include "fluxmq/abi/sasl_mechanism.h"
#include "plugin/installation.h"

namespace fluxmq::kernel {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPluginPrefix = "plugin.";
constexpr std::string_view kEnabledSuffix = ".enabled";
constexpr std::string_view kLogLevelPrefix = "log.level.";

// All settings, later ones winning, before it is known which keys there are.
struct Sources {
  std::vector<Setting> settings;
  // By plugin: what its file in plugins.d says beside `enabled`.
  std::map<std::string, std::vector<Setting>> by_plugin;
};

std::string enabled_key(const std::string& plugin) {
  return std::string(kPluginPrefix) + plugin + std::string(kEnabledSuffix);
}

bool is_enabled_key(std::string_view key) {
  return key.size() > kPluginPrefix.size() + kEnabledSuffix.size() &&
         key.starts_with(kPluginPrefix) && key.ends_with(kEnabledSuffix);
}

void refuse_duplicates(const Sources& sources) {
  std::map<std::string, std::string> places;
  auto check = [&](const Setting& setting) {
    auto [known, is_new] = places.emplace(setting.key, setting.place);
    if (!is_new) {
      throw ConfigError(setting.place + ": " + setting.key + " is set already at " + known->second);
    }
  };
  for (const Setting& setting : sources.settings) check(setting);
  for (const auto& [plugin, settings] : sources.by_plugin) {
    for (const Setting& setting : settings) check(setting);
  }
}

void read_plugin_file(const fs::path& path, Sources& sources) {
  std::string plugin = path.stem().string();
  for (Setting& setting : read_properties(path.string())) {
    if (setting.key == "enabled") {
      setting.key = enabled_key(plugin);
      sources.settings.push_back(std::move(setting));
    } else {
      sources.by_plugin[plugin].push_back(std::move(setting));
    }
  }
}

// Beside the file; where there is none, the installed one, so that a file of one's own needn't
// repeat which plugins there are.
fs::path plugins_folder_of(const std::string& file) {
  fs::path beside = fs::path(file).parent_path() / "plugins.d";
  std::error_code error;
  return fs::exists(beside, error) ? beside
                                   : fs::path(default_config_file()).parent_path() / "plugins.d";
}

Sources read_files(const CommandLine& command_line) {
  Sources sources;
  std::string file = command_line.config_file.value_or(default_config_file());
  if (file.empty()) return sources;
  sources.settings = read_properties(file);
  std::vector<fs::path> plugin_files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(plugins_folder_of(file), error)) {
    if (entry.path().extension() == ".conf") plugin_files.push_back(entry.path());
  }
  std::sort(plugin_files.begin(), plugin_files.end());
  for (const fs::path& path : plugin_files) read_plugin_file(path, sources);
  refuse_duplicates(sources);
  return sources;
}

void check_port(const std::string& port) {
  int32_t number = 0;
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number < 0 || number > 65535) {
    throw ConfigError("command line: --port \"" + port + "\" is not a port, 0 to 65535");
  }
}

// --host and --port stand for one plain listener.
void apply_address_flags(const CommandLine& command_line, Sources& sources) {
  if (!command_line.host && !command_line.port) return;
  std::erase_if(sources.settings, [](const Setting& setting) {
    return setting.key == "listeners" || setting.key == "advertised.listeners";
  });
  if (command_line.port) check_port(*command_line.port);
  std::string host = command_line.host.value_or("127.0.0.1");
  bool is_bare_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  sources.settings.push_back({"listeners",
                              "PLAINTEXT://" + (is_bare_ipv6 ? "[" + host + "]" : host) + ":" +
                                  command_line.port.value_or("9092"),
                              "command line"});
}

Sources collect(const CommandLine& command_line) {
  Sources sources = read_files(command_line);
  apply_address_flags(command_line, sources);
  sources.settings.insert(sources.settings.end(), command_line.settings.begin(),
                          command_line.settings.end());
  if (command_line.enable_consumer_groups) {
    sources.settings.push_back({enabled_key("api_groups"), "true", "command line"});
  }
  return sources;
}

std::map<std::string, std::string> find_plugins_of(const Sources& sources) {
  std::vector<std::string> folders;
  for (const Setting& setting : sources.settings) {
    if (setting.key == "plugin.path") folders = split_list(setting.value);
  }
  return find_plugins(folders.empty() ? default_plugin_folders() : folders);
}

void declare_log_level(Config& config, const std::string& component) {
  std::string name = std::string(kLogLevelPrefix) + component;
  config.declare("kernel", {name.c_str(), FLUXMQ_CONFIG_STRING, 0, "", 0, 0, kLogLevels, ""});
}

void declare_kernel_keys(Config& config, const std::map<std::string, std::string>& plugins) {
  for (const fluxmq_config_key& key : kernel_keys()) config.declare("kernel", key);
  declare_log_level(config, "kernel");
  declare_log_level(config, "request");
  for (const auto& [name, path] : plugins) {
    declare_log_level(config, name);
    config.declare(
        "kernel", {enabled_key(name).c_str(), FLUXMQ_CONFIG_BOOLEAN, 0, "true", 0, 0, nullptr, ""});
  }
}

[[noreturn]] void refuse_missing(const std::string& place, const std::string& name,
                                 const std::map<std::string, std::string>& plugins) {
  std::vector<std::string> names;
  for (const auto& [known, path] : plugins) names.push_back(known);
  throw ConfigError(place + ": the plugin " + name + " is enabled, but there is no " + name +
                    ".so in plugin.path" + did_you_mean(name, names));
}

// A plugin that is there is enabled unless it is switched off.
void apply_switches(Sources& sources, const std::map<std::string, std::string>& plugins,
                    Config& config) {
  std::map<std::string, bool> switched_off;
  for (const Setting& setting : sources.settings) {
    if (!is_enabled_key(setting.key)) continue;
    std::string name = setting.key.substr(
        kPluginPrefix.size(), setting.key.size() - kPluginPrefix.size() - kEnabledSuffix.size());
    switched_off[name] = setting.value == "false";
    if (config.find(setting.key) != nullptr) {
      config.set(setting);
    } else if (setting.value != "false") {
      refuse_missing(setting.place, name, plugins);
    }
  }
  for (const auto& [name, settings] : sources.by_plugin) {
    if (!plugins.contains(name) && !switched_off[name]) {
      refuse_missing(settings.front().place, name, plugins);
    }
  }
  std::erase_if(sources.settings, [](const Setting& s) { return is_enabled_key(s.key); });
}

bool declares(const Plugin& plugin, const std::string& key) {
  Config keys;
  plugin.declare_keys(keys);
  return keys.find(key) != nullptr;
}

void set(Config& config, const Setting& setting,
         const std::map<std::string, std::string>& plugins) {
  if (config.find(setting.key) == nullptr) {
    for (const auto& [name, path] : plugins) {
      if (config.text(enabled_key(name)) == "true") continue;
      if (declares(Plugin(path), setting.key)) {
        throw ConfigError(setting.place + ": " + setting.key + " is a key of the plugin " + name +
                          ", which is not enabled");
      }
    }
  }
  config.set(setting);
}

void check_listeners(Setup& setup) {
  const Config& config = setup.config;
  setup.listeners = parse_listeners(config.text("listeners"), config.text("advertised.listeners"),
                                    config.text("listener.security.protocol.map"));
  for (const ListenerConfig& listener : setup.listeners) {
    if (listener.security_protocol == "SASL_PLAINTEXT" &&
        !setup.registry.provides(FLUXMQ_SASL_MECHANISM)) {
      throw ConfigError("listeners: \"" + listener.name +
                        "\" has the protocol SASL_PLAINTEXT, and no enabled plugin provides " +
                        FLUXMQ_SASL_MECHANISM);
    }
  }
}

}  // namespace

void load(const CommandLine& command_line, Setup& setup) {
  setup.command_line = command_line;
  Sources sources = collect(command_line);
  auto plugins = find_plugins_of(sources);
  declare_kernel_keys(setup.config, plugins);
  apply_switches(sources, plugins, setup.config);
  for (const auto& [name, path] : plugins) {
    if (setup.config.text(enabled_key(name)) != "true") continue;
    auto plugin = std::make_unique<Plugin>(path);
    plugin->declare_keys(setup.config);
    setup.registry.add(std::move(plugin));
    for (const Setting& setting : sources.by_plugin[name]) set(setup.config, setting, plugins);
  }
  for (const Setting& setting : sources.settings) set(setup.config, setting, plugins);
  if (command_line.command.empty()) {
    setup.registry.keep_for_broker();
    setup.registry.put_in_order();
    check_listeners(setup);
  } else {
    setup.registry.keep_for_command(command_line.command);
    setup.registry.put_in_order();
  }
}

LogLevels log_levels(const Config& config) {
  auto to_level = [](const std::string& name) {
    std::vector<std::string> names = split_list(kLogLevels);
    auto found = std::find(names.begin(), names.end(), name);
    return static_cast<LogLevel>(found - names.begin());
  };
  LogLevels levels;
  levels.all = to_level(config.text("log.level"));
  for (const auto& [name, entry] : config.entries()) {
    if (name.starts_with(kLogLevelPrefix) && !entry.value.empty()) {
      levels.by_component[name.substr(kLogLevelPrefix.size())] = to_level(entry.value);
    }
  }
  return levels;
}

LogLevels reload_log_levels(const Setup& setup) {
  Sources sources = collect(setup.command_line);
  Config config;
  declare_kernel_keys(config, {});
  for (const auto& plugin : setup.registry.plugins()) declare_log_level(config, plugin->name());
  for (const Setting& setting : sources.settings) {
    if (setting.key.starts_with("log.level") && config.find(setting.key) != nullptr) {
      config.set(setting);
    }
  }
  return log_levels(config);
}

std::map<std::string, std::string> find_commands(const CommandLine& command_line) try {
  Sources sources = collect(command_line);
  auto plugins = find_plugins_of(sources);
  Config config;
  declare_kernel_keys(config, plugins);
  apply_switches(sources, plugins, config);
  Registry registry;
  for (const auto& [name, path] : plugins) {
    if (config.text(enabled_key(name)) == "true") registry.add(std::make_unique<Plugin>(path));
  }
  return registry.commands();
} catch (const std::exception&) {
  return {};
}

void declare_all_keys(const CommandLine& command_line, Config& config) {
  auto plugins = find_plugins_of(collect(command_line));
  declare_kernel_keys(config, plugins);
  for (const auto& [name, path] : plugins) Plugin(path).declare_keys(config);
}

}  // namespace fluxmq::kernel
