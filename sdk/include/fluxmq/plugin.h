// How a plugin is written: a class, and FLUXMQ_PLUGIN(ThatClass) in one of its source files.
//
//   class Echo {
//    public:
//     static constexpr const char* name = "echo";
//     static constexpr const char* version = "1.0.0";
//     static constexpr const char* description = "Answers what it is sent.";
//     static constexpr std::array provides{FLUXMQ_API_HANDLER};
//     static constexpr std::array<const char*, 0> needs{};
//     static constexpr std::array<fluxmq_config_key, 0> config_keys{};
//     explicit Echo(fluxmq::Host host);                  // throws std::exception: the reason
//     const void* query(std::string_view interface_id);  // a table, or nullptr
//     void stop();                                       // may block (abi/plugin.h); then the
//     destructor
//     // If there is something to look at before a start; a Finding is a line, or an error:
//     static std::vector<fluxmq::Finding> check(fluxmq::Host host);  // throws: an error, too
//   };
#pragma once
#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/abi/plugin.h"
#include "fluxmq/host.h"

namespace fluxmq {

// trampoline<&Class::member> is a C function for a table: it calls the member on `self`. An
// exception would end the process: members say so with noexcept or catch what they cause.
template <auto Member>
struct Trampoline;
template <class Class, class Result, class... Arguments, bool kNoexcept,
          Result (Class::*Member)(Arguments...) noexcept(kNoexcept)>
struct Trampoline<Member> {
  static Result call(void* self, Arguments... arguments) noexcept {
    return (static_cast<Class*>(self)->*Member)(arguments...);
  }
};
template <auto Member>
inline constexpr auto trampoline = &Trampoline<Member>::call;

// A config key, as a plugin declares it.
constexpr fluxmq_config_key config_key(const char* name, std::uint32_t type,
                                       const char* default_value, const char* documentation,
                                       std::int64_t minimum = 0, std::int64_t maximum = 0,
                                       const char* valid_values = nullptr) {
  return {name, type, 0, default_value, minimum, maximum, valid_values, documentation};
}

// The same key, which may change while the broker runs.
constexpr fluxmq_config_key dynamic(fluxmq_config_key key) {
  key.flags |= FLUXMQ_CONFIG_DYNAMIC;
  return key;
}

// What --check-config is to tell: how things are, or why the plugin could not start.
struct Finding {
  bool is_error;
  std::string line;
};

template <class Plugin>
struct PluginEntry {
  static void* create(const fluxmq_host* host) noexcept {
    try {
      return new Plugin(Host(host));
    } catch (const std::exception& failure) {
      host->report_failure(host->self, to_abi(std::string_view(failure.what())));
      return nullptr;
    }
  }
  static const void* query(void* instance, const char* interface_id) noexcept {
    return static_cast<Plugin*>(instance)->query(std::string_view(interface_id));
  }
  static void stop(void* instance) noexcept { static_cast<Plugin*>(instance)->stop(); }
  static void destroy(void* instance) noexcept { delete static_cast<Plugin*>(instance); }
  static void check(const fluxmq_host* host, fluxmq_finding finding, void* context) noexcept {
    if constexpr (requires { Plugin::check(Host(host)); }) {
      const auto tell = [=](bool is_error, std::string_view line) {
        finding(context, is_error ? 1 : 0, to_abi(line));
      };
      try {
        for (const Finding& found : Plugin::check(Host(host))) tell(found.is_error, found.line);
      } catch (const std::exception& failure) {
        tell(true, failure.what());
      }
    }
  }

  template <class Ids>
  static constexpr auto terminated(const Ids& ids) {
    std::array<const char*, std::tuple_size_v<Ids> + 1> list{};
    for (std::size_t i = 0; i < ids.size(); ++i) list[i] = ids[i];
    return list;
  }
  static constexpr auto provides = terminated(Plugin::provides);
  static constexpr auto needs = terminated(Plugin::needs);
};

}  // namespace fluxmq

#define FLUXMQ_PLUGIN(Plugin)                                       \
  extern "C" FLUXMQ_EXPORT const fluxmq_plugin fluxmq_plugin_entry; \
  extern "C" const fluxmq_plugin fluxmq_plugin_entry = {            \
      FLUXMQ_MAGIC,                                                 \
      FLUXMQ_ABI_MAJOR,                                             \
      FLUXMQ_SDK_MINOR,                                             \
      sizeof(fluxmq_plugin),                                        \
      sizeof(fluxmq_config_key),                                    \
      Plugin::name,                                                 \
      Plugin::version,                                              \
      Plugin::description,                                          \
      fluxmq::PluginEntry<Plugin>::provides.data(),                 \
      fluxmq::PluginEntry<Plugin>::needs.data(),                    \
      Plugin::config_keys.data(),                                   \
      Plugin::config_keys.size(),                                   \
      &fluxmq::PluginEntry<Plugin>::create,                         \
      &fluxmq::PluginEntry<Plugin>::query,                          \
      &fluxmq::PluginEntry<Plugin>::stop,                           \
      &fluxmq::PluginEntry<Plugin>::destroy,                        \
      &fluxmq::PluginEntry<Plugin>::check}
