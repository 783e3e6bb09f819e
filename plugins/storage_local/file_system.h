// All that storage_local does to files goes through these two interfaces (but for the metadata
// database, which LMDB maps itself), so that a test can stand in for the disk: fail a call, fill
// it, lose what was not synced. POSIX is one implementation of it; LevelDB's Env is the model.
//
// What fails throws std::system_error, whose text names the operation and the path. Both may be
// used by many threads at once.
#pragma once
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fluxmq::storage_local {

// What a read may take its bytes from. An event loop reads from the page cache only, which waits
// for nothing; where that hasn't got them, WouldBlock is thrown.
enum class ReadFrom { kDisk, kPageCache };
struct WouldBlock : std::exception {};

// An open file; closed with the object.
class File {
 public:
  virtual ~File() = default;

  // Reads up to `size` bytes, fewer only at the end of the file.
  virtual std::size_t read_at(void* data, std::size_t size, std::int64_t position) const = 0;
  // Likewise, but never waits for the disk: throws WouldBlock where it would, or can't.
  virtual std::size_t read_cached(void* /*data*/, std::size_t /*size*/,
                                  std::int64_t /*position*/) const {
    throw WouldBlock();
  }
  // Writes all of the ranges, in one system call unless the kernel splits it. Changes `ranges`.
  // After a failure any part of it may have been written.
  virtual void write_at(iovec* ranges, std::size_t count, std::int64_t position) = 0;
  virtual void truncate(std::int64_t size) = 0;
  // fdatasync: the bytes, and what is needed to find them, are on the disk; not the file's name.
  // After a failure nobody knows what is there, and a later success proves nothing (fsyncgate).
  virtual void sync() = 0;
  // What is read next comes from the disk, but for what was written and not synced.
  virtual void drop_cache() {}
  virtual std::int64_t size() const = 0;
  virtual void set_modified_ms(std::int64_t time_ms) = 0;
  // Until it is closed, no other open file (F_OFD_SETLK). False: another one has it.
  virtual bool lock() = 0;
  // For sendfile, by who was handed a segment. The file system stays the owner.
  virtual int fd() const = 0;

  std::size_t read_at(void* data, std::size_t size, std::int64_t position, ReadFrom from) const {
    return from == ReadFrom::kDisk ? read_at(data, size, position)
                                   : read_cached(data, size, position);
  }
  void write_at(const void* data, std::size_t size, std::int64_t position) {
    iovec range{const_cast<void*>(data), size};
    write_at(&range, 1, position);
  }
};

// Of the volume that holds a path; what is usable is free for users other than root.
struct VolumeSpace {
  std::int64_t total_bytes;
  std::int64_t usable_bytes;
};

enum class OpenMode {
  kRead,      // it must be there
  kWrite,     // to read and write; it must be there
  kCreate,    // likewise; made if it isn't there
  kTruncate,  // likewise, and emptied if it is
  kDirect,    // to write past the page cache; it must be there. Memory, sizes and positions are
              // multiples of 4096 then. invalid_argument, here or at a write: that can't be done
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual std::unique_ptr<File> open(const std::string& path, OpenMode mode) = 0;
  virtual std::unique_ptr<File> open_if_exists(const std::string& path) = 0;  // to read; or null

  virtual bool exists(const std::string& path) = 0;
  virtual std::int64_t file_size(const std::string& path) = 0;  // 0: there is none
  virtual std::int64_t modified_ms(const std::string& path) = 0;
  virtual std::vector<std::string> list_folder(const std::string& path) = 0;  // names, in no order

  // Names: they are on the disk once their folder was synced.

  // With those above it. It may be there already.
  virtual void make_folder(const std::string& path) = 0;
  // Takes the place of what is called `to`.
  virtual void rename(const std::string& from, const std::string& to) = 0;
  // Another name for the same file. False: this can't be, as on another volume.
  virtual bool link_file(const std::string&, const std::string&) { return false; }
  virtual bool remove_file(const std::string& path) = 0;  // false: there was none
  virtual void remove_tree(const std::string& path) = 0;
  virtual void sync_folder(const std::string& path) = 0;

  // All that was written to the volume that holds `path`.
  virtual void sync_volume(const std::string& path) = 0;
  virtual VolumeSpace volume_space(const std::string& path) = 0;

  // The real one.
  static FileSystem& posix();
};

// --- What can be said in terms of the above ---

void write_file(FileSystem& files, const std::string& path, std::string_view content);
std::optional<std::string> read_file(FileSystem& files, const std::string& path);  // nullopt: none
// Old or new content, never a mixture. After replace_file the new one is durable; swap_file leaves
// it to the caller to sync the folder, and with Sync::kNo holds for the death of the process only.
enum class Sync { kNo, kYes };
void swap_file(FileSystem& files, const std::string& path, std::string_view content,
               Sync sync = Sync::kYes);
void replace_file(FileSystem& files, const std::string& path, std::string_view content);
void sync_file(FileSystem& files, const std::string& path);

}  // namespace fluxmq::storage_local
