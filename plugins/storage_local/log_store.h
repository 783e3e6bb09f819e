// "fluxmq.log_store/1" over Kafka's on-disk layout.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fluxmq/abi/log_store.h"
#include "log.h"
#include "log_dirs.h"

namespace fluxmq::storage_local {

inline std::int16_t code(ErrorCode error) {
  return static_cast<std::int16_t>(error);
}
// A handle is the log.
inline Log& of(fluxmq_log* log) {
  return *reinterpret_cast<Log*>(log);
}
inline std::string log_name(fluxmq_string topic, std::int32_t partition) {
  return concat(view(topic), "-", partition);
}

// Callers of an older SDK know fewer configs.
inline fluxmq_log_config known_part(const fluxmq_log_config& config) {
  fluxmq_log_config copy{};
  std::memcpy(&copy, &config, std::min<std::size_t>(config.size, sizeof copy));
  return copy;
}

class LogStore {
 public:
  LogStore(Host host, LogDirs& dirs, std::int64_t checkpoint_interval_ms);

  ~LogStore();

  const fluxmq_log_store* table() const { return &table_; }
  // Closes all logs, and marks the shutdown of each folder clean. Blocks.
  void stop();

 private:
  using OpenLogs = std::unordered_map<std::string_view, std::shared_ptr<Log>>;

  void open(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition,
            const fluxmq_log_config* config, fluxmq_log_opened done, void* context);
  void close(fluxmq_log* log);
  void remove(fluxmq_log* log, fluxmq_log_done done, void* context);
  void remove_by_name(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition,
                      fluxmq_log_done done, void* context);
  void configure(fluxmq_log* log, const fluxmq_log_config* config);
  void state(fluxmq_log* log, fluxmq_log_state* state);
  void append(fluxmq_log* log, const fluxmq_bytes* batches, std::uint32_t batch_count,
              std::int32_t leader_epoch, fluxmq_log_appended done, void* context);
  void flush(fluxmq_log* log, fluxmq_log_done done, void* context);
  void read(fluxmq_log* log, const fluxmq_log_read_request* request, fluxmq_log_read_done done,
            void* context);
  void find_timestamp(fluxmq_log* log, std::int64_t timestamp_ms, fluxmq_log_timestamp_found done,
                      void* context);
  void find_max_timestamp(fluxmq_log* log, fluxmq_log_timestamp_found done, void* context);
  void epoch_end_offset(fluxmq_log* log, std::int32_t leader_epoch, std::int32_t* found_epoch,
                        std::int64_t* end_offset);
  std::int16_t set_log_start_offset(fluxmq_log* log, std::int64_t offset);
  std::int16_t truncate(fluxmq_log* log, std::int64_t offset);
  std::int16_t apply_retention(fluxmq_log* log, std::int64_t now_ms, std::int64_t max_offset);
  std::int16_t visit_batches(fluxmq_log* log, std::int64_t offset, fluxmq_log_batch_visitor visitor,
                             void* context);
  std::int16_t save_producer_snapshot(fluxmq_log* log, std::int64_t offset, fluxmq_bytes snapshot);
  std::int16_t load_producer_snapshot(fluxmq_log* log, std::int64_t max_offset,
                                      void (*found)(void* context, std::int64_t offset,
                                                    fluxmq_bytes snapshot),
                                      void* context);
  std::int16_t visit_segments(fluxmq_log* log, fluxmq_log_segment_visitor visitor, void* context);
  std::int16_t begin_rewrite(fluxmq_log* log, std::int64_t first_base_offset,
                             std::int64_t end_base_offset, fluxmq_log_rewrite** rewrite);
  std::int16_t rewrite(fluxmq_log_rewrite* rewrite, fluxmq_bytes batches);
  std::int16_t end_rewrite(fluxmq_log_rewrite* rewrite, std::int32_t commit);
  std::int16_t set_clean_offset(fluxmq_log* log, std::int64_t offset);
  void log_dir(fluxmq_log_dir* log_dir);
  std::int64_t size_by_name(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition);
  std::int16_t adopt(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition,
                     const fluxmq_foreign_log* foreign);
  void visit_log_dirs(fluxmq_log_dir_visitor visitor, void* context);
  std::int32_t log_dir_of(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition);
  std::int32_t is_offline(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition);
  std::int32_t is_short_of_space(fluxmq_log* log);

  static const fluxmq_log_store kFunctions;

  // Runs `action`; an exception of it becomes error 56, a line that says what failed, and a sign
  // of the folder's health. What is known to be broken answers 56 at once.
  template <class Action>
  std::int16_t guarded(std::string_view what, DataFolder& folder, const std::string& name,
                       Action action);
  template <class Action>
  std::int16_t guarded(std::string_view what, Log& log, Action action);
  ErrorCode recover(Log& log);
  // The folder of a log that is open, or has one; null: neither.
  DataFolder* folder_of(const std::string& name);
  std::shared_ptr<Log> take(const std::string& name);  // out of the open ones
  void remove_named(const std::string& name, fluxmq_log_done done, void* context);
  fluxmq_log_dir describe(DataFolder& folder);
  std::vector<std::shared_ptr<Log>> open_logs(const DataFolder& folder);
  void checkpoint(DataFolder& folder);
  void close_all(DataFolder& folder);

  const Host host_;
  LogDirs& dirs_;
  std::int64_t* const damaged_count_;
  fluxmq_log_store table_;
  std::mutex mutex_;
  OpenLogs logs_;  // by their own names
  // Not opened again until a restart: what is wrong with them doesn't pass.
  std::unordered_set<std::string> damaged_;
};

template <class Action>
std::int16_t LogStore::guarded(std::string_view what, DataFolder& folder, const std::string& name,
                               Action action) {
  if (folder.is_offline()) return code(ErrorCode::KAFKA_STORAGE_ERROR);
  try {
    return code(action());
  } catch (const std::exception& failure) {
    host_.error(name, ": ", what, " failed: ", failure.what());
    folder.health().log_failed(failure);
    return code(ErrorCode::KAFKA_STORAGE_ERROR);
  }
}

template <class Action>
std::int16_t LogStore::guarded(std::string_view what, Log& log, Action action) {
  if (log.failed()) return code(ErrorCode::KAFKA_STORAGE_ERROR);
  return guarded(what, log.folder(), log.name(), std::move(action));
}

}  // namespace fluxmq::storage_local
