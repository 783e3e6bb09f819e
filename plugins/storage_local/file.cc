#include "file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <memory>
#include <system_error>

namespace fluxmq::storage_local {
namespace {

// A descriptor's path, for error messages only.
std::string path_of(int fd) {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), ignored).string();
}

}  // namespace

void throw_errno(std::string_view operation, const std::string& path) {
  throw std::system_error(errno, std::generic_category(), std::string(operation) + " " + path);
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

File open_file(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (fd < 0) throw_errno("open", path);
  return File(fd);
}

std::size_t read_at(int fd, void* data, std::size_t size, std::int64_t position) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::pread(fd, static_cast<char*>(data) + done, size - done,
                              position + static_cast<std::int64_t>(done));
    if (n == 0) break;
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (errno != EINTR) {
      throw_errno("read", path_of(fd));
    }
  }
  return done;
}

void write_at(int fd, iovec* ranges, std::size_t count, std::int64_t position) {
  while (count > 0) {
    const ssize_t n =
        ::pwritev(fd, ranges, static_cast<int>(std::min<std::size_t>(count, IOV_MAX)), position);
    if (n < 0) {
      if (errno == EINTR) continue;
      throw_errno("write", path_of(fd));
    }
    position += n;
    auto written = static_cast<std::size_t>(n);
    while (count > 0 && written >= ranges->iov_len) {
      written -= ranges->iov_len;
      ++ranges;
      --count;
    }
    if (count > 0) {
      ranges->iov_base = static_cast<char*>(ranges->iov_base) + written;
      ranges->iov_len -= written;
    }
  }
}

void write_at(int fd, const void* data, std::size_t size, std::int64_t position) {
  iovec range{const_cast<void*>(data), size};
  write_at(fd, &range, 1, position);
}

std::int64_t file_size(int fd) {
  struct stat status;
  if (::fstat(fd, &status) != 0) throw_errno("stat", path_of(fd));
  return status.st_size;
}

void truncate_file(int fd, std::int64_t size) {
  if (::ftruncate(fd, size) != 0) throw_errno("truncate", path_of(fd));
}

void sync_file(int fd) {
  if (::fdatasync(fd) != 0) throw_errno("fdatasync", path_of(fd));
}

void sync_file(const std::string& path) {
  const File file = open_file(path, O_RDONLY);
  sync_file(file.fd());
}

void sync_folder(const std::string& path) {
  const File folder = open_file(path, O_RDONLY | O_DIRECTORY);
  if (::fsync(folder.fd()) != 0) throw_errno("fsync", path);
}

void sync_file_system(const std::string& path) {
  const File folder = open_file(path, O_RDONLY | O_DIRECTORY);
  if (::syncfs(folder.fd()) != 0) throw_errno("syncfs", path);
}

std::optional<std::string> read_file(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) {
    if (errno == ENOENT) return std::nullopt;
    throw_errno("open", path);
  }
  std::string content(static_cast<std::size_t>(file_size(file.fd())), '\0');
  content.resize(read_at(file.fd(), content.data(), content.size(), 0));
  return content;
}

void write_file(const std::string& path, std::string_view content) {
  const File file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!content.empty()) write_at(file.fd(), content.data(), content.size(), 0);
}

void swap_file(const std::string& path, std::string_view content, Sync sync) {
  const std::string next = path + ".tmp";
  {
    const File file = open_file(next, O_WRONLY | O_CREAT | O_TRUNC);
    if (!content.empty()) write_at(file.fd(), content.data(), content.size(), 0);
    if (sync == Sync::kYes) sync_file(file.fd());
  }
  rename_file(next, path);
}

void replace_file(const std::string& path, std::string_view content) {
  swap_file(path, content);
  sync_folder(std::filesystem::path(path).parent_path().string());
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

std::vector<std::string> list_folder(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), &::closedir);
  if (!folder) throw_errno("open folder", path);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) throw_errno("read folder", path);
  return names;
}

void make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) throw_errno("create folder", path);
}

void rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw_errno("rename", from);
}

bool remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno != ENOENT) throw_errno("remove", path);
  return false;
}

void remove_tree(const std::string& path) {
  std::filesystem::remove_all(path);
}

std::int64_t modified_ms(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) throw_errno("stat", path);
  return std::int64_t{status.st_mtim.tv_sec} * 1000 + status.st_mtim.tv_nsec / 1'000'000;
}

void set_modified_ms(int fd, std::int64_t time_ms) {
  const timespec time{time_ms / 1000, time_ms % 1000 * 1'000'000};
  const timespec times[] = {time, time};
  if (::futimens(fd, times) != 0) throw_errno("set the time of", path_of(fd));
}

std::int64_t file_size(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) == 0) return status.st_size;
  if (errno != ENOENT) throw_errno("stat", path);
  return 0;
}

VolumeSpace volume_space(const std::string& path) {
  struct statvfs volume;
  if (::statvfs(path.c_str(), &volume) != 0) throw_errno("statvfs", path);
  const auto bytes = [&volume](fsblkcnt_t blocks) {
    return static_cast<std::int64_t>(blocks * volume.f_frsize);
  };
  return {bytes(volume.f_blocks), bytes(volume.f_bavail)};
}

}  // namespace fluxmq::storage_local
