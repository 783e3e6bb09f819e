// The plugin that a conformance suite runs on, told by the environment:
//   FLUXMQ_PLUGIN           the .so
//   FLUXMQ_PLUGIN_CONFIG    "key=value;key=value"; {folder} stands for a fresh folder per test
//   FLUXMQ_PLUGIN_VOLATILE  set if what it stores is lost with its process
#pragma once
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/loaded_plugin.h"
#include "fluxmq/testing/temporary_folder.h"

namespace fluxmq::testing {

class PluginUnderTest {
 public:
  using Config = FakeHost::Config;

  // `overrides` win over what the environment says.
  explicit PluginUnderTest(Config overrides = {}) : overrides_(std::move(overrides)) { start(); }

  static bool is_volatile() { return std::getenv("FLUXMQ_PLUGIN_VOLATILE") != nullptr; }

  FakeHost& host() { return *host_; }
  const std::string& folder() const { return folder_.path(); }

  template <class Table>
  const Table* query(const char* interface_id) const {
    return plugin_->query<Table>(interface_id);
  }

  // Stops the plugin as a broker does that ends.
  void stop() {
    plugin_.reset();
    host_.reset();
  }
  void start() {
    host_ = std::make_unique<FakeHost>(config());
    plugin_ = std::make_unique<LoadedPlugin>(*host_, environment("FLUXMQ_PLUGIN"));
  }
  void restart() {
    stop();
    start();
  }

 private:
  static std::string environment(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set");
    return value;
  }

  Config config() const {
    Config config = overrides_;
    const char* text = std::getenv("FLUXMQ_PLUGIN_CONFIG");
    for (std::string_view rest = text == nullptr ? "" : text; !rest.empty();) {
      const auto pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      std::string value(pair.substr(equals + 1));
      if (const auto at = value.find("{folder}"); at != std::string::npos) {
        value.replace(at, 8, folder_.path());
      }
      config.emplace(pair.substr(0, equals), std::move(value));
    }
    return config;
  }

  const TemporaryFolder folder_;
  const Config overrides_;
  std::unique_ptr<FakeHost> host_;
  std::unique_ptr<LoadedPlugin> plugin_;
};

}  // namespace fluxmq::testing
