// LocalStore: storage_local running on a folder that the test keeps, so that it can be left in any
// state and opened again.
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>

#include "fluxmq/abi/metadata_store.h"
#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/loaded_plugin.h"
#include "fluxmq/testing/test_log.h"

namespace fluxmq::storage_local_test {

class LocalStore {
 public:
  using Config = testing::FakeHost::Config;

  explicit LocalStore(const std::string& folder, Config config = {}) {
    config.emplace("log.dirs", folder);
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

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// What a broker leaves that is killed now: all that was given to the system, and no clean marker.
// Taken again if a file that the broker removes in the background vanishes amid it.
inline void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  do {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive, error);
  } while (error == std::errc::no_such_file_or_directory);
  if (error) throw std::filesystem::filesystem_error("copy_folder", from, to, error);
}

}  // namespace fluxmq::storage_local_test
