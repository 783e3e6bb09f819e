// A FileSystem that counts what is asked of another one: calls by kind, and bytes.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "file_calls.h"
#include "file_system.h"

namespace fluxmq::storage_local_test {

class CountingFileSystem final : public storage_local::FileSystem {
 public:
  using File = storage_local::File;
  using OpenMode = storage_local::OpenMode;

  explicit CountingFileSystem(storage_local::FileSystem& files = FileSystem::posix())
      : files_(files) {}

  std::int64_t calls(FileCall call) const { return counts_.calls[index(call)]; }
  std::int64_t bytes_read() const { return counts_.bytes_read; }
  std::int64_t bytes_written() const { return counts_.bytes_written; }

  std::unique_ptr<File> open(const std::string& path, OpenMode mode) override {
    count(FileCall::kOpen);
    return std::make_unique<CountingFile>(files_.open(path, mode), counts_);
  }
  std::unique_ptr<File> open_if_exists(const std::string& path) override {
    count(FileCall::kOpen);
    auto file = files_.open_if_exists(path);
    return file ? std::make_unique<CountingFile>(std::move(file), counts_) : nullptr;
  }
  bool exists(const std::string& path) override {
    count(FileCall::kLook);
    return files_.exists(path);
  }
  std::int64_t file_size(const std::string& path) override {
    count(FileCall::kLook);
    return files_.file_size(path);
  }
  std::int64_t modified_ms(const std::string& path) override {
    count(FileCall::kLook);
    return files_.modified_ms(path);
  }
  std::vector<std::string> list_folder(const std::string& path) override {
    count(FileCall::kLook);
    return files_.list_folder(path);
  }
  void make_folder(const std::string& path) override {
    count(FileCall::kMakeFolder);
    files_.make_folder(path);
  }
  void rename(const std::string& from, const std::string& to) override {
    count(FileCall::kRename);
    files_.rename(from, to);
  }
  bool remove_file(const std::string& path) override {
    count(FileCall::kRemove);
    return files_.remove_file(path);
  }
  void remove_tree(const std::string& path) override {
    count(FileCall::kRemove);
    files_.remove_tree(path);
  }
  void sync_folder(const std::string& path) override {
    count(FileCall::kSyncFolder);
    files_.sync_folder(path);
  }
  void sync_volume(const std::string& path) override {
    count(FileCall::kSyncVolume);
    files_.sync_volume(path);
  }
  storage_local::VolumeSpace volume_space(const std::string& path) override {
    count(FileCall::kLook);
    return files_.volume_space(path);
  }

 private:
  struct Counts {
    std::array<std::atomic<std::int64_t>, kFileCalls> calls{};
    std::atomic<std::int64_t> bytes_read{0}, bytes_written{0};
  };
  static std::size_t index(FileCall call) { return static_cast<std::size_t>(call); }
  void count(FileCall call) { ++counts_.calls[index(call)]; }

  class CountingFile final : public File {
   public:
    CountingFile(std::unique_ptr<File> file, Counts& counts)
        : file_(std::move(file)), counts_(counts) {}

    using File::read_at;
    using File::write_at;
    std::size_t read_at(void* data, std::size_t size, std::int64_t position) const override {
      count(FileCall::kRead);
      const auto read = file_->read_at(data, size, position);
      counts_.bytes_read += static_cast<std::int64_t>(read);
      return read;
    }
    void write_at(iovec* ranges, std::size_t count_of_ranges, std::int64_t position) override {
      count(FileCall::kWrite);
      std::size_t size = 0;
      for (std::size_t i = 0; i < count_of_ranges; ++i) size += ranges[i].iov_len;
      file_->write_at(ranges, count_of_ranges, position);
      counts_.bytes_written += static_cast<std::int64_t>(size);
    }
    void truncate(std::int64_t size) override {
      count(FileCall::kTruncate);
      file_->truncate(size);
    }
    void sync() override {
      count(FileCall::kSync);
      file_->sync();
    }
    void drop_cache() override { file_->drop_cache(); }
    std::int64_t size() const override {
      count(FileCall::kLook);
      return file_->size();
    }
    void set_modified_ms(std::int64_t time_ms) override { file_->set_modified_ms(time_ms); }
    bool lock() override { return file_->lock(); }
    int fd() const override { return file_->fd(); }

   private:
    void count(FileCall call) const { ++counts_.calls[index(call)]; }

    const std::unique_ptr<File> file_;
    Counts& counts_;
  };

  FileSystem& files_;
  Counts counts_;
};

}  // namespace fluxmq::storage_local_test
