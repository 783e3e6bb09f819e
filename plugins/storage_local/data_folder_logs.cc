// What a folder knows of its logs: which there are, and the checkpoint files that speak of them.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "checkpoint_file.h"
#include "data_folder.h"
#include "random_hex.h"

namespace fluxmq::storage_local {
namespace {

constexpr const char* kRecoveryPoints = "recovery-point-offset-checkpoint";
constexpr const char* kLogStartOffsets = "log-start-offset-checkpoint";
constexpr const char* kCleanOffsets = "cleaner-offset-checkpoint";
constexpr const char* kDeletedFolderSuffix = "-delete";
constexpr const char* kFutureFolderSuffix = "-future";  // Kafka's word for a log that comes to be
constexpr const char* kStraySuffix = "-stray";
constexpr std::size_t kMaxNameBytes = 255;  // of a file, on Linux

}  // namespace

void DataFolder::read_logs() {
  for (const auto& name : file_system_.list_folder(path_)) {
    if (name.ends_with(kDeletedFolderSuffix) || name.ends_with(kFutureFolderSuffix)) {
      deleted_.push_back(name);
    } else if (is_log_name(name)) {
      logs_.emplace(name, LogRecord{});
    }
  }
  read_checkpoint(kRecoveryPoints, &LogRecord::recovery_point);
  read_checkpoint(kLogStartOffsets, &LogRecord::log_start_offset);
  read_checkpoint(kCleanOffsets, &LogRecord::clean_offset);
}

void DataFolder::read_checkpoint(const char* file, std::int64_t LogRecord::*member) {
  const auto text = read_file(file_system_, file_path(file));
  if (!text) return;
  try {
    for (const auto& line : parse_checkpoint(*text, 3)) {
      const auto name = std::string(line[0]) + "-" + std::string(line[1]);
      const auto log = logs_.find(name);
      if (log == logs_.end()) {
        removed_.insert(name);
      } else {
        log->second.*member = parse_int64(line[2]);
      }
    }
  } catch (const std::runtime_error& failure) {
    throw std::runtime_error(file_path(file) + ": " + failure.what());
  }
}

void DataFolder::write_checkpoint(const char* file, std::int64_t LogRecord::*member) {
  std::string lines;
  std::size_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, record] : logs_) {
      if (record.*member == 0) continue;
      const auto dash = name.rfind('-');
      lines.append(name, 0, dash).append(" ").append(name, dash + 1).append(" ");
      lines += std::to_string(record.*member) + "\n";
      ++count;
    }
  }
  const auto text = checkpoint_text(count, lines);
  try {
    if (read_file(file_system_, file_path(file)) != text)
      replace_file(file_system_, file_path(file), text);
  } catch (const std::exception& failure) {
    health_.folder_failed(failure);
    throw;
  }
}

void DataFolder::write_checkpoints() {
  const std::lock_guard writer(checkpoint_mutex_);
  write_checkpoint(kRecoveryPoints, &LogRecord::recovery_point);
  write_checkpoint(kLogStartOffsets, &LogRecord::log_start_offset);
  write_checkpoint(kCleanOffsets, &LogRecord::clean_offset);
}

bool DataFolder::has_log(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return logs_.contains(name);
}

std::vector<std::string> DataFolder::log_names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, record] : logs_) names.push_back(name);
  return names;
}

std::size_t DataFolder::log_count() const {
  const std::lock_guard lock(mutex_);
  return logs_.size() + promised_;
}

void DataFolder::promise_log() {
  const std::lock_guard lock(mutex_);
  ++promised_;
}

void DataFolder::withdraw_log() {
  const std::lock_guard lock(mutex_);
  --promised_;
}

LogRecord DataFolder::take_record(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto log = logs_.find(name);
  if (log == logs_.end()) return {};
  const auto record = log->second;
  log->second.clean = false;
  return record;
}

void DataFolder::make_log(const std::string& name) {
  bool forget = false;
  {
    const std::lock_guard lock(mutex_);
    forget = removed_.contains(name);
  }
  if (forget) write_checkpoints();
  if (roster_ && !has_log(name)) roster_->add(name);
  file_system_.make_folder(log_path(name));
  const std::lock_guard lock(mutex_);
  removed_.erase(name);
  if (logs_.try_emplace(name).second) --promised_;
}

void DataFolder::keep_roster(std::unique_ptr<LogRoster> roster) {
  roster_ = std::move(roster);
  if (!is_missing()) return roster_->write(log_names());
  const auto names = roster_->read();
  knows_logs_ = names.has_value();
  if (!knows_logs_) return;
  for (const auto& name : *names) logs_.try_emplace(name);
}

// The roster first. What it lacks matters only if the machine dies and the folder is then missing.
void DataFolder::sync_logs() {
  try {
    if (roster_) roster_->sync();
  } catch (const std::exception& failure) {
    host_.warn(path_, ": the names of its logs can't be brought to the disk: ", failure.what());
  }
  file_system_.sync_folder(path_);
}

void DataFolder::adopt_log(const std::string& name, const LogRecord& record,
                           const std::function<void(const std::string& folder)>& fill) {
  const auto future = path_aside(name, kFutureFolderSuffix);
  try {
    file_system_.make_folder(future);
    fill(future);
    file_system_.sync_folder(future);
    if (has_log(name)) remove_log(name, 0);
    if (roster_) roster_->add(name);
    file_system_.rename(future, log_path(name));
  } catch (const std::exception&) {
    deletions_.add(future, 0);
    throw;
  }
  sync_logs();
  {
    const std::lock_guard lock(mutex_);
    removed_.erase(name);
    logs_[name] = record;
  }
  write_checkpoints();
}

std::int64_t DataFolder::recovery_point(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto log = logs_.find(name);
  return log == logs_.end() ? 0 : log->second.recovery_point;
}

void DataFolder::set_recovery_point(const std::string& name, std::int64_t offset, bool clean) {
  const std::lock_guard lock(mutex_);
  const auto log = logs_.find(name);
  if (log == logs_.end()) return;
  log->second.recovery_point = offset;
  log->second.clean = clean;
}

void DataFolder::set_log_start_offset(const std::string& name, std::int64_t offset) {
  set_durably(name, kLogStartOffsets, &LogRecord::log_start_offset, offset);
}

void DataFolder::set_clean_offset(const std::string& name, std::int64_t offset) {
  set_durably(name, kCleanOffsets, &LogRecord::clean_offset, offset);
}

void DataFolder::set_durably(const std::string& name, const char* file,
                             std::int64_t LogRecord::*member, std::int64_t offset) {
  const std::lock_guard writer(checkpoint_mutex_);
  const auto exchange_offset = [&](std::int64_t next) {
    const std::lock_guard lock(mutex_);
    const auto log = logs_.find(name);
    return log == logs_.end() ? next : std::exchange(log->second.*member, next);
  };
  const auto before = exchange_offset(offset);
  try {
    write_checkpoint(file, member);
  } catch (const std::exception&) {
    exchange_offset(before);
    throw;
  }
}

std::string DataFolder::path_aside(const std::string& name, const char* suffix) const {
  const auto dash = name.rfind('-');
  const auto tail = name.substr(dash) + "." + random_hex() + suffix;
  return log_path(name.substr(0, std::min(dash, kMaxNameBytes - tail.size())) + tail);
}

std::string DataFolder::rename_log(const std::string& name, const char* suffix) {
  const auto target = path_aside(name, suffix);
  file_system_.rename(log_path(name), target);
  file_system_.sync_folder(path_);
  {
    const std::lock_guard lock(mutex_);
    logs_.erase(name);
    removed_.insert(name);
  }
  try {
    if (roster_) roster_->remove(name);
  } catch (const std::exception& failure) {  // as on a full disk; a start mends it
    host_.warn(path_, ": the list of its logs still has ", name, ": ", failure.what());
  }
  return target;
}

std::int64_t DataFolder::log_size(const std::string& name) const {
  if (!has_log(name)) return 0;
  const auto folder = log_path(name);
  if (!file_system_.exists(folder)) return 0;  // removed meanwhile
  std::int64_t size = 0;
  for (const auto& file : file_system_.list_folder(folder)) {
    if (file.ends_with(".log")) size += file_system_.file_size(folder + "/" + file);
  }
  return size;
}

void DataFolder::remove_log(const std::string& name, std::int64_t delay_ms) {
  deletions_.add(rename_log(name, kDeletedFolderSuffix), delay_ms);
}

std::string DataFolder::set_log_aside(const std::string& name) {
  auto aside = rename_log(name, kStraySuffix);
  promise_log();  // it is open, and gets another folder
  return aside;
}

}  // namespace fluxmq::storage_local
