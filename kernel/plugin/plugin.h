// A plugin: its shared object, checked and loaded, and the instance once it is created.
#pragma once

#include <boost/dll/shared_library.hpp>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/config.h"
#include "fluxmq/abi/plugin.h"

namespace fluxmq::kernel {

// One line that says why a plugin is refused or can't start.
class PluginError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Plugin {
 public:
  // Loads the file if nobody else may write it, and checks what it exports. Throws PluginError.
  explicit Plugin(const std::string& path);

  const std::string& name() const { return name_; }
  const std::string& path() const { return path_; }
  const fluxmq_plugin& entry() const { return *entry_; }
  const std::vector<std::string>& provides() const { return provides_; }
  const std::vector<std::string>& requires_interfaces() const { return requires_; }
  // Serves requests and offers nothing to other plugins.
  bool only_handles() const;
  // Has commands for the operator, and nothing for a running broker.
  bool only_commands() const;

  void declare_keys(Config& config) const;

  // What it says of the configuration, without being created.
  void check(const fluxmq_host* host, fluxmq_finding finding, void* context) const;
  // The host stays the caller's. False if the plugin can't start.
  bool create(const fluxmq_host* host);
  const void* query(const std::string& interface_id) const;
  void stop();
  void destroy();

 private:
  void check_entry() const;

  std::string name_;
  std::string path_;
  boost::dll::shared_library library_;
  const fluxmq_plugin* entry_ = nullptr;
  std::vector<std::string> provides_;
  std::vector<std::string> requires_;
  void* instance_ = nullptr;
  bool is_stopped_ = false;
};

// The plugins in `folders`: name (the file's, without .so) to path. Throws PluginError if two have
// one name, or a folder can't be read.
std::map<std::string, std::string> find_plugins(const std::vector<std::string>& folders);

}  // namespace fluxmq::kernel
