#include "simulated_disk.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <system_error>

namespace fluxmq::storage_faults {
namespace {

constexpr std::size_t kSectorBytes = 512;  // what a disk writes as a whole
constexpr std::size_t kBlockBytes = 4096;  // what most disks and file systems do

std::size_t pick(Random& random, std::size_t count) {
  return static_cast<std::size_t>(random() % count);
}

// How many of so many changes got to the disk: often all or none.
std::size_t survivors(Random& random, std::size_t count) {
  const auto kind = pick(random, 4);
  return kind == 0 ? 0 : kind == 1 ? count : pick(random, count + 1);
}

}  // namespace

SimulatedFile::~SimulatedFile() {
  if (fd_ >= 0) ::close(fd_);
}

void SimulatedFile::apply(const Change& change, std::string& content) {
  content.resize(static_cast<std::size_t>(change.size));
  content.replace(static_cast<std::size_t>(change.position), change.bytes.size(), change.bytes);
}

void SimulatedFile::change(Change change) {
  apply(change, seen_);
  if (fd_ >= 0) {
    const auto position = change.position;
    if (::ftruncate(fd_, change.size) != 0 ||
        ::pwrite(fd_, change.bytes.data(), change.bytes.size(), position) < 0) {
      throw std::system_error(errno, std::generic_category(), "simulated file");
    }
  }
  unsynced_.push_back(std::move(change));
}

void SimulatedFile::write(std::int64_t position, std::string_view bytes) {
  const auto end = position + static_cast<std::int64_t>(bytes.size());
  change({position, std::string(bytes), std::max(end, static_cast<std::int64_t>(seen_.size()))});
}

void SimulatedFile::truncate(std::int64_t size) {
  if (size != static_cast<std::int64_t>(seen_.size())) change({size, "", size});
}

int SimulatedFile::fd() {
  if (fd_ < 0) {
    fd_ = ::memfd_create("simulated file", MFD_CLOEXEC);
    if (fd_ < 0 || ::pwrite(fd_, seen_.data(), seen_.size(), 0) < 0) {
      throw std::system_error(errno, std::generic_category(), "memfd_create");
    }
  }
  return fd_;
}

void SimulatedFile::sync() {
  for (const Change& change : unsynced_) apply(change, synced_);
  unsynced_.clear();
}

void SimulatedFile::fail_sync(Random& random) {
  synced_ = after_power_loss(random);
  unsynced_.clear();
}

void SimulatedFile::drop_cache() {
  auto content = synced_;
  for (const Change& change : unsynced_) apply(change, content);
  seen_ = std::move(content);
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

// Each sector is as it was after some of the changes, and the size, too, each by itself.
std::string SimulatedFile::after_power_loss(Random& random) const {
  if (unsynced_.empty()) return synced_;
  const auto sector_bytes = chance(random, 50) ? kSectorBytes : kBlockBytes;
  const int latest_percent = std::array{0, 50, 90, 100}[pick(random, 4)];
  const auto versions = unsynced_.size() + 1;
  const auto version = [&] {
    return chance(random, latest_percent) ? versions - 1 : pick(random, versions);
  };
  const auto size_version = version();
  const auto size = size_version == 0 ? synced_.size()
                                      : static_cast<std::size_t>(unsynced_[size_version - 1].size);

  std::vector<std::vector<std::size_t>> sectors(versions);  // their positions, by version
  for (std::size_t at = 0; at < size; at += sector_bytes) sectors[version()].push_back(at);
  std::string result(size, '\0');
  std::string content = synced_;
  for (std::size_t i = 0; i < versions; ++i) {
    if (i > 0) apply(unsynced_[i - 1], content);
    for (const auto at : sectors[i]) {
      if (at >= content.size()) continue;
      const auto length = std::min({sector_bytes, size - at, content.size() - at});
      result.replace(at, length, content, at, length);
    }
  }
  return result;
}

SimulatedDisk::SimulatedDisk() : root_(std::make_shared<Node>(true)) {}

SimulatedDisk::NodePtr SimulatedDisk::find(const std::string& path) const {
  auto node = root_;
  std::size_t at = 0;
  while (node && at < path.size()) {
    const auto end = std::min(path.find('/', at), path.size());
    if (end > at) {
      const auto found = node->names.find(path.substr(at, end - at));
      node = found == node->names.end() ? nullptr : found->second;
    }
    at = end + 1;
  }
  return node;
}

std::pair<SimulatedDisk::NodePtr, std::string> SimulatedDisk::find_parent(
    const std::string& path) const {
  const auto slash = path.rfind('/');
  auto folder = find(path.substr(0, slash == std::string::npos ? 0 : slash));
  if (folder && !folder->is_folder) folder = nullptr;
  return {std::move(folder), path.substr(slash + 1)};
}

void SimulatedDisk::change(NameChange change) {
  for (const auto& [name, node] : change.names) {
    if (node) {
      change.folder->names[name] = node;
    } else {
      change.folder->names.erase(name);
    }
  }
  unsynced_.push_back(std::move(change));
}

void SimulatedDisk::rename(const NodePtr& folder, const std::string& from, const std::string& to) {
  change({folder, {{from, nullptr}, {to, folder->names.at(from)}}});
}

void SimulatedDisk::set_name(const NodePtr& folder, const std::string& name, NodePtr node) {
  change({folder, {{name, std::move(node)}}});
}

void SimulatedDisk::sync_folder(const NodePtr& folder) {
  folder->synced_names = folder->names;
  std::erase_if(unsynced_, [&](const NameChange& change) { return change.folder == folder; });
}

void SimulatedDisk::sync_all() {
  const std::function<void(const NodePtr&)> sync = [&](const NodePtr& node) {
    node->file.sync();
    node->synced_names = node->names;
    for (const auto& [name, child] : node->names) sync(child);
  };
  sync(root_);
  unsynced_.clear();
}

std::int64_t SimulatedDisk::used_bytes() const {
  const std::function<std::int64_t(const Node&)> used = [&](const Node& node) {
    auto bytes = static_cast<std::int64_t>(node.file.content().size());
    for (const auto& [name, child] : node.names) bytes += used(*child);
    return bytes;
  };
  return used(*root_);
}

std::string SimulatedDisk::to_text() const {
  std::string text;
  const std::function<void(const Node&, const std::string&)> add = [&](const Node& node,
                                                                       const std::string& path) {
    for (const auto& [name, child] : node.names) add(*child, path + "/" + name);
    if (node.is_folder) return;
    const auto& content = node.file.content();
    text += path + ": " + std::to_string(content.size()) + " bytes";
    const bool readable = content.size() <= 200 &&
                          std::all_of(content.begin(), content.end(),
                                      [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
    if (readable) text += " '" + content + "'";
    text += "\n";
  };
  add(*root_, "");
  return text;
}

namespace {

using Node = SimulatedDisk::Node;
using NodePtr = SimulatedDisk::NodePtr;

// A tree of the same names, all of it synced.
NodePtr copy_tree(const Node& node,
                  const std::function<SimulatedDisk::Names(const Node&)>& names_of,
                  const std::function<std::string(const SimulatedFile&)>& content_of) {
  auto copy = std::make_shared<Node>(node.is_folder, content_of(node.file));
  copy->modified_ms = node.modified_ms;
  for (const auto& [name, child] : names_of(node)) {
    copy->names.emplace(name, copy_tree(*child, names_of, content_of));
  }
  copy->synced_names = copy->names;
  return copy;
}

}  // namespace

std::unique_ptr<SimulatedDisk> SimulatedDisk::after_power_loss(std::uint64_t seed) const {
  Random random(seed);
  std::map<const Node*, Names> names;  // of folders with changes
  std::map<const Node*, std::size_t> left;
  for (const NameChange& change : unsynced_) ++left[change.folder.get()];
  // In the order of the changes: addresses differ from run to run.
  std::map<const Node*, bool> drawn;
  for (const NameChange& change : unsynced_) {
    const auto* folder = change.folder.get();
    if (!std::exchange(drawn[folder], true)) {
      left[folder] = survivors(random, left[folder]);
      names[folder] = folder->synced_names;
    }
    if (left[folder] == 0) continue;
    --left[folder];
    for (const auto& [name, node] : change.names) {
      node ? void(names[folder][name] = node) : void(names[folder].erase(name));
    }
  }
  auto disk = std::make_unique<SimulatedDisk>();
  disk->root_ = copy_tree(
      *root_,
      [&](const Node& node) {
        const auto changed = names.find(&node);
        return changed == names.end() ? node.synced_names : changed->second;
      },
      [&](const SimulatedFile& file) { return file.after_power_loss(random); });
  return disk;
}

std::unique_ptr<SimulatedDisk> SimulatedDisk::after_death() const {
  auto disk = std::make_unique<SimulatedDisk>();
  disk->root_ = copy_tree(
      *root_, [](const Node& node) { return node.names; },
      [](const SimulatedFile& file) { return file.content(); });
  return disk;
}

}  // namespace fluxmq::storage_faults
