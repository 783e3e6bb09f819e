#include "data_folder.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "checkpoint_file.h"

namespace fluxmq::storage_local {
namespace {

constexpr const char* kLock = ".lock";
constexpr const char* kClean = ".kafka_cleanshutdown";
constexpr const char* kRecoveryPoints = "recovery-point-offset-checkpoint";
constexpr const char* kLogStartOffsets = "log-start-offset-checkpoint";
constexpr const char* kCleanOffsets = "cleaner-offset-checkpoint";
constexpr const char* kDeletedFolderSuffix = "-delete";
constexpr const char* kFutureFolderSuffix = "-future";  // Kafka's word for a log that comes to be
constexpr const char* kStraySuffix = "-stray";
constexpr std::size_t kMaxNameBytes = 255;  // of a file, on Linux

std::string random_hex() {
  std::random_device random;
  std::string text;
  for (int i = 0; i < 4; ++i) {
    for (auto bits = random(), digit = 0u; digit < 8; ++digit, bits >>= 4) {
      text += "0123456789abcdef"[bits & 15];
    }
  }
  return text;
}

// "process 42", as far as the text of a lock says.
std::string holder_of(std::string lock) {
  lock.erase(std::find(lock.begin(), lock.end(), '\n'), lock.end());
  return lock.empty() ? "another process" : "process " + lock;
}

}  // namespace

std::string absolute_path(const std::string& path) {
  auto text = std::filesystem::absolute(path).lexically_normal().string();
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

// A topic's name may itself have dashes.
bool is_log_name(const std::string& name) {
  const auto dash = name.rfind('-');
  if (dash == std::string::npos || dash == 0 || dash + 1 == name.size()) return false;
  return std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dash) + 1, name.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

std::string why_unusable(const std::string& path, const std::system_error& failure) {
  const auto& code = failure.code();
  std::string fix;
  if (code == std::errc::permission_denied || code == std::errc::operation_not_permitted) {
    fix = "; give the broker's user (uid " + std::to_string(::geteuid()) + ") that folder";
  } else if (code == std::errc::read_only_file_system) {
    fix = "; mount its volume for writing, or take it out of log.dirs";
  } else if (code == std::errc::not_a_directory || code == std::errc::file_exists) {
    fix = "; it is no folder: name another path";
  } else if (code == std::errc::no_such_file_or_directory) {
    fix = "; name a path that can be made";
  }
  return "log.dirs: " + path + " can't be used: " + failure.what() + fix;
}

DataFolder::DataFolder(Host host, FileSystem& files, std::string path, std::size_t max_open_files)
    : host_(host),
      file_system_(files),
      path_(std::move(path)),
      absolute_path_(fluxmq::storage_local::absolute_path(path_)),
      files_(files, max_open_files),
      background_(host),
      deletions_(host, files, background_),
      health_(host, files, background_, absolute_path_) {
  try {
    file_system_.make_folder(path_);
    lock();
    read_properties();
    read_logs();
  } catch (const std::system_error& failure) {
    why_missing_ = why_unusable(path_, failure);
  }
}

void DataFolder::begin() {
  if (is_missing()) return health_.go_offline(why_missing_);
  for (const auto& name : deleted_) deletions_.add(log_path(name), 0);
  deleted_.clear();
  // Whatever happens from now on is no clean shutdown until mark_clean says so.
  if (file_system_.remove_file(file_path(kClean))) {
    file_system_.sync_folder(path_);
    for (auto& [name, record] : logs_) record.clean = true;
  }
  health_.start();
}

void DataFolder::lock() {
  lock_ = file_system_.open(file_path(kLock), OpenMode::kCreate);
  if (!lock_->lock()) {
    throw std::runtime_error("data folder " + path_ + " is in use by " +
                             holder_of(read_file(file_system_, file_path(kLock)).value_or("")));
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  lock_->truncate(0);
  lock_->write_at(pid.data(), pid.size(), 0);
}

std::optional<std::string> DataFolder::holder(FileSystem& files, const std::string& path) {
  const auto file = path + "/" + kLock;
  if (!files.exists(file) || files.open(file, OpenMode::kWrite)->lock()) return std::nullopt;
  return holder_of(read_file(files, file).value_or(""));
}

void DataFolder::read_properties() {
  const auto text = read_file(file_system_, file_path(kMetaProperties));
  if (text) properties_ = parse_meta_properties(path_, *text);
}

void DataFolder::set_properties(const MetaProperties& properties) {
  if (properties_ == properties) return;
  if (!properties_) {  // a new folder: its own name must outlive a power loss, too
    file_system_.sync_folder(std::filesystem::path(absolute_path_).parent_path().string());
  }
  replace_file(file_system_, file_path(kMetaProperties), to_text(properties));
  properties_ = properties;
}

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

void DataFolder::mark_clean() {
  for (const auto& [name, record] : logs_) {
    if (record.clean) continue;
    host_.warn("no clean shutdown: ", name, " is to be recovered at the next start");
    return;
  }
  replace_file(file_system_, file_path(kClean), R"({"version":0,"brokerEpoch":-1})");
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
  file_system_.make_folder(log_path(name));
  const std::lock_guard lock(mutex_);
  removed_.erase(name);
  if (logs_.try_emplace(name).second) --promised_;
}

void DataFolder::adopt_log(const std::string& name, const LogRecord& record,
                           const std::function<void(const std::string& folder)>& fill) {
  const auto future = path_aside(name, kFutureFolderSuffix);
  try {
    file_system_.make_folder(future);
    fill(future);
    file_system_.sync_folder(future);
    if (has_log(name)) remove_log(name, 0);
    file_system_.rename(future, log_path(name));
  } catch (const std::exception&) {
    deletions_.add(future, 0);
    throw;
  }
  file_system_.sync_folder(path_);
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
  const std::lock_guard lock(mutex_);
  logs_.erase(name);
  removed_.insert(name);
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

void DataFolder::start_checkpoints(std::int64_t interval_ms, std::function<void()> checkpoint) {
  checkpoint_interval_ms_ = interval_ms;
  checkpoint_timer_ = std::make_unique<BackgroundTimer>(host_, background_,
                                                        [this, checkpoint = std::move(checkpoint)] {
                                                          checkpoint_due_ = false;
                                                          checkpoint();
                                                        });
}

void DataFolder::progressed() {
  if (!checkpoint_due_.exchange(true)) checkpoint_timer_->start(checkpoint_interval_ms_);
}

void DataFolder::stop() {
  if (checkpoint_timer_) checkpoint_timer_->stop();
  deletions_.stop();
  health_.stop();
  background_.wait();
}

}  // namespace fluxmq::storage_local
