// TestBroker: the core plugin over a store, in a folder of its own, with calls that wait.
#pragma once
#include <atomic>
#include <filesystem>
#include <future>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fluxmq/abi/log_store.h"
#include "fluxmq/abi/metadata_store.h"
#include "fluxmq/catalog.h"
#include "fluxmq/protocol/record_batch_builder.h"
#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/loaded_plugin.h"
#include "fluxmq/testing/temporary_folder.h"
#include "fluxmq/testing/test_log.h"

namespace fluxmq::testing {

using protocol::ErrorCode;

struct Answer {
  ErrorCode error{};
  std::optional<std::string> message;
};

struct ProducerBatchSpec {
  std::int64_t producer_id = protocol::kNoProducerId;
  std::int16_t epoch = protocol::kNoProducerEpoch;
  std::int32_t base_sequence = protocol::kNoSequence;
  std::int32_t record_count = 1;
  std::int64_t timestamp_ms = 1000;
};

inline std::vector<std::uint8_t> produced_batch(const ProducerBatchSpec& spec = {}) {
  protocol::RecordBatchBuilder builder({.producer_id = spec.producer_id,
                                        .producer_epoch = spec.epoch,
                                        .base_sequence = spec.base_sequence});
  for (std::int32_t i = 0; i < spec.record_count; ++i)
    builder.append(spec.timestamp_ms + i, std::nullopt, protocol::as_bytes("value"));
  const auto bytes = builder.finish();
  return {bytes.begin(), bytes.end()};
}

// A partition and what keeps it.
struct HeldPartition {
  std::shared_ptr<Topic> topic;
  Partition partition;

  // Begins; the bytes live until the answer.
  std::future<AppendResult> start_append(std::vector<std::uint8_t> bytes,
                                         AppendOptions options = {}) const {
    struct Call {
      std::vector<std::uint8_t> bytes;
      std::promise<AppendResult> promise;
    };
    auto* call = new Call{std::move(bytes), {}};
    auto future = call->promise.get_future();
    partition.append(
        call->bytes, options,
        [](void* context, const fluxmq_append_result* result) {
          const std::unique_ptr<Call> ended(static_cast<Call*>(context));
          ended->promise.set_value(AppendResult(result));
        },
        call);
    return future;
  }
  AppendResult append(std::vector<std::uint8_t> bytes, AppendOptions options = {}) const {
    return start_append(std::move(bytes), options).get();
  }

  struct Records {
    ErrorCode error;
    std::int64_t high_watermark;
    std::int64_t log_start_offset;
    std::string bytes;
    std::int32_t diverging_epoch;
    std::int64_t diverging_end_offset;
  };
  Records read(std::int64_t offset, std::int64_t max_bytes = 1 << 20,
               std::int32_t leader_epoch = -1, std::int32_t last_fetched_epoch = -1) const {
    fluxmq_read_request request{};
    request.fetch_offset = offset;
    request.max_bytes = max_bytes;
    request.current_leader_epoch = leader_epoch;
    request.last_fetched_epoch = last_fetched_epoch;
    request.minimum_one_batch = 1;
    Waiting<Records> waiting;
    partition.read(
        request,
        [](void* context, const fluxmq_read_result* result) {
          Waiting<Records>::of(context).set(
              {static_cast<ErrorCode>(result->error), result->high_watermark,
               result->log_start_offset,
               take_bytes(result->segments, static_cast<std::uint32_t>(result->segment_count)),
               result->diverging_epoch, result->diverging_end_offset});
        },
        waiting.context());
    return waiting.get();
  }
  std::vector<std::int64_t> base_offsets(std::int64_t from = 0) const {
    const auto records = read(from);
    std::vector<std::int64_t> offsets;
    protocol::RecordBatchCursor cursor(protocol::as_bytes(records.bytes));
    while (const auto batch = cursor.next()) offsets.push_back(batch->base_offset());
    return offsets;
  }
};

class TestBroker {
 public:
  using Config = std::map<std::string, std::string>;

  TestBroker(std::initializer_list<Config::value_type> config = {}) : config_(config) { start(); }

  void start() {
    auto config = config_;
    config["log.dirs"] = data_folder();
    config["storage.local.tail.bytes"] = "0";  // a copy of the folder has all
    host_ = std::make_unique<FakeHost>(config);
    storage_ = std::make_unique<LoadedPlugin>(*host_, STORAGE_PLUGIN);
    stand_in_for(*storage_->query<fluxmq_log_store>(FLUXMQ_LOG_STORE));
    host_->provide(FLUXMQ_LOG_STORE, &log_store_);
    host_->provide(FLUXMQ_METADATA_STORE, storage_->query<void>(FLUXMQ_METADATA_STORE));
    core_ = std::make_unique<LoadedPlugin>(*host_, CORE_PLUGIN);
    table_ = core_->query<fluxmq_catalog>(FLUXMQ_CATALOG);
    partitions_ = core_->query<fluxmq_partition_table>(FLUXMQ_PARTITION);
  }
  ~TestBroker() { stop(); }
  void stop() {
    if (host_ == nullptr) return;
    for (const auto& held : held_) {
      if (const auto topic = held.lock()) *topic = Topic();
    }
    held_.clear();
    core_->stop();
    storage_->stop();
    host_->finish();
    core_.reset();
    storage_.reset();
    host_.reset();
  }
  void restart(const Config& changes = {}) {
    stop();
    for (const auto& [key, value] : changes) config_[key] = value;
    start();
  }
  // Goes on with what a broker that is killed now would leave.
  void crash() {
    const auto left = data_folder();
    const auto next = folder_.path() + "/data" + std::to_string(life_ + 1);
    // A file that goes while the folder is copied makes the copy one of no moment: once more.
    std::error_code torn;
    do {
      std::filesystem::remove_all(next);
      torn.clear();
      std::filesystem::copy(left, next, std::filesystem::copy_options::recursive, torn);
    } while (torn);
    stop();
    ++life_;
    start();
  }

  // How often a log was brought to the disk, by all brokers of the process.
  static std::atomic<int>& flush_count() {
    static std::atomic<int> count{0};
    return count;
  }

  // What the log stores of all brokers of the process have to suffer.
  struct Trouble {
    std::atomic<int> appends{0};  // so many from now on fail
    std::atomic<int> scans{0};
    std::atomic<bool> is_short_of_space{false};
    std::atomic<bool> is_offline{false};
  };
  static Trouble& trouble() {
    static Trouble trouble;
    return trouble;
  }

  FakeHost& host() { return *host_; }
  std::string data_folder() const { return folder_.path() + "/data" + std::to_string(life_); }
  const fluxmq_catalog* table() const { return table_; }
  Catalog catalog() const { return {table_, partitions_}; }

  Answer create(std::string_view name, std::int32_t partitions = 1,
                std::vector<std::pair<std::string, std::string>> configs = {},
                std::uint32_t flags = 0, std::int32_t replication_factor = -1) {
    std::vector<fluxmq_config_entry> entries;
    for (const auto& [key, value] : configs)
      entries.push_back({to_abi(std::string_view(key)), to_abi(std::string_view(value))});
    fluxmq_new_topic topic{};
    topic.size = sizeof(topic);
    topic.flags = flags;
    topic.name = to_abi(name);
    topic.partition_count = partitions;
    topic.replication_factor = replication_factor;
    topic.configs = entries.data();
    topic.config_count = entries.size();
    return create(topic);
  }
  Answer create(const fluxmq_new_topic& topic) {
    struct Call : Waiting<Answer> {
      const fluxmq_catalog* catalog;
    };
    Call call;
    call.catalog = table_;
    table_->create_topic(
        table_->self, &topic,
        [](void* context, std::int16_t error, fluxmq_string message, const fluxmq_topic* created) {
          auto& waiting = static_cast<Call&>(Waiting<Answer>::of(context));
          if (created != nullptr) waiting.catalog->release_topic(waiting.catalog->self, created);
          waiting.set(answer(error, message));
        },
        static_cast<Waiting<Answer>*>(&call));
    return call.get();
  }
  Answer remove(std::string_view name) {
    Waiting<Answer> waiting;
    const auto id = catalog().find(name).id();
    table_->delete_topic(table_->self, to_abi(id), &set_answer, waiting.context());
    return waiting.get();
  }
  Answer create_partitions(std::string_view name, std::int32_t count, std::uint32_t flags = 0) {
    Waiting<Answer> waiting;
    table_->create_partitions(table_->self, to_abi(name), count, flags, &set_answer,
                              waiting.context());
    return waiting.get();
  }
  struct Change {
    std::uint32_t operation;
    std::string name;
    std::optional<std::string> value;
  };
  Answer alter(std::string_view name, const std::vector<Change>& changes, std::uint32_t flags = 0,
               std::uint32_t resource_type = FLUXMQ_RESOURCE_TOPIC) {
    std::vector<fluxmq_config_change> list;
    for (const auto& change : changes) {
      const auto value =
          change.value ? to_abi(std::string_view(*change.value)) : fluxmq_string{nullptr, 0};
      list.push_back({change.operation, 0, to_abi(std::string_view(change.name)), value});
    }
    Waiting<Answer> waiting;
    table_->alter_configs(table_->self, resource_type, to_abi(name), list.data(), list.size(),
                          flags, &set_answer, waiting.context());
    return waiting.get();
  }
  std::int64_t allocate_producer_id() {
    Waiting<std::int64_t> waiting;
    table_->allocate_producer_id(
        table_->self,
        [](void* context, std::int16_t, std::int64_t id) {
          Waiting<std::int64_t>::of(context).set(id);
        },
        waiting.context());
    return waiting.get();
  }

  Answer skip_producer_ids(std::int64_t first) {
    Waiting<Answer> waiting;
    table_->skip_producer_ids(table_->self, first, &set_answer, waiting.context());
    return waiting.get();
  }

  // Held until the caller lets it go, or the broker stops.
  HeldPartition partition(std::string_view name, std::int32_t index = 0) {
    auto topic = std::make_shared<Topic>(catalog().find(name));
    held_.push_back(topic);
    const auto partition = *topic ? catalog().partition(*topic, index) : Partition{};
    return {std::move(topic), partition};
  }

 private:
  static fluxmq_log_store& real() {
    static fluxmq_log_store store;
    return store;
  }
  static bool is_hit(std::atomic<int>& left) { return left > 0 && left-- > 0; }

  void stand_in_for(const fluxmq_log_store& store) {
    real() = log_store_ = store;
    log_store_.flush = [](void* self, fluxmq_log* log, fluxmq_log_done done, void* context) {
      ++flush_count();
      real().flush(self, log, done, context);
    };
    log_store_.append = [](void* self, fluxmq_log* log, const fluxmq_bytes* batches,
                           std::uint32_t count, std::int32_t leader_epoch, fluxmq_log_appended done,
                           void* context) {
      if (is_hit(trouble().appends)) return done(context, 56, 0);
      real().append(self, log, batches, count, leader_epoch, done, context);
    };
    log_store_.visit_batches = [](void* self, fluxmq_log* log, std::int64_t offset,
                                  fluxmq_log_batch_visitor visitor, void* context) -> std::int16_t {
      if (is_hit(trouble().scans)) return 56;
      return real().visit_batches(self, log, offset, visitor, context);
    };
    log_store_.is_short_of_space = [](void*, fluxmq_log*) -> std::int32_t {
      return trouble().is_short_of_space;
    };
    log_store_.is_offline = [](void*, fluxmq_string, fluxmq_uuid, std::int32_t) -> std::int32_t {
      return trouble().is_offline;
    };
  }
  static Answer answer(std::int16_t error, fluxmq_string message) {
    Answer made{static_cast<ErrorCode>(error), std::nullopt};
    if (message.data != nullptr) made.message.emplace(view(message));
    return made;
  }
  static void set_answer(void* context, std::int16_t error, fluxmq_string message) {
    Waiting<Answer>::of(context).set(answer(error, message));
  }

  const TemporaryFolder folder_;
  Config config_;
  int life_ = 0;
  std::unique_ptr<FakeHost> host_;
  std::unique_ptr<LoadedPlugin> storage_;
  fluxmq_log_store log_store_{};  // the storage's, with what the test wants of it
  std::unique_ptr<LoadedPlugin> core_;
  const fluxmq_catalog* table_ = nullptr;
  const fluxmq_partition_table* partitions_ = nullptr;
  std::vector<std::weak_ptr<Topic>> held_;
};

}  // namespace fluxmq::testing
