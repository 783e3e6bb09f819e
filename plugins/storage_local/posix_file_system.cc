// The file system of the machine.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>

#include "file_system.h"

namespace fluxmq::storage_local {
namespace {

[[noreturn]] void throw_errno(std::string_view operation, const std::string& path) {
  throw std::system_error(errno, std::generic_category(), std::string(operation) + " " + path);
}

std::int64_t to_ms(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

class PosixFile final : public File {
 public:
  explicit PosixFile(int fd) : fd_(fd) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override { ::close(fd_); }

  using File::read_at;
  using File::write_at;

  std::size_t read_at(void* data, std::size_t size, std::int64_t position) const override {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t n = ::pread(fd_, static_cast<char*>(data) + done, size - done,
                                position + static_cast<std::int64_t>(done));
      if (n == 0) break;
      if (n > 0) {
        done += static_cast<std::size_t>(n);
      } else if (errno != EINTR) {
        fail("read");
      }
    }
    return done;
  }

  // A short read ends the page cache, or the file: asking again tells.
  std::size_t read_cached(void* data, std::size_t size, std::int64_t position) const override {
    std::size_t done = 0;
    while (done < size) {
      iovec rest{static_cast<char*>(data) + done, size - done};
      const ssize_t n =
          ::preadv2(fd_, &rest, 1, position + static_cast<std::int64_t>(done), RWF_NOWAIT);
      if (n == 0) break;
      if (n < 0) throw WouldBlock();
      done += static_cast<std::size_t>(n);
    }
    return done;
  }

  void write_at(iovec* ranges, std::size_t count, std::int64_t position) override {
    while (count > 0) {
      const auto pieces = static_cast<int>(std::min<std::size_t>(count, IOV_MAX));
      const ssize_t n = ::pwritev(fd_, ranges, pieces, position);
      if (n < 0) {
        if (errno == EINTR) continue;
        fail("write");
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

  void truncate(std::int64_t size) override {
    if (::ftruncate(fd_, size) != 0) fail("truncate");
  }

  void sync() override {
    if (::fdatasync(fd_) != 0) fail("fdatasync");
  }

  void drop_cache() override {
    if ((errno = ::posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED)) != 0) fail("fadvise");
  }

  std::int64_t size() const override {
    struct stat status;
    if (::fstat(fd_, &status) != 0) fail("stat");
    return status.st_size;
  }

  void set_modified_ms(std::int64_t time_ms) override {
    const timespec time{time_ms / 1000, time_ms % 1000 * 1'000'000};
    const timespec times[] = {time, time};
    if (::futimens(fd_, times) != 0) fail("set the time of");
  }

  bool lock() override {
    struct flock request {};
    request.l_type = F_WRLCK;
    request.l_whence = SEEK_SET;
    if (::fcntl(fd_, F_OFD_SETLK, &request) == 0) return true;
    if (errno != EAGAIN && errno != EACCES) fail("lock");
    return false;
  }

  int fd() const override { return fd_; }

 private:
  // The path is looked up for the message only: files may have been renamed since.
  [[noreturn]] void fail(std::string_view operation) const {
    const int error = errno;
    std::error_code ignored;
    const auto path =
        std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd_), ignored).string();
    errno = error;
    throw_errno(operation, path);
  }

  const int fd_;
};

// An open folder, for a call or two.
class Folder {
 public:
  explicit Folder(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ < 0) throw_errno("open folder", path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { ::close(fd_); }
  int fd() const { return fd_; }

 private:
  const int fd_;
};

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY;
    case OpenMode::kWrite:
      return O_RDWR;
    case OpenMode::kCreate:
      return O_RDWR | O_CREAT;
    case OpenMode::kTruncate:
      return O_RDWR | O_CREAT | O_TRUNC;
    case OpenMode::kDirect:
      return O_WRONLY | O_DIRECT;
  }
  return O_RDONLY;
}

class PosixFileSystem final : public FileSystem {
 public:
  std::unique_ptr<File> open(const std::string& path, OpenMode mode) override {
    const int fd = ::open(path.c_str(), flags_of(mode) | O_CLOEXEC, 0644);
    if (fd < 0) throw_errno("open", path);
    return std::make_unique<PosixFile>(fd);
  }

  std::unique_ptr<File> open_if_exists(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return std::make_unique<PosixFile>(fd);
    if (errno != ENOENT) throw_errno("open", path);
    return nullptr;
  }

  bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

  std::int64_t file_size(const std::string& path) override {
    struct stat status;
    if (::stat(path.c_str(), &status) == 0) return status.st_size;
    if (errno != ENOENT) throw_errno("stat", path);
    return 0;
  }

  std::int64_t modified_ms(const std::string& path) override {
    struct stat status;
    if (::stat(path.c_str(), &status) != 0) throw_errno("stat", path);
    return to_ms(status.st_mtim);
  }

  std::vector<std::string> list_folder(const std::string& path) override {
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

  void make_folder(const std::string& path) override {
    if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return;
    if (errno != ENOENT) throw_errno("create folder", path);
    std::filesystem::create_directories(path);
  }

  void rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) throw_errno("rename", from);
  }

  bool link_file(const std::string& from, const std::string& to) override {
    if (::link(from.c_str(), to.c_str()) == 0) return true;
    if (errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP) return false;
    throw_errno("link", from);
  }

  bool remove_file(const std::string& path) override {
    if (::unlink(path.c_str()) == 0) return true;
    if (errno != ENOENT) throw_errno("remove", path);
    return false;
  }

  void remove_tree(const std::string& path) override { std::filesystem::remove_all(path); }

  void sync_folder(const std::string& path) override {
    if (::fsync(Folder(path).fd()) != 0) throw_errno("fsync", path);
  }

  void sync_volume(const std::string& path) override {
    if (::syncfs(Folder(path).fd()) != 0) throw_errno("syncfs", path);
  }

  VolumeSpace volume_space(const std::string& path) override {
    struct statvfs volume;
    if (::statvfs(path.c_str(), &volume) != 0) throw_errno("statvfs", path);
    const auto bytes = [&volume](fsblkcnt_t blocks) {
      return static_cast<std::int64_t>(blocks * volume.f_frsize);
    };
    return {bytes(volume.f_blocks), bytes(volume.f_bavail)};
  }
};

}  // namespace

FileSystem& FileSystem::posix() {
  static PosixFileSystem files;
  return files;
}

}  // namespace fluxmq::storage_local
