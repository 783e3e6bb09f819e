// The names of the logs that lie in a folder of log.dirs, kept in another one, beside the metadata:
// a start that misses the folder knows from it which logs are missing, and which may begin.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "file_system.h"

namespace fluxmq::storage_local {

class LogRoster {
 public:
  // `directory_id` is that of the folder whose logs these are.
  LogRoster(FileSystem& files, const std::string& metadata_folder, const std::string& directory_id);
  // The rosters in a folder, but for those of these directories, are of folders that were given up.
  static void remove_others(FileSystem& files, const std::string& metadata_folder,
                            const std::set<std::string>& directory_ids);

  // nullopt: none was ever kept.
  std::optional<std::set<std::string>> read() const;
  void write(const std::vector<std::string>& names);  // all of them, durably

  // After write. They outlive the death of the process, and after sync that of the machine.
  void add(const std::string& name) { append("+" + name + "\n"); }
  void remove(const std::string& name) { append("-" + name + "\n"); }
  void sync();

 private:
  void append(const std::string& line);
  void write_anew(const std::set<std::string>& names);  // under mutex_

  FileSystem& files_;
  const std::string path_;
  std::mutex mutex_;
  std::unique_ptr<File> file_;
  std::int64_t size_bytes_ = 0;
  std::int64_t synced_bytes_ = 0;
  std::int64_t write_anew_at_bytes_ = 0;
};

}  // namespace fluxmq::storage_local
