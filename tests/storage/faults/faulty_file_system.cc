#include "faulty_file_system.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

namespace fluxmq::storage_faults {
namespace {

[[noreturn]] void fail(int error, FileCall call, const std::string& path) {
  static constexpr const char* kNames[storage_local_test::kFileCalls] = {
      "open",          "read",   "write",  "truncate",    "fdatasync", "look at",
      "create folder", "rename", "remove", "sync folder", "syncfs"};
  throw std::system_error(error, std::generic_category(),
                          std::string(kNames[static_cast<std::size_t>(call)]) + " " + path);
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool could_change(FileCall call) {
  return call != FileCall::kRead && call != FileCall::kLook;
}

}  // namespace

class FaultyFileSystem::OpenFile final : public File {
 public:
  OpenFile(FaultyFileSystem& files, SimulatedDisk::NodePtr node, std::string path)
      : files_(files), node_(std::move(node)), path_(std::move(path)) {}
  ~OpenFile() override {
    const std::lock_guard lock(files_.mutex_);
    if (locked_) node_->locked = false;
  }

  using File::write_at;
  std::size_t read_at(void* data, std::size_t size, std::int64_t position) const override {
    const std::lock_guard lock(files_.mutex_);
    files_.check(FileCall::kRead, path_);
    const auto& content = node_->file.content();
    const auto begin = std::min(static_cast<std::size_t>(position), content.size());
    const auto length = std::min(size, content.size() - begin);
    if (length > 0) std::memcpy(data, content.data() + begin, length);
    return length;
  }
  void write_at(iovec* ranges, std::size_t count, std::int64_t position) override {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) {
      bytes.append(static_cast<const char*>(ranges[i].iov_base), ranges[i].iov_len);
    }
    files_.write(*node_, path_, bytes, position);
  }
  void truncate(std::int64_t size) override {
    {
      const std::lock_guard lock(files_.mutex_);
      files_.check(FileCall::kTruncate, path_);
      node_->file.truncate(size);
    }
    files_.changed();
  }
  void sync() override { files_.sync(*node_, path_); }
  void drop_cache() override {
    const std::lock_guard lock(files_.mutex_);
    node_->file.drop_cache();
  }
  std::int64_t size() const override {
    const std::lock_guard lock(files_.mutex_);
    files_.check(FileCall::kLook, path_);
    return static_cast<std::int64_t>(node_->file.content().size());
  }
  void set_modified_ms(std::int64_t time_ms) override { node_->modified_ms = time_ms; }
  bool lock() override {
    const std::lock_guard lock(files_.mutex_);
    if (node_->locked && !locked_) return false;
    return node_->locked = locked_ = true;
  }
  int fd() const override {
    const std::lock_guard lock(files_.mutex_);
    return node_->file.fd();
  }

 private:
  FaultyFileSystem& files_;
  const SimulatedDisk::NodePtr node_;
  const std::string path_;
  bool locked_ = false;
};

FaultyFileSystem::FaultyFileSystem(std::shared_ptr<SimulatedDisk> disk, std::uint64_t seed)
    : disk_(std::move(disk)), random_(seed) {}

void FaultyFileSystem::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

void FaultyFileSystem::fail_change_after(std::int64_t count, int error) {
  const std::lock_guard lock(mutex_);
  changes_before_fault_ = count;
  change_error_ = error;
  failed_change_.reset();
}

std::optional<FileCall> FaultyFileSystem::failed_change() const {
  const std::lock_guard lock(mutex_);
  return failed_change_;
}

void FaultyFileSystem::repair() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
  changes_before_fault_ = -1;
  failed_change_.reset();
}

void FaultyFileSystem::set_capacity(std::int64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_bytes_ = bytes;
}

void FaultyFileSystem::kill() {
  const std::lock_guard lock(mutex_);
  dead_ = true;
  observer_ = nullptr;
}

int FaultyFileSystem::fault(FileCall call, const std::string& path) {
  if (dead_) return ESRCH;
  if (changes_before_fault_ >= 0 && could_change(call) && changes_before_fault_-- == 0) {
    failed_change_ = call;
    return change_error_;
  }
  for (Fault& fault : faults_) {
    if (fault.call != call || fault.times == 0 || path.find(fault.path) == std::string::npos) {
      continue;
    }
    --fault.times;
    return fault.error;
  }
  return 0;
}

void FaultyFileSystem::check(FileCall call, const std::string& path) {
  if (const int error = fault(call, path)) fail(error, call, path);
}

std::int64_t FaultyFileSystem::room() const {
  if (capacity_bytes_ == std::numeric_limits<std::int64_t>::max()) return capacity_bytes_;
  return std::max<std::int64_t>(capacity_bytes_ - disk_->used_bytes(), 0);
}

SimulatedDisk::NodePtr FaultyFileSystem::node(FileCall call, const std::string& path) {
  check(call, path);
  auto node = disk_->find(path);
  if (!node) fail(ENOENT, call, path);
  return node;
}

// A write that fails has written a part. One that doesn't may be seen half done.
void FaultyFileSystem::write(SimulatedDisk::Node& node, const std::string& path,
                             std::string_view bytes, std::int64_t position) {
  std::size_t first = 0;
  int error = 0;
  {
    const std::lock_guard lock(mutex_);
    error = fault(FileCall::kWrite, path);
    if (error == ESRCH) fail(error, FileCall::kWrite, path);
    const auto growth = position + static_cast<std::int64_t>(bytes.size()) -
                        static_cast<std::int64_t>(node.file.content().size());
    const auto missing = std::max<std::int64_t>(growth, 0) - room();
    if (error == 0 && growth > 0 && missing > 0) {
      error = ENOSPC;
      first = bytes.size() - std::min(bytes.size(), static_cast<std::size_t>(missing));
    } else {
      first = bytes.empty() ? 0 : static_cast<std::size_t>(random_() % bytes.size());
    }
    if (first > 0) node.file.write(position, bytes.substr(0, first));
    node.modified_ms = now_ms();
  }
  if (first > 0) changed();
  if (error != 0) fail(error, FileCall::kWrite, path);
  {
    const std::lock_guard lock(mutex_);
    node.file.write(position + static_cast<std::int64_t>(first), bytes.substr(first));
  }
  changed();
}

void FaultyFileSystem::sync(SimulatedDisk::Node& node, const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    if (const int error = fault(FileCall::kSync, path)) {
      if (!dead_) node.file.fail_sync(random_);
      fail(error, FileCall::kSync, path);
    }
    node.file.sync();
  }
  changed();
}

std::unique_ptr<FaultyFileSystem::File> FaultyFileSystem::open(const std::string& path,
                                                               OpenMode mode) {
  SimulatedDisk::NodePtr node;
  bool change = false;
  {
    const std::lock_guard lock(mutex_);
    check(FileCall::kOpen, path);
    node = disk_->find(path);
    if (!node) {
      const auto [folder, name] = disk_->find_parent(path);
      const bool makes = mode == OpenMode::kCreate || mode == OpenMode::kTruncate;
      if (!folder || !makes) fail(ENOENT, FileCall::kOpen, path);
      if (room() == 0) fail(ENOSPC, FileCall::kOpen, path);
      node = std::make_shared<SimulatedDisk::Node>(false);
      node->modified_ms = now_ms();
      disk_->set_name(folder, name, node);
      change = true;
    } else if (mode == OpenMode::kTruncate && !node->file.content().empty()) {
      node->file.truncate(0);
      change = true;
    }
  }
  if (change) changed();
  return std::make_unique<OpenFile>(*this, std::move(node), path);
}

std::unique_ptr<FaultyFileSystem::File> FaultyFileSystem::open_if_exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  check(FileCall::kOpen, path);
  auto node = disk_->find(path);
  return node ? std::make_unique<OpenFile>(*this, std::move(node), path) : nullptr;
}

bool FaultyFileSystem::exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  check(FileCall::kLook, path);
  return disk_->find(path) != nullptr;
}

std::int64_t FaultyFileSystem::file_size(const std::string& path) {
  const std::lock_guard lock(mutex_);
  check(FileCall::kLook, path);
  const auto node = disk_->find(path);
  return node ? static_cast<std::int64_t>(node->file.content().size()) : 0;
}

std::int64_t FaultyFileSystem::modified_ms(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return node(FileCall::kLook, path)->modified_ms;
}

std::vector<std::string> FaultyFileSystem::list_folder(const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, child] : node(FileCall::kLook, path)->names) names.push_back(name);
  return names;
}

void FaultyFileSystem::make_folder(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    check(FileCall::kMakeFolder, path);
    if (disk_->find(path)) return;
    const auto [folder, name] = disk_->find_parent(path);
    if (!folder) fail(ENOENT, FileCall::kMakeFolder, path);
    if (room() == 0) fail(ENOSPC, FileCall::kMakeFolder, path);
    disk_->set_name(folder, name, std::make_shared<SimulatedDisk::Node>(true));
  }
  changed();
}

void FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  {
    const std::lock_guard lock(mutex_);
    check(FileCall::kRename, from);
    const auto [folder, name] = disk_->find_parent(from);
    const auto [new_folder, new_name] = disk_->find_parent(to);
    if (!folder || folder != new_folder || !folder->names.contains(name)) {
      fail(ENOENT, FileCall::kRename, from);
    }
    disk_->rename(folder, name, new_name);
  }
  changed();
}

bool FaultyFileSystem::remove_file(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    check(FileCall::kRemove, path);
    const auto [folder, name] = disk_->find_parent(path);
    if (!folder || !folder->names.contains(name)) return false;
    disk_->set_name(folder, name, nullptr);
  }
  changed();
  return true;
}

void FaultyFileSystem::remove_tree(const std::string& path) {
  std::vector<std::string> names;
  {
    const std::lock_guard lock(mutex_);
    const auto node = disk_->find(path);
    if (node) {
      for (const auto& [name, child] : node->names) names.push_back(name);
    }
  }
  for (const auto& name : names) remove_tree(path + "/" + name);
  remove_file(path);
}

void FaultyFileSystem::sync_folder(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    disk_->sync_folder(node(FileCall::kSyncFolder, path));
  }
  changed();
}

void FaultyFileSystem::sync_volume(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    check(FileCall::kSyncVolume, path);
    disk_->sync_all();
  }
  changed();
}

storage_local::VolumeSpace FaultyFileSystem::volume_space(const std::string& path) {
  const std::lock_guard lock(mutex_);
  check(FileCall::kLook, path);
  return {capacity_bytes_, room()};
}

}  // namespace fluxmq::storage_faults
