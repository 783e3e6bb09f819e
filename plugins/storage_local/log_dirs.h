// log.dirs: the folders of this broker. Each is a whole of its own; one of them, the first at the
// broker's first start, has the metadata too. A new log goes to the folder with the fewest logs.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "data_folder.h"
#include "fluxmq/plugin.h"

namespace fluxmq::storage_local {

inline constexpr const char* kMetadataFolder = "metadata";

class LogDirs {
 public:
  // `list` is the value of log.dirs; the open files are shared out among the folders. Throws, with
  // a line for the operator, if they don't belong together, or one can't be used that the broker
  // doesn't know. One that it knows and that is missing is offline: the others are served.
  LogDirs(Host host, FileSystem& files, std::string_view list, std::size_t max_open_files,
          const TailSettings& tails = {});

  // What the constructor would find, without changing anything.
  static std::vector<Finding> check(FileSystem& files, std::string_view list);

  const std::vector<std::unique_ptr<DataFolder>>& all() const { return folders_; }
  DataFolder& metadata() const { return *folders_[metadata_]; }
  // Counted from 0, in the order of log.dirs.
  std::int32_t number_of(const DataFolder& folder) const;
  bool any_offline() const;
  // One that is missing, or null. A log that isn't found may lie there, and must not be made anew:
  // nothing says which logs it has.
  DataFolder* missing() const;

  // The folder that a log lies in; null: it has none yet.
  DataFolder* find(const std::string& log) const;
  // Where a new log goes; null: all folders are offline.
  DataFolder* emptiest() const;
  // The same, and counts the log as that folder's. make_log or withdraw_log follows.
  DataFolder* place_log();

 private:
  void set_missing(const std::string& path, const std::string& line);
  void claim();
  void keep_rosters() const;
  void refuse_duplicates() const;

  std::vector<std::unique_ptr<DataFolder>> folders_;
  std::size_t metadata_ = 0;
  std::mutex placing_;
};

}  // namespace fluxmq::storage_local
