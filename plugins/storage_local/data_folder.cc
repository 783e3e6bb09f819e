#include "data_folder.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace fluxmq::storage_local {
namespace {

constexpr const char* kLock = ".lock";
constexpr const char* kClean = ".kafka_cleanshutdown";

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

DataFolder::DataFolder(Host host, FileSystem& files, std::string path, std::size_t max_open_files,
                       std::size_t disk_threads, const TailSettings& tails)
    : host_(host),
      file_system_(files),
      path_(std::move(path)),
      absolute_path_(fluxmq::storage_local::absolute_path(path_)),
      background_(host),
      disk_work_(background_, disk_threads),
      files_(files, host, background_, max_open_files),
      deletions_(host, files, background_),
      health_(host, files, background_, absolute_path_),
      tail_settings_(tails) {
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
  tails_ = std::make_unique<Tails>(host_, file_system_, background_, path_, tail_settings_);
  for (const auto& name : deleted_) deletions_.add(log_path(name), 0);
  deleted_.clear();
  // Whatever happens from now on is no clean shutdown until mark_clean says so. The start before
  // this one may have failed between the two.
  const bool clean = file_system_.remove_file(file_path(kClean));
  file_system_.sync_folder(path_);
  for (auto& [name, record] : logs_) record.clean = clean;
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

void DataFolder::mark_clean() {
  for (const auto& [name, record] : logs_) {
    if (record.clean) continue;
    host_.warn("no clean shutdown: ", name, " is to be recovered at the next start");
    return;
  }
  sync_logs();
  replace_file(file_system_, file_path(kClean), R"({"version":0,"brokerEpoch":-1})");
  if (tails_) tails_->remove();
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
  if (tails_) tails_->stop();
  files_.stop();
  background_.wait();
}

}  // namespace fluxmq::storage_local
