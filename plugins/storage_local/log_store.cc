#include "log_store.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include "fluxmq/plugin.h"
#include "log_rewrite.h"

namespace fluxmq::storage_local {
namespace {

// Nobody reads or writes there until a restart.
bool is_closed(const Log& log) {
  return log.failed() || log.folder().is_offline();
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
    trampoline<&LogStore::visit_log_dirs>,
    trampoline<&LogStore::log_dir_of>,
    trampoline<&LogStore::is_offline>,
    trampoline<&LogStore::is_short_of_space>,
};

LogStore::LogStore(Host host, LogDirs& dirs, std::int64_t checkpoint_interval_ms)
    : host_(host),
      dirs_(dirs),
      damaged_count_(host.counter("fluxmq_damaged_logs_total", "",
                                  "Logs that could not be opened because they are damaged where "
                                  "they were on the disk already.")),
      table_(kFunctions) {
  table_.self = this;
  for (const auto& folder : dirs_.all()) {
    folder->start_checkpoints(checkpoint_interval_ms,
                              [this, at = folder.get()] { checkpoint(*at); });
  }
}

// A checkpoint may be under way.
LogStore::~LogStore() {
  for (const auto& folder : dirs_.all()) folder->stop();
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
  if (is_closed(of(log))) return done(context, code(ErrorCode::KAFKA_STORAGE_ERROR), 0);
  of(log).append({{batches, batch_count}, leader_epoch, done, context});
}

void LogStore::flush(fluxmq_log* log, fluxmq_log_done done, void* context) {
  if (of(log).folder().is_offline()) return done(context, code(ErrorCode::KAFKA_STORAGE_ERROR));
  of(log).flush(done, context);
}

void LogStore::read(fluxmq_log* log, const fluxmq_log_read_request* request,
                    fluxmq_log_read_done done, void* context) {
  if (is_closed(of(log))) return done(context, code(ErrorCode::KAFKA_STORAGE_ERROR), nullptr, 0);
  Log::ReadResult result;
  if (const auto error = of(log).read_in_memory(*request, result)) {
    return done(context, code(*error), result.segments, static_cast<std::uint32_t>(result.count));
  }
  const bool is_on_loop = host_.current_loop() != FLUXMQ_NO_LOOP;
  if (const auto error = is_on_loop ? of(log).read_cached(*request, result) : std::nullopt) {
    return done(context, code(*error), result.segments, static_cast<std::uint32_t>(result.count));
  }
  auto read = [this, log = of(log).shared_from_this(), request = *request, done, context] {
    Log::ReadResult found;
    const auto failure = guarded("read", *log, [&] { return log->read(request, found); });
    done(context, failure, found.segments, static_cast<std::uint32_t>(found.count));
  };
  if (!is_on_loop) return read();
  of(log).folder().background().run(std::move(read));
}

void LogStore::find_timestamp(fluxmq_log* handle, std::int64_t timestamp_ms,
                              fluxmq_log_timestamp_found done, void* context) {
  of(handle).folder().background().run(
      [this, log = of(handle).shared_from_this(), timestamp_ms, done, context] {
        TimestampOffset found;
        const auto error = guarded("search", *log, [&] {
          found = log->find_timestamp(timestamp_ms);
          return ErrorCode::NONE;
        });
        done(context, error, found.offset, found.timestamp_ms, found.leader_epoch);
      });
}

void LogStore::find_max_timestamp(fluxmq_log* handle, fluxmq_log_timestamp_found done,
                                  void* context) {
  of(handle).folder().background().run([this, log = of(handle).shared_from_this(), done, context] {
    TimestampOffset found;
    const auto error = guarded("search", *log, [&] {
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
  return guarded("delete of records", of(log),
                 [&] { return of(log).set_log_start_offset(offset); });
}

std::int16_t LogStore::truncate(fluxmq_log* log, std::int64_t offset) {
  return guarded("truncate", of(log), [&] {
    of(log).truncate(offset);
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::apply_retention(fluxmq_log* log, std::int64_t now_ms,
                                       std::int64_t max_offset) {
  return guarded("retention", of(log), [&] {
    of(log).apply_retention(now_ms, max_offset);
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::visit_batches(fluxmq_log* log, std::int64_t offset,
                                     fluxmq_log_batch_visitor visitor, void* context) {
  return guarded("scan", of(log), [&] {
    of(log).visit_batches(
        offset, [=](const std::uint8_t* header) { return visitor(context, header) != 0; });
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::save_producer_snapshot(fluxmq_log* log, std::int64_t offset,
                                              fluxmq_bytes snapshot) {
  return guarded("snapshot", of(log), [&] {
    of(log).save_producer_snapshot(offset,
                                   {reinterpret_cast<const char*>(snapshot.data), snapshot.size});
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::load_producer_snapshot(fluxmq_log* log, std::int64_t max_offset,
                                              void (*found)(void* context, std::int64_t offset,
                                                            fluxmq_bytes snapshot),
                                              void* context) {
  return guarded("snapshot", of(log), [&] {
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
  return guarded("scan", of(log), [&] {
    of(log).visit_segments(
        [=](const fluxmq_log_segment_info& info) { return visitor(context, &info) != 0; });
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::begin_rewrite(fluxmq_log* log, std::int64_t first_base_offset,
                                     std::int64_t end_base_offset, fluxmq_log_rewrite** rewrite) {
  return guarded("rewrite", of(log), [&] {
    auto begun = of(log).begin_rewrite(first_base_offset, end_base_offset);
    if (begun == nullptr) return ErrorCode::OFFSET_OUT_OF_RANGE;
    *rewrite = reinterpret_cast<fluxmq_log_rewrite*>(begun.release());
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::rewrite(fluxmq_log_rewrite* handle, fluxmq_bytes batches) {
  auto& rewrite = *reinterpret_cast<LogRewrite*>(handle);
  return guarded("rewrite", rewrite.log(), [&] {
    return rewrite.write({batches.data, batches.size});
  });
}

std::int16_t LogStore::end_rewrite(fluxmq_log_rewrite* handle, std::int32_t commit) {
  const std::unique_ptr<LogRewrite> rewrite(reinterpret_cast<LogRewrite*>(handle));
  if (commit == 0) return code(ErrorCode::NONE);
  return guarded("rewrite", rewrite->log(), [&] {
    rewrite->commit();
    return ErrorCode::NONE;
  });
}

std::int16_t LogStore::set_clean_offset(fluxmq_log* log, std::int64_t offset) {
  return guarded("checkpoint", of(log), [&] {
    of(log).set_clean_offset(offset);
    return ErrorCode::NONE;
  });
}

fluxmq_log_dir LogStore::describe(DataFolder& folder) {
  const std::string& path = folder.absolute_path();
  fluxmq_log_dir known{sizeof(known), 0, 0, to_abi(std::string_view(path)), -1, -1};
  known.error = guarded("look at the volume", folder, path, [&] {
    const auto space = folder.file_system().volume_space(path);
    known.total_bytes = space.total_bytes;
    known.usable_bytes = space.usable_bytes;
    return ErrorCode::NONE;
  });
  return known;
}

void LogStore::log_dir(fluxmq_log_dir* log_dir) {
  auto known = describe(*dirs_.all().front());
  known.size = log_dir->size;
  std::memcpy(log_dir, &known, std::min<std::size_t>(known.size, sizeof known));
}

void LogStore::visit_log_dirs(fluxmq_log_dir_visitor visitor, void* context) {
  for (const auto& folder : dirs_.all()) {
    const auto known = describe(*folder);
    visitor(context, &known);
  }
}

std::int64_t LogStore::size_by_name(fluxmq_string topic, fluxmq_uuid, std::int32_t partition) {
  const auto name = log_name(topic, partition);
  {
    const std::lock_guard lock(mutex_);
    const auto open = logs_.find(name);
    if (open != logs_.end()) return open->second->state().size_bytes;
  }
  auto* folder = dirs_.find(name);
  std::int64_t size = 0;
  if (folder == nullptr) return size;
  guarded("look at the size", *folder, name, [&] {
    size = folder->log_size(name);
    return ErrorCode::NONE;
  });
  return size;
}

std::int32_t LogStore::log_dir_of(fluxmq_string topic, fluxmq_uuid, std::int32_t partition) {
  const auto* folder = folder_of(log_name(topic, partition));
  if (folder == nullptr) folder = dirs_.missing();
  if (folder == nullptr) folder = dirs_.emptiest();
  return folder == nullptr ? -1 : dirs_.number_of(*folder);
}

std::int32_t LogStore::is_offline(fluxmq_string topic, fluxmq_uuid, std::int32_t partition) {
  if (!dirs_.any_offline()) return 0;  // asked for each partition of a Metadata
  const auto* folder = folder_of(log_name(topic, partition));
  if (folder == nullptr) folder = dirs_.missing();
  return folder != nullptr ? folder->is_offline() : dirs_.emptiest() == nullptr;
}

std::int32_t LogStore::is_short_of_space(fluxmq_log* log) {
  return of(log).folder().health().is_short_of_space() ? 1 : 0;
}

}  // namespace fluxmq::storage_local
