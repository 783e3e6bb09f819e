#include "log_store.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include "fluxmq/plugin.h"
#include "foreign_log.h"
#include "log_rewrite.h"

namespace fluxmq::storage_local {
namespace {

// A stop syncs so many logs by themselves; more of them are faster synced with all else that the
// file system holds.
constexpr std::ptrdiff_t kMaxSingleSyncs = 64;

std::int16_t code(ErrorCode error) {
  return static_cast<std::int16_t>(error);
}

Log& of(fluxmq_log* log) {
  return *reinterpret_cast<Log*>(log);
}

std::string log_name(fluxmq_string topic, std::int32_t partition) {
  return concat(view(topic), "-", partition);
}

fluxmq_log_config known_part(const fluxmq_log_config& config) {
  fluxmq_log_config copy{};
  std::memcpy(&copy, &config, std::min<std::size_t>(config.size, sizeof copy));
  return copy;
}

}  // namespace

const fluxmq_log_store LogStore::kFunctions = {
    sizeof(fluxmq_log_store),
    0,
    nullptr,
    trampoline<&LogStore::open>,
    trampoline<&LogStore::close>,
    trampoline<&LogStore::remove>,
    trampoline<&LogStore::remove_by_name>,
    trampoline<&LogStore::configure>,
    trampoline<&LogStore::state>,
    trampoline<&LogStore::append>,
    trampoline<&LogStore::flush>,
    trampoline<&LogStore::read>,
    trampoline<&LogStore::find_timestamp>,
    trampoline<&LogStore::find_max_timestamp>,
    trampoline<&LogStore::epoch_end_offset>,
    trampoline<&LogStore::set_log_start_offset>,
    trampoline<&LogStore::truncate>,
    trampoline<&LogStore::apply_retention>,
    trampoline<&LogStore::visit_batches>,
    trampoline<&LogStore::save_producer_snapshot>,
    trampoline<&LogStore::load_producer_snapshot>,
    trampoline<&LogStore::visit_segments>,
    trampoline<&LogStore::begin_rewrite>,
    trampoline<&LogStore::rewrite>,
    trampoline<&LogStore::end_rewrite>,
    trampoline<&LogStore::set_clean_offset>,
    trampoline<&LogStore::log_dir>,
    trampoline<&LogStore::size_by_name>,
    trampoline<&LogStore::adopt>,
};

LogStore::LogStore(DataFolder& folder, std::int64_t checkpoint_interval_ms)
    : folder_(folder), table_(kFunctions) {
  table_.self = this;
  folder_.start_checkpoints(checkpoint_interval_ms, [this] { checkpoint(); });
}

template <class Action>
std::int16_t LogStore::guarded(std::string_view what, const std::string& name, Action action) {
  try {
    return code(action());
  } catch (const std::exception& failure) {
    folder_.host().error(name, ": ", what, " failed: ", failure.what());
    return code(ErrorCode::KAFKA_STORAGE_ERROR);
  }
}

void LogStore::open(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition,
                    const fluxmq_log_config* config, fluxmq_log_opened done, void* context) {
  auto name = log_name(topic, partition);
  const bool has_folder = folder_.has_log(name);
  auto log = std::make_shared<Log>(folder_, std::move(name), topic_id, known_part(*config));
  bool refused = log->name().find('/') != std::string::npos;
  if (!refused) {
    const std::lock_guard lock(mutex_);
    refused = !logs_.emplace(log->name(), log).second;
  }
  if (refused) return done(context, code(ErrorCode::KAFKA_STORAGE_ERROR), nullptr);
  auto* handle = reinterpret_cast<fluxmq_log*>(log.get());
  if (!has_folder) return done(context, code(ErrorCode::NONE), handle);
  folder_.background().run([this, log = std::move(log), handle, done, context] {
    const auto error = guarded("open", log->name(), [&] {
      log->recover();
      return ErrorCode::NONE;
    });
    if (error != 0) take(log->name());
    done(context, error, error == 0 ? handle : nullptr);
  });
}

std::shared_ptr<Log> LogStore::take(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(name);
  if (found == logs_.end()) return nullptr;
  auto log = std::move(found->second);
  logs_.erase(found);
  return log;
}

void LogStore::close(fluxmq_log* handle) {
  const auto log = take(of(handle).name());
  guarded("close", log->name(), [&] {
    log->close(true);
    folder_.set_recovery_point(log->name(), log->recovery_point(), true);
    return ErrorCode::NONE;
  });
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
  if (!folder_.has_log(name)) return done(context, code(ErrorCode::NONE));
  folder_.background().run([this, name, log = std::move(log), done, context] {
    done(context, guarded("remove", name, [&] {
           if (log) log->detach();
           folder_.remove_log(name, log ? log->file_delete_delay_ms() : 0);
           return ErrorCode::NONE;
         }));
  });
}

void LogStore::configure(fluxmq_log* log, const fluxmq_log_config* config) {
  of(log).configure(known_part(*config));
}

void LogStore::state(fluxmq_log* log, fluxmq_log_state* state) {
  const auto size = std::min<std::size_t>(state->size, sizeof *state);
  const auto current = of(log).state();
  std::memcpy(state, &current, size);
}

void LogStore::append(fluxmq_log* log, const fluxmq_bytes* batches, std::uint32_t batch_count,
                      std::int32_t leader_epoch, fluxmq_log_appended done, void* context) {
  std::uint32_t flags = 0;
  const auto error = guarded("append", of(log).name(), [&] {
    const auto appended = of(log).append({batches, batch_count}, leader_epoch);
    flags = appended.flags;
    return appended.error;
  });
  done(context, error, flags);
}

void LogStore::flush(fluxmq_log* log, fluxmq_log_done done, void* context) {
  of(log).flush(done, context);
}

void LogStore::read(fluxmq_log* log, const fluxmq_log_read_request* request,
                    fluxmq_log_read_done done, void* context) {
  Log::ReadResult result;
  const auto error =
      guarded("read", of(log).name(), [&] { return of(log).read(*request, result); });
  done(context, error, result.segments, static_cast<std::uint32_t>(result.count));
}

void LogStore::find_timestamp(fluxmq_log* handle, std::int64_t timestamp_ms,
                              fluxmq_log_timestamp_found done, void* context) {
  folder_.background().run(
      [this, log = of(handle).shared_from_this(), timestamp_ms, done, context] {
        TimestampOffset found;
        const auto error = guarded("search", log->name(), [&] {
          found = log->find_timestamp(timestamp_ms);
          return ErrorCode::NONE;
        });
        done(context, error, found.offset, found.timestamp_ms, found.leader_epoch);
      });
}

void LogStore::find_max_timestamp(fluxmq_log* handle, fluxmq_log_timestamp_found done,
                                  void* context) {
  folder_.background().run([this, log = of(handle).shared_from_this(), done, context] {
    TimestampOffset found;
    const auto error = guarded("search", log->name(), [&] {
      found = log->find_max_timestamp();
      return ErrorCode::NONE;
    });
    done(context, error, found.offset, found.timestamp_ms, found.leader_epoch);
  });
}

void LogStore::epoch_end_offset(fluxmq_log* log, std::int32_t leader_epoch,
                                std::int32_t* found_epoch, std::int64_t* end_offset) {
  const auto end = of(log).epoch_end_offset(leader_epoch);
  *found_epoch = end.epoch;
  *end_offset = end.offset;
}

std::int16_t LogStore::set_log_start_offset(fluxmq_log* log, std::int64_t offset) {
  return guarded("delete of records", of(log).name(),
                 [&] { return of(log).set_log_start_offset(offset); });
}

std::int16_t LogStore::truncate(fluxmq_log* log, std::int64_t offset) {
  return guarded("truncate", of(log).name(), [&] {
    of(log).truncate(offset);
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::apply_retention(fluxmq_log* log, std::int64_t now_ms,
                                       std::int64_t max_offset) {
  return guarded("retention", of(log).name(), [&] {
    of(log).apply_retention(now_ms, max_offset);
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::visit_batches(fluxmq_log* log, std::int64_t offset,
                                     fluxmq_log_batch_visitor visitor, void* context) {
  return guarded("scan", of(log).name(), [&] {
    of(log).visit_batches(
        offset, [=](const std::uint8_t* header) { return visitor(context, header) != 0; });
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::save_producer_snapshot(fluxmq_log* log, std::int64_t offset,
                                              fluxmq_bytes snapshot) {
  return guarded("snapshot", of(log).name(), [&] {
    of(log).save_producer_snapshot(offset,
                                   {reinterpret_cast<const char*>(snapshot.data), snapshot.size});
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::load_producer_snapshot(fluxmq_log* log, std::int64_t max_offset,
                                              void (*found)(void* context, std::int64_t offset,
                                                            fluxmq_bytes snapshot),
                                              void* context) {
  return guarded("snapshot", of(log).name(), [&] {
    std::string snapshot;
    const auto offset = of(log).load_producer_snapshot(max_offset, snapshot);
    if (offset >= 0) {
      found(context, offset,
            {reinterpret_cast<const std::uint8_t*>(snapshot.data()), snapshot.size()});
    }
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::visit_segments(fluxmq_log* log, fluxmq_log_segment_visitor visitor,
                                      void* context) {
  return guarded("scan", of(log).name(), [&] {
    of(log).visit_segments(
        [=](const fluxmq_log_segment_info& info) { return visitor(context, &info) != 0; });
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::begin_rewrite(fluxmq_log* log, std::int64_t first_base_offset,
                                     std::int64_t end_base_offset, fluxmq_log_rewrite** rewrite) {
  return guarded("rewrite", of(log).name(), [&] {
    auto begun = of(log).begin_rewrite(first_base_offset, end_base_offset);
    if (begun == nullptr) return ErrorCode::OFFSET_OUT_OF_RANGE;
    *rewrite = reinterpret_cast<fluxmq_log_rewrite*>(begun.release());
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::rewrite(fluxmq_log_rewrite* handle, fluxmq_bytes batches) {
  auto& rewrite = *reinterpret_cast<LogRewrite*>(handle);
  return guarded("rewrite", rewrite.log().name(), [&] {
    return rewrite.write({batches.data, batches.size});
  });
}

std::int16_t LogStore::end_rewrite(fluxmq_log_rewrite* handle, std::int32_t commit) {
  const std::unique_ptr<LogRewrite> rewrite(reinterpret_cast<LogRewrite*>(handle));
  if (commit == 0) return code(ErrorCode::NONE);
  return guarded("rewrite", rewrite->log().name(), [&] {
    rewrite->commit();
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::set_clean_offset(fluxmq_log* log, std::int64_t offset) {
  return guarded("checkpoint", of(log).name(), [&] {
    of(log).set_clean_offset(offset);
    return ErrorCode::NONE;
  });
}

void LogStore::log_dir(fluxmq_log_dir* log_dir) {
  const std::string& path = folder_.absolute_path();
  fluxmq_log_dir known{log_dir->size, 0, 0, to_abi(std::string_view(path)), -1, -1};
  known.error = guarded("look at the volume", path, [&] {
    const auto space = folder_.file_system().volume_space(path);
    known.total_bytes = space.total_bytes;
    known.usable_bytes = space.usable_bytes;
    return ErrorCode::NONE;
  });
  std::memcpy(log_dir, &known, std::min<std::size_t>(known.size, sizeof known));
}

std::int64_t LogStore::size_by_name(fluxmq_string topic, fluxmq_uuid, std::int32_t partition) {
  const auto name = log_name(topic, partition);
  std::int64_t size = 0;
  guarded("look at the size", name, [&] {
    size = folder_.log_size(name);
    return ErrorCode::NONE;
  });
  return size;
}

std::int16_t LogStore::adopt(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition,
                             const fluxmq_foreign_log* foreign) {
  const auto name = log_name(topic, partition);
  return guarded("take over the log", name, [&] {
    if (name.find('/') != std::string::npos) return ErrorCode::KAFKA_STORAGE_ERROR;
    {
      const std::lock_guard lock(mutex_);
      if (logs_.contains(name)) return ErrorCode::KAFKA_STORAGE_ERROR;
    }
    const LogRecord record{.recovery_point = foreign->recovery_point,
                           .log_start_offset = foreign->log_start_offset,
                           .clean_offset = foreign->clean_offset};
    folder_.adopt_log(name, record, [&](const std::string& folder) {
      take_files(folder_.file_system(),
                 {.folder = std::string(view(foreign->folder)),
                  .recovery_point = foreign->recovery_point,
                  .link_files = (foreign->flags & FLUXMQ_LINK_FILES) != 0},
                 folder);
      const auto metadata = folder + "/" + kPartitionMetadata;
      write_file(folder_.file_system(), metadata, partition_metadata(topic_id));
      sync_file(folder_.file_system(), metadata);
    });
    return ErrorCode::NONE;
  });
}

std::vector<std::shared_ptr<Log>> LogStore::open_logs() {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Log>> logs;
  logs.reserve(logs_.size());
  for (const auto& [name, log] : logs_) logs.push_back(log);
  return logs;
}

void LogStore::checkpoint() {
  try {
    for (const auto& log : open_logs()) {
      log->flush_rolled();
      if (!log->failed()) folder_.set_recovery_point(log->name(), log->recovery_point());
    }
    folder_.write_checkpoints();
  } catch (const std::exception& failure) {
    folder_.host().error("recovery points can't be written: ", failure.what());
  }
}

void LogStore::stop() {
  folder_.stop();
  const auto logs = open_logs();
  const auto dirty =
      std::count_if(logs.begin(), logs.end(), [](auto& log) { return log->finish(); });
  const bool one_by_one = dirty <= kMaxSingleSyncs;
  bool clean = true;
  for (const auto& log : logs) {
    clean &= guarded("close", log->name(), [&] {
               log->close(one_by_one);
               return ErrorCode::NONE;
             }) == 0;
  }
  if (!clean) return;
  guarded("shutdown", folder_.path(), [&] {
    if (!one_by_one) folder_.file_system().sync_volume(folder_.path());
    for (const auto& log : logs) {
      folder_.set_recovery_point(log->name(), log->recovery_point(), true);
    }
    folder_.write_checkpoints();
    folder_.mark_clean();
    return ErrorCode::NONE;
  });
}

}  // namespace fluxmq::storage_local
