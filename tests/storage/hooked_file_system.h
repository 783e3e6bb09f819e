// The real file system, but for the calls that a test lets fail: `hook` is told the name of each
// call and its path first, and throws.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "file_system.h"

namespace fluxmq::storage_local_test {

class HookedFileSystem final : public storage_local::FileSystem {
 public:
  using File = storage_local::File;
  using OpenMode = storage_local::OpenMode;
  using Hook = std::function<void(std::string_view call, const std::string& path)>;

  void set_hook(Hook hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
  }
  // All calls of these names on paths that contain `part` fail.
  void fail(std::vector<std::string_view> calls, std::string part, int error) {
    set_hook([calls = std::move(calls), part = std::move(part), error](std::string_view call,
                                                                       const std::string& path) {
      if (path.find(part) == std::string::npos) return;
      for (const auto each : calls) {
        if (each == call)
          throw std::system_error(error, std::generic_category(), std::string(call) + " " + path);
      }
    });
  }
  void repair() { set_hook({}); }
  // What volume_space tells from now on; -1: the truth.
  void set_usable_bytes(std::int64_t bytes) { usable_bytes_ = bytes; }

  std::unique_ptr<File> open(const std::string& path, OpenMode mode) override {
    tell("open", path);
    return std::make_unique<HookedFile>(*this, path, real_.open(path, mode));
  }
  std::unique_ptr<File> open_if_exists(const std::string& path) override {
    tell("open", path);
    auto file = real_.open_if_exists(path);
    return file ? std::make_unique<HookedFile>(*this, path, std::move(file)) : nullptr;
  }
  bool exists(const std::string& path) override { return real_.exists(path); }
  std::int64_t file_size(const std::string& path) override { return real_.file_size(path); }
  std::int64_t modified_ms(const std::string& path) override { return real_.modified_ms(path); }
  std::vector<std::string> list_folder(const std::string& path) override {
    return real_.list_folder(path);
  }
  void make_folder(const std::string& path) override {
    tell("make_folder", path);
    real_.make_folder(path);
  }
  void rename(const std::string& from, const std::string& to) override {
    tell("rename", from);
    real_.rename(from, to);
  }
  bool remove_file(const std::string& path) override { return real_.remove_file(path); }
  void remove_tree(const std::string& path) override { real_.remove_tree(path); }
  void sync_folder(const std::string& path) override {
    tell("sync_folder", path);
    real_.sync_folder(path);
  }
  void sync_volume(const std::string& path) override { real_.sync_volume(path); }
  storage_local::VolumeSpace volume_space(const std::string& path) override {
    auto space = real_.volume_space(path);
    if (const auto usable = usable_bytes_.load(); usable >= 0) space.usable_bytes = usable;
    return space;
  }

 private:
  void tell(std::string_view call, const std::string& path) {
    Hook hook;
    {
      const std::lock_guard lock(mutex_);
      hook = hook_;
    }
    if (hook) hook(call, path);
  }

  class HookedFile final : public File {
   public:
    HookedFile(HookedFileSystem& files, std::string path, std::unique_ptr<File> file)
        : files_(files), path_(std::move(path)), file_(std::move(file)) {}

    using File::read_at;
    using File::write_at;
    std::size_t read_at(void* data, std::size_t size, std::int64_t position) const override {
      files_.tell("read", path_);
      return file_->read_at(data, size, position);
    }
    // As if the page cache had everything, unless the hook says otherwise.
    std::size_t read_cached(void* data, std::size_t size, std::int64_t position) const override {
      files_.tell("read_cached", path_);
      return file_->read_at(data, size, position);
    }
    void write_at(iovec* ranges, std::size_t count, std::int64_t position) override {
      files_.tell("write", path_);
      file_->write_at(ranges, count, position);
    }
    void truncate(std::int64_t size) override {
      files_.tell("truncate", path_);
      file_->truncate(size);
    }
    void sync() override {
      files_.tell("sync", path_);
      file_->sync();
    }
    std::int64_t size() const override { return file_->size(); }
    void set_modified_ms(std::int64_t time_ms) override { file_->set_modified_ms(time_ms); }
    bool lock() override { return file_->lock(); }
    int fd() const override { return file_->fd(); }

   private:
    HookedFileSystem& files_;
    const std::string path_;
    const std::unique_ptr<File> file_;
  };

  storage_local::FileSystem& real_ = FileSystem::posix();
  std::mutex mutex_;
  Hook hook_;
  std::atomic<std::int64_t> usable_bytes_{-1};
};

}  // namespace fluxmq::storage_local_test
