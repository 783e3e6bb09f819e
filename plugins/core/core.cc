// The plugin: puts catalog, partitions and retention together, and serves their tables.
#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "append_group.h"
#include "catalog.h"
#include "compaction/log_cleaner.h"
#include "core_config_keys.h"
#include "environment.h"
#include "fluxmq/plugin.h"
#include "partition.h"
#include "retention.h"
#include "timed_flushes.h"

namespace fluxmq::core {
namespace {

class PartitionTable {
 public:
  PartitionTable()
      : table_{sizeof(fluxmq_partition_table),
               0,
               this,
               trampoline<&PartitionTable::state>,
               trampoline<&PartitionTable::append>,
               trampoline<&PartitionTable::read>,
               trampoline<&PartitionTable::watch>,
               trampoline<&PartitionTable::forget>,
               trampoline<&PartitionTable::find_offset>,
               trampoline<&PartitionTable::find_epoch_end>,
               trampoline<&PartitionTable::delete_records>,
               trampoline<&PartitionTable::size_bytes>,
               trampoline<&PartitionTable::describe_producers>,
               trampoline<&PartitionTable::find_segment_offsets>,
               trampoline<&PartitionTable::log_dir>} {}

  const fluxmq_partition_table* table() const { return &table_; }

 private:
  static Partition& of(fluxmq_partition* partition) { return *static_cast<Partition*>(partition); }

  void state(fluxmq_partition* partition, fluxmq_partition_state* state) {
    of(partition).state(*state);
  }
  void append(fluxmq_partition* partition, const fluxmq_append_request* request,
              fluxmq_append_done done, void* context) {
    of(partition).append(*request, done, context);
  }
  void read(fluxmq_partition* partition, const fluxmq_read_request* request, fluxmq_read_done done,
            void* context) {
    fluxmq_read_request known{};  // what the caller doesn't know of stays 0
    std::memcpy(&known, request, std::min<std::size_t>(request->size, sizeof(known)));
    of(partition).read(known, done, context);
  }
  std::uint64_t watch(fluxmq_partition* partition, std::int64_t offset, std::uint32_t /*isolation*/,
                      void (*task)(void* context), void* context) {
    return of(partition).watch(offset, {task, context});
  }
  std::int32_t forget(fluxmq_partition* partition, std::uint64_t watch_id) {
    return of(partition).forget(watch_id) ? 1 : 0;
  }
  void find_offset(fluxmq_partition* partition, std::int64_t timestamp_ms, std::uint32_t isolation,
                   std::int32_t current_leader_epoch, fluxmq_offset_found done, void* context) {
    of(partition).find_offset(timestamp_ms, isolation, current_leader_epoch, done, context);
  }
  void find_epoch_end(fluxmq_partition* partition, std::int32_t leader_epoch,
                      std::int32_t current_leader_epoch, fluxmq_offset_found done, void* context) {
    of(partition).find_epoch_end(leader_epoch, current_leader_epoch, done, context);
  }
  void delete_records(fluxmq_partition* partition, std::int64_t before_offset,
                      fluxmq_low_watermark_done done, void* context) {
    of(partition).delete_records(before_offset, done, context);
  }
  std::int64_t size_bytes(fluxmq_partition* partition) { return of(partition).size_bytes(); }
  void describe_producers(fluxmq_partition* partition, fluxmq_producers_done done, void* context) {
    of(partition).describe_producers(done, context);
  }
  void find_segment_offsets(fluxmq_partition* partition, std::int64_t timestamp_ms,
                            std::int32_t max_count, fluxmq_offsets_found done, void* context) {
    of(partition).find_segment_offsets(timestamp_ms, max_count, done, context);
  }

  std::int32_t log_dir(fluxmq_partition* partition) { return of(partition).log_dir(); }

  fluxmq_partition_table table_;
};

std::int32_t broker_id(Host host) {
  const bool old_name = host.config_is_set("broker.id") && !host.config_is_set("node.id");
  return static_cast<std::int32_t>(host.config_int(old_name ? "broker.id" : "node.id"));
}

}  // namespace

class Core {
 public:
  static constexpr const char* name = "core";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description =
      "Topics, partitions and their configs: Kafka's semantics over a log store.";
  static constexpr std::array provides{FLUXMQ_CATALOG, FLUXMQ_PARTITION};
  static constexpr std::array needs{FLUXMQ_LOG_STORE, FLUXMQ_METADATA_STORE};
  static constexpr auto config_keys = kConfigKeys;

  explicit Core(Host host)
      : timed_flushes_(host),
        environment_{.host = host,
                     .log_store = host.find<fluxmq_log_store>(FLUXMQ_LOG_STORE),
                     .groups = &groups_,
                     .timed_flushes = &timed_flushes_,
                     .broker_id = broker_id(host),
                     .producer_expiration_ms = host.config_int("producer.id.expiration.ms"),
                     .max_producers = host.config_int("max.producer.ids"),
                     .max_uncompressed_bytes =
                         static_cast<std::size_t>(host.config_int("max.uncompressed.batch.bytes"))},
        catalog_(environment_, host.find<fluxmq_metadata_store>(FLUXMQ_METADATA_STORE)),
        retention_(environment_, catalog_.topics()),
        cleaner_(environment_, catalog_.topics()) {
    catalog_.on_broker_configs_change([this] { cleaner_.configure(); });
  }

  const void* query(std::string_view interface_id) {
    if (interface_id == FLUXMQ_CATALOG) return catalog_.table();
    if (interface_id == FLUXMQ_PARTITION) return partitions_.table();
    return nullptr;
  }

  // Appends under way are finished and producer states saved. Logs stay open for the store's own
  // stop, which brings many to the disk faster than one by one.
  void stop() {
    cleaner_.stop();
    retention_.stop();
    timed_flushes_.stop();
    catalog_.wait();
    const auto topics = catalog_.topics().all();
    std::mutex mutex;
    std::condition_variable one_closed;
    std::size_t left = 0;
    for (const auto& topic : topics) left += topic->partitions.size();
    const auto closed = [&](std::int16_t) {
      const std::lock_guard lock(mutex);
      --left;
      one_closed.notify_one();
    };
    for (const auto& topic : topics) {
      for (const auto& partition : topic->partitions) partition->close(closed);
    }
    std::unique_lock lock(mutex);
    one_closed.wait(lock, [&] { return left == 0; });
  }

 private:
  AppendGroupPool groups_;
  TimedFlushes timed_flushes_;
  Environment environment_;
  PartitionTable partitions_;
  Catalog catalog_;
  Retention retention_;
  LogCleaner cleaner_;
};

}  // namespace fluxmq::core

FLUXMQ_PLUGIN(fluxmq::core::Core);
