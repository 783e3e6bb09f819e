#include "core_broker.h"

#include <stdexcept>

#include "core_config_keys.h"

namespace fluxmq::core_model {
namespace {

constexpr const char* kFolder = "/data";
constexpr std::int64_t kCheckpointIntervalMs = 1000;
constexpr std::size_t kMaxOpenFiles = 16;

// No cleaner thread: the test says when a log is cleaned.
const testing::FakeHost::Config kConfig{{"log.cleaner.threads", "0"},
                                        {"log.cleaner.io.buffer.size", "1400"},
                                        {"producer.id.expiration.ms", "2147483647"}};

fluxmq_plugin core_keys() {
  fluxmq_plugin plugin{};
  plugin.config_keys = core::kConfigKeys.data();
  plugin.config_key_count = core::kConfigKeys.size();
  return plugin;
}

}  // namespace

QueueHost::QueueHost() : FakeHost(kConfig, Executors::kInline), table_(*FakeHost::table()) {
  declare(core_keys());
  table_.defer = [](void* self, fluxmq_task task, void* context) {
    of(self).deferred_.emplace_back(task, context);
  };
  table_.post_blocking = [](void* self, fluxmq_task task, void* context) {
    if (of(self).at_once_) return task(context);
    of(self).posted_.emplace_back(task, context);
  };
}

bool QueueHost::run_first(Tasks& tasks) {
  if (tasks.empty()) return false;
  const auto [task, context] = tasks.front();
  tasks.pop_front();
  task(context);
  return true;
}

void QueueHost::run_all() {
  while (run_first(posted_) || run_first(deferred_)) {
  }
}

CoreBroker::CoreBroker(storage_faults::FaultyFileSystem& files, DurableMetadata& metadata,
                       std::int64_t now_ms)
    : now_ms_(now_ms),
      dirs_(host_.host(), files, kFolder, kMaxOpenFiles),
      logs_(host_.host(), dirs_, kCheckpointIntervalMs),
      timed_flushes_(host_.host()),
      environment_{.host = host_.host(),
                   .log_store = logs_.table(),
                   .groups = &groups_,
                   .timed_flushes = &timed_flushes_,
                   .broker_id = 1,
                   .max_producers = 1000,
                   .max_uncompressed_bytes = 1 << 20,
                   .now_ms = [this] { return now_ms_; }},
      catalog_(environment_, metadata.table()),
      cleaner_(environment_, catalog_.topics()) {
  settle();
  host_.run_at_once(false);
}

CoreBroker::~CoreBroker() {
  if (!stopped_) stop();
}

void CoreBroker::stop() {
  stopped_ = true;
  settle();
  cleaner_.stop();
  timed_flushes_.stop();
  catalog_.wait();
  for (const auto& topic : catalog_.topics().all()) {
    for (const auto& partition : topic->partitions) partition->close([](std::int16_t) {});
  }
  settle();
  host_.run_at_once(true);
  logs_.stop();
}

ErrorCode CoreBroker::create(const std::string& topic, fluxmq_uuid id, std::int32_t leader_epoch,
                             const Configs& configs) {
  std::vector<fluxmq_config_entry> entries;
  for (const auto& [key, value] : configs)
    entries.push_back({to_abi(std::string_view(key)), to_abi(std::string_view(value))});
  fluxmq_new_topic wanted{};
  wanted.size = sizeof(wanted);
  wanted.name = to_abi(std::string_view(topic));
  wanted.partition_count = 1;
  wanted.replication_factor = -1;
  wanted.id = id;
  wanted.leader_epoch = leader_epoch;
  wanted.configs = entries.data();
  wanted.config_count = entries.size();
  struct Call {
    const fluxmq_catalog* catalog;
    std::optional<ErrorCode> error;
  } made{catalog_.table(), {}};
  made.catalog->create_topic(
      made.catalog->self, &wanted,
      [](void* context, std::int16_t error, fluxmq_string, const fluxmq_topic* created) {
        auto& call = *static_cast<Call*>(context);
        if (created != nullptr) call.catalog->release_topic(call.catalog->self, created);
        call.error = static_cast<ErrorCode>(error);
      },
      &made);
  settle();
  return made.error.value();
}

ErrorCode CoreBroker::remove(const core::TopicVersion& topic) {
  std::optional<ErrorCode> made;
  catalog_.table()->delete_topic(
      catalog_.table()->self, topic.id,
      [](void* context, std::int16_t error, fluxmq_string) {
        static_cast<std::optional<ErrorCode>*>(context)->emplace(static_cast<ErrorCode>(error));
      },
      &made);
  settle();
  return made.value();
}

ErrorCode CoreBroker::alter(const std::string& topic,
                            const std::vector<fluxmq_config_change>& changes) {
  std::optional<ErrorCode> made;
  catalog_.table()->alter_configs(
      catalog_.table()->self, FLUXMQ_RESOURCE_TOPIC, to_abi(std::string_view(topic)),
      changes.data(), changes.size(), 0,
      [](void* context, std::int16_t error, fluxmq_string) {
        static_cast<std::optional<ErrorCode>*>(context)->emplace(static_cast<ErrorCode>(error));
      },
      &made);
  settle();
  return made.value();
}

void CoreBroker::append(core::Partition& partition, std::vector<Append>& appends) {
  for (Append& append : appends) {
    fluxmq_append_request request{};
    request.size = sizeof(request);
    request.flags = append.options.flags;
    request.records = {append.batch.data(), append.batch.size()};
    request.acks = append.options.acks;
    request.expected_leader_epoch = append.options.expected_leader_epoch;
    partition.append(
        request,
        [](void* context, const fluxmq_append_result* result) {
          static_cast<Append*>(context)->result.emplace(result);
        },
        &append);
  }
  settle();
  for (const Append& append : appends) {
    if (!append.result) throw std::runtime_error("an append isn't answered");
  }
}

bool CoreBroker::clean_dirtiest() {
  const bool cleaned = cleaner_.clean_dirtiest();
  settle();
  if (host_.logged("is not compacted any more")) {
    throw std::runtime_error(host_.log_lines().back().message);
  }
  return cleaned;
}

void CoreBroker::retain(core::Partition& partition) {
  partition.apply_retention(now_ms_, true);
  settle();
}

void CoreBroker::checkpoint() {
  host_.advance(kCheckpointIntervalMs);
  settle();
}

}  // namespace fluxmq::core_model
