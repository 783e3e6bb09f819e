#include "log_store.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "fluxmq/plugin.h"

namespace fluxmq::storage_memory {
namespace {

// What stands for the folder that there isn't.
constexpr std::string_view kLogDir = "memory";

std::int16_t code(ErrorCode error) {
  return static_cast<std::int16_t>(error);
}

fluxmq_log_config known_part(const fluxmq_log_config& config) {
  fluxmq_log_config copy{};
  std::memcpy(&copy, &config, std::min<std::size_t>(config.size, sizeof copy));
  return copy;
}

std::string log_name(fluxmq_string topic, std::int32_t partition) {
  return concat(view(topic), "-", partition);
}

void report(const std::optional<Batch>& batch, fluxmq_log_timestamp_found done, void* context) {
  if (batch) {
    done(context, 0, batch->base_offset, batch->max_timestamp_ms, batch->leader_epoch);
  } else {
    done(context, 0, -1, -1, -1);
  }
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
    nullptr,  // adopt: what lies in a folder stays there
    trampoline<&LogStore::visit_log_dirs>,
    trampoline<&LogStore::log_dir_of>,
    trampoline<&LogStore::is_offline>,
    trampoline<&LogStore::is_short_of_space>,
};

LogStore::LogStore(std::int64_t max_bytes)
    : table_(kFunctions), memory_(std::make_shared<Memory>(max_bytes)) {
  table_.self = this;
}

void LogStore::open(fluxmq_string topic, fluxmq_uuid, std::int32_t partition,
                    const fluxmq_log_config* config, fluxmq_log_opened done, void* context) {
  auto name = log_name(topic, partition);
  NamedLog* log = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& kept = logs_[name];
    if (!kept) kept.reset(new NamedLog{name, Log(memory_, known_part(*config))});
    if (!std::exchange(kept->open, true)) log = kept.get();
  }
  if (log == nullptr) return done(context, code(ErrorCode::KAFKA_STORAGE_ERROR), nullptr);
  log->log.configure(known_part(*config));
  done(context, 0, reinterpret_cast<fluxmq_log*>(log));
}

void LogStore::close(fluxmq_log* log) {
  const std::lock_guard lock(mutex_);
  named(log).open = false;
}

void LogStore::remove_named(const std::string& name) {
  const std::lock_guard lock(mutex_);
  logs_.erase(name);
}

void LogStore::remove(fluxmq_log* log, fluxmq_log_done done, void* context) {
  remove_named(std::string(named(log).name));
  done(context, 0);
}

void LogStore::remove_by_name(fluxmq_string topic, fluxmq_uuid, std::int32_t partition,
                              fluxmq_log_done done, void* context) {
  remove_named(log_name(topic, partition));
  done(context, 0);
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
  const auto appended = of(log).append({batches, batch_count}, leader_epoch);
  done(context, code(appended.error), appended.flags);
}

// Nothing here survives the death of the machine; whoever chose this store knows.
void LogStore::flush(fluxmq_log*, fluxmq_log_done done, void* context) {
  done(context, 0);
}

void LogStore::read(fluxmq_log* log, const fluxmq_log_read_request* request,
                    fluxmq_log_read_done done, void* context) {
  std::vector<fluxmq_segment> segments;
  const auto error = of(log).read(*request, segments);
  done(context, code(error), segments.data(), static_cast<std::uint32_t>(segments.size()));
}

void LogStore::find_timestamp(fluxmq_log* log, std::int64_t timestamp_ms,
                              fluxmq_log_timestamp_found done, void* context) {
  report(of(log).find_timestamp(timestamp_ms), done, context);
}

void LogStore::find_max_timestamp(fluxmq_log* log, fluxmq_log_timestamp_found done, void* context) {
  report(of(log).find_max_timestamp(), done, context);
}

void LogStore::epoch_end_offset(fluxmq_log* log, std::int32_t leader_epoch,
                                std::int32_t* found_epoch, std::int64_t* end_offset) {
  std::tie(*found_epoch, *end_offset) = of(log).epoch_end_offset(leader_epoch);
}

std::int16_t LogStore::set_log_start_offset(fluxmq_log* log, std::int64_t offset) {
  return code(of(log).set_log_start_offset(offset));
}

std::int16_t LogStore::truncate(fluxmq_log* log, std::int64_t offset) {
  of(log).truncate(offset);
  return 0;
}

std::int16_t LogStore::apply_retention(fluxmq_log* log, std::int64_t now_ms,
                                       std::int64_t max_offset) {
  of(log).apply_retention(now_ms, max_offset);
  return 0;
}

std::int16_t LogStore::visit_batches(fluxmq_log* log, std::int64_t offset,
                                     fluxmq_log_batch_visitor visitor, void* context) {
  of(log).visit_batches(offset,
                        [=](const std::uint8_t* header) { return visitor(context, header) != 0; });
  return 0;
}

std::int16_t LogStore::save_producer_snapshot(fluxmq_log* log, std::int64_t offset,
                                              fluxmq_bytes snapshot) {
  of(log).save_producer_snapshot(offset,
                                 {reinterpret_cast<const char*>(snapshot.data), snapshot.size});
  return 0;
}

std::int16_t LogStore::load_producer_snapshot(fluxmq_log* log, std::int64_t max_offset,
                                              void (*found)(void* context, std::int64_t offset,
                                                            fluxmq_bytes snapshot),
                                              void* context) {
  if (const auto snapshot = of(log).load_producer_snapshot(max_offset)) {
    found(
        context, snapshot->first,
        {reinterpret_cast<const std::uint8_t*>(snapshot->second.data()), snapshot->second.size()});
  }
  return 0;
}

std::int16_t LogStore::visit_segments(fluxmq_log* log, fluxmq_log_segment_visitor visitor,
                                      void* context) {
  of(log).visit_segments(
      [=](const fluxmq_log_segment_info& info) { return visitor(context, &info) != 0; });
  return 0;
}

std::int16_t LogStore::begin_rewrite(fluxmq_log* log, std::int64_t first_base_offset,
                                     std::int64_t end_base_offset, fluxmq_log_rewrite** rewrite) {
  auto begun = of(log).begin_rewrite(first_base_offset, end_base_offset);
  if (begun == nullptr) return code(ErrorCode::OFFSET_OUT_OF_RANGE);
  *rewrite = reinterpret_cast<fluxmq_log_rewrite*>(begun.release());
  return 0;
}

std::int16_t LogStore::rewrite(fluxmq_log_rewrite* handle, fluxmq_bytes batches) {
  auto& rewrite = *reinterpret_cast<Rewrite*>(handle);
  return code(rewrite.log.write(rewrite, {batches.data, batches.size}));
}

std::int16_t LogStore::end_rewrite(fluxmq_log_rewrite* handle, std::int32_t commit) {
  const std::unique_ptr<Rewrite> rewrite(reinterpret_cast<Rewrite*>(handle));
  if (commit != 0) rewrite->log.commit(*rewrite);
  return 0;
}

std::int16_t LogStore::set_clean_offset(fluxmq_log* log, std::int64_t offset) {
  of(log).set_clean_offset(offset);
  return 0;
}

void LogStore::log_dir(fluxmq_log_dir* log_dir) {
  const fluxmq_log_dir known{log_dir->size,        0, 0, to_abi(kLogDir), memory_->max_bytes(),
                             memory_->free_bytes()};
  std::memcpy(log_dir, &known, std::min<std::size_t>(known.size, sizeof known));
}

std::int64_t LogStore::size_by_name(fluxmq_string topic, fluxmq_uuid, std::int32_t partition) {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(log_name(topic, partition));
  return found == logs_.end() ? 0 : found->second->log.state().size_bytes;
}

void LogStore::visit_log_dirs(fluxmq_log_dir_visitor visitor, void* context) {
  fluxmq_log_dir only{};
  only.size = sizeof(only);
  log_dir(&only);
  visitor(context, &only);
}

std::int32_t LogStore::log_dir_of(fluxmq_string, fluxmq_uuid, std::int32_t) {
  return 0;
}

std::int32_t LogStore::is_offline(fluxmq_string, fluxmq_uuid, std::int32_t) {
  return 0;
}

// What doesn't fit is refused by append itself: nothing else needs the room.
std::int32_t LogStore::is_short_of_space(fluxmq_log*) {
  return 0;
}

}  // namespace fluxmq::storage_memory
