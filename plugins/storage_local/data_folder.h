// One of the folders of log.dirs as a whole: its lock, what marks it as ours and a clean shutdown,
// the folders of logs in it, and the checkpoint files that speak of all of them.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include "background.h"
#include "deletions.h"
#include "disk_work.h"
#include "file_system.h"
#include "fluxmq/host.h"
#include "folder_health.h"
#include "log_roster.h"
#include "meta_properties.h"
#include "segment_file.h"
#include "tails.h"

namespace fluxmq::storage_local {

// What is kept of a log outside of its folder.
struct LogRecord {
  std::int64_t recovery_point = 0;    // what lies below is on the disk
  std::int64_t log_start_offset = 0;  // if records were deleted up to there
  std::int64_t clean_offset = 0;      // compacted up to there
  bool clean = false;                 // it was closed: nothing to recover
};

// How clients are told a folder's name: normal, without a slash at its end.
std::string absolute_path(const std::string& path);
// "topic-0"
bool is_log_name(const std::string& name);
// What the operator is told of a folder of log.dirs that can't be used.
std::string why_unusable(const std::string& path, const std::system_error& failure);

class DataFolder {
 public:
  // Makes the folder if need be, locks it, and looks what is in it. It is missing if that can't be
  // done. Throws, with a line for the operator: another process has it, or what is in it isn't
  // ours.
  DataFolder(Host host, FileSystem& files, std::string path, std::size_t max_open_files,
             std::size_t disk_threads, const TailSettings& tails = {});
  ~DataFolder() { stop(); }
  // The process that has it, as people read it.
  static std::optional<std::string> holder(FileSystem& files, const std::string& path);

  // Until begin it is only looked at: a start that is refused leaves it as it is.
  const std::optional<MetaProperties>& properties() const { return properties_; }
  // begin takes it offline.
  bool is_missing() const { return !why_missing_.empty(); }
  const std::string& why_missing() const { return why_missing_; }
  void set_missing(std::string why) { why_missing_ = std::move(why); }
  // Keeps the names of its logs there from now on; if it is missing, it has those that are there.
  void keep_roster(std::unique_ptr<LogRoster> roster);
  // It is missing, and nothing says which logs lie in it.
  bool may_have_any_log() const { return is_missing() && !knows_logs_; }
  void set_properties(const MetaProperties& properties);  // durably
  std::vector<std::string> log_names() const;
  void begin();

  FolderHealth& health() { return health_; }
  bool is_offline() const { return health_.is_offline(); }

  const Host& host() const { return host_; }
  const std::string& path() const { return path_; }
  const std::string& absolute_path() const { return absolute_path_; }
  FileSystem& file_system() { return file_system_; }
  FileCache& files() { return files_; }
  Background& background() { return background_; }
  DiskWork& disk_work() { return disk_work_; }
  Deletions& deletions() { return deletions_; }
  Tails& tails() { return *tails_; }

  std::string log_path(const std::string& name) const { return path_ + "/" + name; }

  // The logs that have a folder, by name ("topic-0").
  bool has_log(const std::string& name) const;
  // With those that are only promised to it.
  std::size_t log_count() const;
  void promise_log();
  void withdraw_log();
  // Of a log that is being opened: from now on it isn't clean until it is closed again.
  LogRecord take_record(const std::string& name);
  void make_log(const std::string& name);
  // What there is of log folders is on the disk.
  void sync_logs();
  // Makes a log whose folder `fill` fills with what the log has to begin with; durable, and as a
  // whole. A log of that name is deleted.
  void adopt_log(const std::string& name, const LogRecord& record,
                 const std::function<void(const std::string& folder)>& fill);
  // As it was last set: at least what the checkpoint file has.
  std::int64_t recovery_point(const std::string& name) const;
  // In memory until the next write_checkpoints.
  void set_recovery_point(const std::string& name, std::int64_t offset, bool clean = false);
  // Durable on return.
  void set_log_start_offset(const std::string& name, std::int64_t offset);
  void set_clean_offset(const std::string& name, std::int64_t offset);
  // The bytes of its segments.
  std::int64_t log_size(const std::string& name) const;
  // Takes a log out of the way by renaming its folder, durably, and deletes it later.
  void remove_log(const std::string& name, std::int64_t delay_ms);
  // Takes a log out of the way that belongs to another topic; it is kept for the operator.
  std::string set_log_aside(const std::string& name);

  void write_checkpoints();
  // The next start may skip recovery, if every log is clean. Everything must have been written.
  void mark_clean();

  // `checkpoint` runs on the blocking pool some time after progressed() was called, once for all
  // calls: recovery points have moved.
  void start_checkpoints(std::int64_t interval_ms, std::function<void()> checkpoint);
  void progressed();
  // Neither checkpoints nor deletions begin after that, and none is running.
  void stop();

 private:
  void lock();
  void read_properties();
  void read_logs();
  void read_checkpoint(const char* file, std::int64_t LogRecord::*member);
  void write_checkpoint(const char* file,
                        std::int64_t LogRecord::*member);  // under checkpoint_mutex_
  void set_durably(const std::string& name, const char* file, std::int64_t LogRecord::*member,
                   std::int64_t offset);
  std::string file_path(const char* name) const { return path_ + "/" + name; }
  std::string path_aside(const std::string& name, const char* suffix) const;
  std::string rename_log(const std::string& name, const char* suffix);

  const Host host_;
  FileSystem& file_system_;
  const std::string path_;
  const std::string absolute_path_;
  Background background_;
  DiskWork disk_work_;
  FileCache files_;
  Deletions deletions_;
  FolderHealth health_;
  std::unique_ptr<File> lock_;
  const TailSettings tail_settings_;
  std::unique_ptr<Tails> tails_;  // from begin on
  std::optional<MetaProperties> properties_;
  std::string why_missing_;
  std::unique_ptr<LogRoster> roster_;  // null: it has the metadata itself
  bool knows_logs_ = true;
  std::vector<std::string> deleted_;  // left by an earlier run

  std::int64_t checkpoint_interval_ms_ = 0;
  std::unique_ptr<BackgroundTimer> checkpoint_timer_;
  std::atomic<bool> checkpoint_due_ = false;

  std::mutex checkpoint_mutex_;  // who writes checkpoint files; taken before mutex_
  mutable std::mutex mutex_;
  std::map<std::string, LogRecord> logs_;
  std::size_t promised_ = 0;  // logs that are to get a folder here
  // Gone, but maybe still in the checkpoint files: a new log of that name must not inherit them.
  std::unordered_set<std::string> removed_;
};

}  // namespace fluxmq::storage_local
