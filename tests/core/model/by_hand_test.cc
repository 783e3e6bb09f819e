// What the model test has found, by hand.
#include <gtest/gtest.h>

#include "core_broker.h"
#include "found.h"

namespace fluxmq::core_model {
namespace {

using storage_faults::FaultyFileSystem;
using storage_faults::SimulatedDisk;

constexpr std::int64_t kNow = 1'800'000'000'000;

// A topic on a broker that may lose its power.
class ByHand : public ::testing::Test {
 protected:
  // With segments of few batches.
  void create(CoreBroker::Configs configs = {}) {
    configs.emplace("index.interval.bytes", "0");
    configs.emplace("segment.index.bytes", "48");
    die();
    metadata_ = std::make_unique<DurableMetadata>(DurableMetadata::Pairs{});
    start(std::make_shared<SimulatedDisk>());
    ASSERT_EQ(broker_->create("t", {{1}}, 0, configs), ErrorCode::NONE);
  }
  void start(std::shared_ptr<SimulatedDisk> disk) {
    disk_ = std::move(disk);
    files_ = std::make_unique<FaultyFileSystem>(disk_);
    broker_ = std::make_unique<CoreBroker>(*files_, *metadata_, kNow);
  }
  void die() {
    if (files_ != nullptr) files_->kill();
    broker_ = nullptr;
  }
  void lose_power(std::uint64_t seed) {
    die();
    start(disk_->after_power_loss(seed));
  }

  core::Partition& partition() { return *broker_->find("t")->partitions[0]; }
  FoundPartition found() { return look_at(*broker_, partition(), 0); }
  std::vector<AppendResult> append(const std::vector<Batch>& batches, std::int16_t acks = 1) {
    std::vector<CoreBroker::Append> appends;
    for (const Batch& batch : batches) {
      const std::uint32_t flags = batch.is_control ? FLUXMQ_APPEND_INTERNAL : 0;
      appends.push_back({to_bytes(batch), {.acks = acks, .flags = flags}});
    }
    broker_->append(partition(), appends);
    std::vector<AppendResult> results;
    for (const auto& append : appends) results.push_back(*append.result);
    return results;
  }
  static Batch of_producer(std::int32_t sequence, std::int16_t epoch = 0) {
    return {.producer = {7, epoch},
            .base_sequence = sequence,
            .records = {{.timestamp_ms = kNow, .key = "key", .value = "value"}}};
  }
  static Batch of_key(const char* key, std::int64_t timestamp_ms = kNow) {
    return {.records = {{.timestamp_ms = timestamp_ms, .key = key, .value = "value"}}};
  }
  // Up to the first batch of the next one; how many that took.
  int fill_segment() {
    const auto segments = found().segments.size();
    int count = 0;
    for (; found().segments.size() == segments; ++count) append({of_key("other")});
    return count;
  }

  std::unique_ptr<DurableMetadata> metadata_;
  std::shared_ptr<SimulatedDisk> disk_;
  std::unique_ptr<FaultyFileSystem> files_;
  std::unique_ptr<CoreBroker> broker_;
};

// All that is remembered of the producer is in the segment that the power loss takes. The snapshot
// that stays must tell of what it sent before.
TEST_F(ByHand, AProducerIsKnownThoughItsNewestSegmentIsLost) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    create();
    fill_segment();
    const int batches = fill_segment();
    for (int i = 0; i < batches - 2; ++i) append({of_key("other")});
    const auto durable = append({of_producer(0)}, -1)[0];
    const auto segments = found().segments.size();
    append({of_producer(1), of_producer(2), of_producer(3), of_producer(4), of_producer(5)});
    ASSERT_EQ(found().segments.size(), segments + 1);
    lose_power(seed);
    const auto end = found().end;
    const auto again = append({of_producer(0)})[0];
    EXPECT_EQ(found().end, end) << seed;
    if (end == durable.base_offset + 1) {
      EXPECT_EQ(again.base_offset, durable.base_offset) << seed;
    }
  }
}

// Of the new epoch there is a marker alone.
TEST_F(ByHand, AProducerStaysFencedBehindASnapshot) {
  create();
  append({of_producer(0)});
  Batch marker{.producer = {7, 1}, .is_transactional = true, .is_control = true};
  marker.records = {marker_record(core::MarkerType::kAbort, kNow)};
  append({marker});
  fill_segment();
  append({of_key("other")}, -1);
  lose_power(1);
  EXPECT_EQ(append({of_producer(1)})[0].error, ErrorCode::INVALID_PRODUCER_EPOCH);
  EXPECT_EQ(append({of_producer(0, 1)})[0].error, ErrorCode::NONE);
}

// A compaction has left a batch without records, which still tells its time.
TEST_F(ByHand, ATimeIsFoundBehindABatchThatLostItsRecords) {
  create({{"cleanup.policy", "compact"}, {"min.cleanable.dirty.ratio", "0.0"}});
  Batch emptied = of_producer(0);
  emptied.records[0].timestamp_ms = kNow + 10;
  append({emptied, of_key("key", kNow - 10), of_key("other", kNow - 10)});
  fill_segment();
  const auto offset = append({of_key("last", kNow + 5)})[0].base_offset;
  ASSERT_TRUE(broker_->clean_dirtiest());
  ASSERT_EQ(found().batches.at(0).records.size(), 0u);
  std::int64_t at = -1;
  partition().find_offset(
      kNow + 5, FLUXMQ_READ_UNCOMMITTED, -1,
      [](void* context, std::int16_t, std::int64_t found, std::int64_t, std::int32_t) {
        *static_cast<std::int64_t*>(context) = found;
      },
      &at);
  broker_->settle();
  EXPECT_EQ(at, offset);
}

}  // namespace
}  // namespace fluxmq::core_model
