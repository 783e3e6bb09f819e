// LoadedPlugin: a plugin that runs on a FakeHost, from its .so or linked in.
#pragma once
#include <dlfcn.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "fluxmq/abi/plugin.h"
#include "fluxmq/testing/fake_host.h"

namespace fluxmq::testing {

class LoadedPlugin {
 public:
  // Both throw std::runtime_error with the reason if the plugin can't start.
  LoadedPlugin(FakeHost& host, const std::string& path) {
    // Its code stays, as threads of the host may be on their way out of it.
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) throw std::runtime_error(::dlerror());
    start(host, ::dlsym(library, "fluxmq_plugin_entry"));
  }
  LoadedPlugin(FakeHost& host, const fluxmq_plugin& entry) { start(host, &entry); }
  LoadedPlugin(const LoadedPlugin&) = delete;
  ~LoadedPlugin() {
    stop();
    entry_->destroy(instance_);
  }

  // Stops it now. Before it is destroyed a test may have its host finish, as a broker does.
  void stop() {
    if (!std::exchange(stopped_, true)) entry_->stop(instance_);
  }

  const fluxmq_plugin& entry() const { return *entry_; }

  // nullptr: the plugin doesn't provide it.
  template <class Table>
  const Table* query(const char* interface_id) const {
    return static_cast<const Table*>(entry_->query(instance_, interface_id));
  }

 private:
  void start(FakeHost& host, const void* entry) {
    entry_ = static_cast<const fluxmq_plugin*>(entry);
    if (entry_ == nullptr || entry_->magic != FLUXMQ_MAGIC) {
      throw std::runtime_error("no FluxMQ plugin");
    }
    if (entry_->abi_major != FLUXMQ_ABI_MAJOR) throw std::runtime_error("another ABI");
    host.declare(*entry_);
    instance_ = entry_->create(host.table());
    if (instance_ == nullptr) throw std::runtime_error(host.failure());
  }

  const fluxmq_plugin* entry_ = nullptr;
  void* instance_ = nullptr;
  bool stopped_ = false;
};

}  // namespace fluxmq::testing
