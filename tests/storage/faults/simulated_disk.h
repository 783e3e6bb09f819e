// A disk with a page cache before it, in memory: what programs see of it, and what would be left
// of it if the power failed now.
//
// What was not synced survives a power loss in parts, in any order: of the bytes of a file each
// sector as it was at some moment since the last sync, and the file's size likewise; of the names
// in a folder the first so many changes (journals keep their order). Syncing a file doesn't make
// its name durable, syncing a folder does that, for the names in it alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "random_choices.h"

namespace fluxmq::storage_faults {

class SimulatedFile {
 public:
  SimulatedFile() = default;
  explicit SimulatedFile(std::string synced) : seen_(synced), synced_(std::move(synced)) {}
  SimulatedFile(const SimulatedFile&) = delete;
  SimulatedFile& operator=(const SimulatedFile&) = delete;
  ~SimulatedFile();

  const std::string& content() const { return seen_; }
  void write(std::int64_t position, std::string_view bytes);
  void truncate(std::int64_t size);
  // A descriptor to read it by, which shows what is written later, too.
  int fd();

  void sync();
  // As Linux does it: some of what was changed got to the disk, the rest is forgotten, though
  // programs still see it. A later sync has nothing left to do.
  void fail_sync(Random& random);
  // What is seen again is what lies on the disk, but for what waits to get there.
  void drop_cache();
  std::string after_power_loss(Random& random) const;

 private:
  struct Change {
    std::int64_t position;
    std::string bytes;
    std::int64_t size;  // of the file, from then on
  };
  void change(Change change);
  static void apply(const Change& change, std::string& content);

  std::string seen_;
  std::string synced_;
  std::vector<Change> unsynced_;  // oldest first
  int fd_ = -1;
};

class SimulatedDisk {
 public:
  struct Node;
  using NodePtr = std::shared_ptr<Node>;
  using Names = std::map<std::string, NodePtr>;
  struct Node {
    explicit Node(bool folder, std::string content = {})
        : is_folder(folder), file(std::move(content)) {}

    const bool is_folder;
    SimulatedFile file;  // if it is none
    std::int64_t modified_ms = 0;
    bool locked = false;
    Names names;         // of a folder
    Names synced_names;  // those that are on the disk
  };

  SimulatedDisk();

  // nullptr: there is none.
  NodePtr find(const std::string& path) const;
  // The folder that holds `path`, and its name there. nullptr: there is no such folder.
  std::pair<NodePtr, std::string> find_parent(const std::string& path) const;
  // Both are one change, whatever happens.
  void rename(const NodePtr& folder, const std::string& from, const std::string& to);
  void set_name(const NodePtr& folder, const std::string& name,
                NodePtr node);  // nullptr: removes it

  void sync_folder(const NodePtr& folder);
  void sync_all();
  std::int64_t used_bytes() const;
  // What programs see: each file with its size, and what is in short ones that are text.
  std::string to_text() const;

  // A disk that another machine would find now. The process's death loses nothing.
  std::unique_ptr<SimulatedDisk> after_power_loss(std::uint64_t seed) const;
  std::unique_ptr<SimulatedDisk> after_death() const;

 private:
  struct NameChange {
    NodePtr folder;
    std::vector<std::pair<std::string, NodePtr>> names;  // nullptr: it is gone
  };
  void change(NameChange change);

  NodePtr root_;
  std::vector<NameChange> unsynced_;  // oldest first
};

}  // namespace fluxmq::storage_faults
