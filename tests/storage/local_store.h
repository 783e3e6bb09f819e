// LocalStore: storage_local running on a folder that the test keeps, so that it can be left in any
// state and opened again.
#pragma once
#include <memory>
#include <string>

#include "fluxmq/abi/metadata_store.h"
#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/loaded_plugin.h"
#include "fluxmq/testing/test_log.h"
#include "local_files.h"

namespace fluxmq::storage_local_test {

class LocalStore {
 public:
  using Config = testing::FakeHost::Config;

  // FLUXMQ_TEST_TAIL_BYTES says how much memory the tails of logs get; without it they get none.
  explicit LocalStore(const std::string& folder, Config config = {}) {
    const char* tail_bytes = std::getenv("FLUXMQ_TEST_TAIL_BYTES");
    config.emplace("log.dirs", folder);
    config.emplace("storage.local.tail.bytes", tail_bytes == nullptr ? "0" : tail_bytes);
    config.emplace("storage.local.tail.folder",
                   std::filesystem::absolute(folder + "/.").parent_path().parent_path().string());
    host_ = std::make_unique<testing::FakeHost>(std::move(config));
    plugin_ = std::make_unique<testing::LoadedPlugin>(*host_, STORAGE_LOCAL);
  }
  ~LocalStore() { plugin_.reset(); }

  testing::FakeHost& host() { return *host_; }
  const fluxmq_log_store* logs() const {
    return plugin_->query<fluxmq_log_store>(FLUXMQ_LOG_STORE);
  }
  const fluxmq_metadata_store* metadata() const {
    return plugin_->query<fluxmq_metadata_store>(FLUXMQ_METADATA_STORE);
  }

 private:
  std::unique_ptr<testing::FakeHost> host_;
  std::unique_ptr<testing::LoadedPlugin> plugin_;
};

}  // namespace fluxmq::storage_local_test
