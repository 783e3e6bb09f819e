// Every system call on files that this plugin makes goes through here. What fails throws
// std::system_error, whose text names the operation and the path.
#pragma once
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fluxmq::storage_local {

[[noreturn]] void throw_errno(std::string_view operation, const std::string& path);

// An open descriptor.
class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File();

  int fd() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

File open_file(const std::string& path, int flags);

// Reads up to `size` bytes, fewer only at the end of the file.
std::size_t read_at(int fd, void* data, std::size_t size, std::int64_t position);
// Writes all of the ranges, in one system call unless the kernel splits it. Changes `ranges`.
void write_at(int fd, iovec* ranges, std::size_t count, std::int64_t position);
void write_at(int fd, const void* data, std::size_t size, std::int64_t position);
std::int64_t file_size(int fd);
void truncate_file(int fd, std::int64_t size);

// fdatasync: the bytes, and what is needed to find them, are on the disk.
void sync_file(int fd);
void sync_file(const std::string& path);
// The names in a folder are on the disk.
void sync_folder(const std::string& path);
// Everything written to the file system that holds `path`.
void sync_file_system(const std::string& path);

std::optional<std::string> read_file(const std::string& path);  // nullopt: there is none
void write_file(const std::string& path, std::string_view content);
// Old or new content, never a mixture. After replace_file the new one is durable; swap_file leaves
// it to the caller to sync the folder, and with Sync::kNo holds for the death of the process only.
enum class Sync { kNo, kYes };
void swap_file(const std::string& path, std::string_view content, Sync sync = Sync::kYes);
void replace_file(const std::string& path, std::string_view content);

bool exists(const std::string& path);
std::vector<std::string> list_folder(const std::string& path);  // names, in no order
void make_folder(const std::string& path);                      // may be there already
void rename_file(const std::string& from, const std::string& to);
bool remove_file(const std::string& path);  // false: there was none
void remove_tree(const std::string& path);
std::int64_t modified_ms(const std::string& path);
void set_modified_ms(int fd, std::int64_t time_ms);
std::int64_t file_size(const std::string& path);  // 0: there is none

// Of the volume that holds `path`; what is usable is free for users other than root.
struct VolumeSpace {
  std::int64_t total_bytes;
  std::int64_t usable_bytes;
};
VolumeSpace volume_space(const std::string& path);

}  // namespace fluxmq::storage_local
