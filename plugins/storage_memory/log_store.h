// "fluxmq.log_store/1" over logs in memory. Everything is done during the call.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "fluxmq/abi/log_store.h"
#include "log.h"

namespace fluxmq::storage_memory {

class LogStore {
 public:
  explicit LogStore(std::int64_t max_bytes);
  const fluxmq_log_store* table() const { return &table_; }

 private:
  // A closed log keeps what it has.
  struct NamedLog {
    std::string name;
    Log log;
    bool open = false;
  };
  static NamedLog& named(fluxmq_log* log) { return *reinterpret_cast<NamedLog*>(log); }
  static Log& of(fluxmq_log* log) { return named(log).log; }

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
  void visit_log_dirs(fluxmq_log_dir_visitor visitor, void* context);
  std::int32_t log_dir_of(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition);
  std::int32_t is_offline(fluxmq_string topic, fluxmq_uuid topic_id, std::int32_t partition);
  std::int32_t is_short_of_space(fluxmq_log* log);
  void remove_named(const std::string& name);

  static const fluxmq_log_store kFunctions;

  fluxmq_log_store table_;
  const std::shared_ptr<Memory> memory_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<NamedLog>> logs_;
};

}  // namespace fluxmq::storage_memory
