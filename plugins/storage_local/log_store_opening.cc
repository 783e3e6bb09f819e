// Which logs are open: opening, closing, removing and taking them over, the checkpoints of those
// that are open, and the end of all.
#include <algorithm>

#include "foreign_log.h"
#include "log_store.h"

namespace fluxmq::storage_local {
namespace {

// A stop syncs so many logs by themselves; more of them are faster synced with all else that the
// file system holds.
constexpr std::ptrdiff_t kMaxSingleSyncs = 64;

}  // namespace

void LogStore::open(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition,
                    const fluxmq_log_config* config, fluxmq_log_opened done, void* context) {
  auto name = log_name(topic, partition);
  const auto refuse = [=] { done(context, code(ErrorCode::KAFKA_STORAGE_ERROR), nullptr); };
  if (name.find('/') != std::string::npos) return refuse();
  auto* folder = dirs_.find(name);
  const bool has_folder = folder != nullptr;
  if (!has_folder && dirs_.missing() == nullptr) folder = dirs_.place_log();
  if (folder == nullptr) return refuse();

  auto log = std::make_shared<Log>(*folder, std::move(name), topic_id, known_part(*config));
  bool refused = folder->is_offline();
  if (!refused) {
    const std::lock_guard lock(mutex_);
    refused = damaged_.contains(log->name()) || !logs_.emplace(log->name(), log).second;
  }
  if (refused) {
    if (!has_folder) folder->withdraw_log();
    return refuse();
  }
  auto* handle = reinterpret_cast<fluxmq_log*>(log.get());
  if (!has_folder) return done(context, code(ErrorCode::NONE), handle);
  folder->background().run([this, log = std::move(log), handle, done, context] {
    const auto error = guarded("open", *log, [&] { return recover(*log); });
    if (error != 0) take(log->name());
    done(context, error, error == 0 ? handle : nullptr);
  });
}

ErrorCode LogStore::recover(Log& log) {
  try {
    log.recover();
    return ErrorCode::NONE;
  } catch (const DamagedLog& damage) {
    host_.error(log.name(), ": is damaged and stays closed until a restart: ", damage.what());
    add(damaged_count_);
    const std::lock_guard lock(mutex_);
    damaged_.insert(log.name());
    return ErrorCode::KAFKA_STORAGE_ERROR;
  } catch (const std::exception&) {
    log.distrust();  // a sync may have failed
    throw;
  }
}

std::shared_ptr<Log> LogStore::take(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(name);
  if (found == logs_.end()) return nullptr;
  auto log = std::move(found->second);
  logs_.erase(found);
  if (!log->folder().has_log(name)) log->folder().withdraw_log();
  return log;
}

DataFolder* LogStore::folder_of(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = logs_.find(name);
    if (found != logs_.end()) return &found->second->folder();
  }
  return dirs_.find(name);
}

void LogStore::close(fluxmq_log* handle) {
  const auto log = take(of(handle).name());
  const auto error = guarded("close", *log, [&] {
    log->close(true);
    log->folder().set_recovery_point(log->name(), log->recovery_point(), true);
    return ErrorCode::NONE;
  });
  if (error == 0) return;
  const std::lock_guard lock(mutex_);
  damaged_.insert(log->name());
}

void LogStore::remove(fluxmq_log* handle, fluxmq_log_done done, void* context) {
  remove_named(of(handle).name(), done, context);
}

void LogStore::remove_by_name(fluxmq_string topic, fluxmq_uuid, std::int32_t partition,
                              fluxmq_log_done done, void* context) {
  remove_named(log_name(topic, partition), done, context);
}

void LogStore::remove_named(const std::string& name, fluxmq_log_done done, void* context) {
  auto log = take(name);
  {
    const std::lock_guard lock(mutex_);
    damaged_.erase(name);
  }
  auto* folder = dirs_.find(name);
  if (folder == nullptr) {
    const bool may_be_there = dirs_.missing() != nullptr;
    return done(context, code(may_be_there ? ErrorCode::KAFKA_STORAGE_ERROR : ErrorCode::NONE));
  }
  folder->background().run([this, folder, name, log = std::move(log), done, context] {
    done(context, guarded("remove", *folder, name, [&] {
           if (log) log->detach();
           folder->remove_log(name, log ? log->file_delete_delay_ms() : 0);
           return ErrorCode::NONE;
         }));
  });
}

std::int16_t LogStore::adopt(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition,
                             const fluxmq_foreign_log* foreign) {
  const auto name = log_name(topic, partition);
  if (name.find('/') != std::string::npos) return code(ErrorCode::KAFKA_STORAGE_ERROR);
  {
    const std::lock_guard lock(mutex_);
    if (logs_.contains(name)) return code(ErrorCode::KAFKA_STORAGE_ERROR);
    damaged_.erase(name);
  }
  auto* known = dirs_.find(name);
  auto* folder = known;
  if (known == nullptr && dirs_.missing() == nullptr) folder = dirs_.place_log();
  if (folder == nullptr) return code(ErrorCode::KAFKA_STORAGE_ERROR);
  const auto error = guarded("take over the log", *folder, name, [&] {
    auto& files = folder->file_system();
    const LogRecord record{.recovery_point = foreign->recovery_point,
                           .log_start_offset = foreign->log_start_offset,
                           .clean_offset = foreign->clean_offset};
    folder->adopt_log(name, record, [&](const std::string& path) {
      take_files(files,
                 {.folder = std::string(view(foreign->folder)),
                  .recovery_point = foreign->recovery_point,
                  .link_files = (foreign->flags & FLUXMQ_LINK_FILES) != 0},
                 path);
      const auto metadata = path + "/" + kPartitionMetadata;
      write_file(files, metadata, partition_metadata(topic_id));
      sync_file(files, metadata);
    });
    return ErrorCode::NONE;
  });
  if (known == nullptr) folder->withdraw_log();
  return error;
}

std::vector<std::shared_ptr<Log>> LogStore::open_logs(const DataFolder& folder) {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Log>> logs;
  logs.reserve(logs_.size());
  for (const auto& [name, log] : logs_) {
    if (&log->folder() == &folder) logs.push_back(log);
  }
  return logs;
}

void LogStore::checkpoint(DataFolder& folder) {
  if (folder.is_offline()) return;
  try {
    for (const auto& log : open_logs(folder)) {
      log->flush_rolled();
      if (!log->failed()) folder.set_recovery_point(log->name(), log->recovery_point());
    }
    folder.write_checkpoints();
  } catch (const std::exception& failure) {
    host_.error("recovery points can't be written: ", failure.what());
    folder.progressed();  // what passes is tried again
  }
}

void LogStore::stop() {
  for (const auto& folder : dirs_.all()) folder->stop();
  for (const auto& folder : dirs_.all()) close_all(*folder);
}

void LogStore::close_all(DataFolder& folder) {
  const auto logs = open_logs(folder);
  if (folder.is_offline()) return;
  const auto dirty =
      std::count_if(logs.begin(), logs.end(), [](auto& log) { return log->finish(); });
  const bool one_by_one = dirty <= kMaxSingleSyncs;
  bool clean = true;
  for (const auto& log : logs) {
    clean &= guarded("close", *log, [&] {
               log->close(one_by_one);
               return ErrorCode::NONE;
             }) == 0;
  }
  if (!clean) return;
  guarded("shutdown", folder, folder.path(), [&] {
    if (!one_by_one) folder.file_system().sync_volume(folder.path());
    for (const auto& log : logs) {
      folder.set_recovery_point(log->name(), log->recovery_point(), true);
    }
    folder.write_checkpoints();
    folder.mark_clean();
    return ErrorCode::NONE;
  });
}

}  // namespace fluxmq::storage_local
