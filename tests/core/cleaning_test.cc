// Cleanings of real logs, record for record: by hand, and random ones against a simple model.
#include "compaction/cleaning.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "compaction/dirtiness.h"
#include "compression/codec.h"
#include "compression/decompress.h"
#include "fluxmq/protocol/record_batch_builder.h"
#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/loaded_plugin.h"
#include "fluxmq/testing/temporary_folder.h"
#include "fluxmq/testing/test_log.h"

namespace fluxmq::core {
namespace {

using protocol::Compression;
using protocol::RecordBatch;
using testing::TestLog;

constexpr std::int64_t kNow = 1'800'000'000'000;
constexpr std::int64_t kDeleteRetentionMs = 1000;

struct WantedRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;
};

struct WantedBatch {
  std::vector<WantedRecord> records{};
  Compression compression = Compression::kNone;
  std::int64_t producer_id = -1;
  std::int32_t base_sequence = -1;
  bool is_transactional = false;
  std::optional<MarkerType> marker{};
  std::int64_t timestamp_ms = 1000;
};

struct SeenRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::int64_t timestamp_ms;
  bool operator==(const SeenRecord&) const = default;
};

struct SeenBatch {
  std::int64_t base_offset;
  std::int64_t last_offset;
  std::int64_t producer_id;
  std::int32_t base_sequence;
  std::int32_t record_count;
  std::optional<std::int64_t> horizon_ms;
  std::optional<MarkerType> marker;
  std::size_t size_bytes;
};

std::optional<std::string> text(const std::optional<protocol::Bytes>& bytes) {
  if (!bytes) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

std::optional<protocol::Bytes> bytes(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return protocol::as_bytes(*text);
}

std::string build(const WantedBatch& wanted, std::int64_t base_offset) {
  protocol::RecordBatchBuilder builder(
      {.base_offset = base_offset,
       .partition_leader_epoch = 0,
       .producer_id = wanted.producer_id,
       .producer_epoch = std::int16_t(wanted.producer_id < 0 ? -1 : 0),
       .base_sequence = wanted.base_sequence,
       .is_transactional = wanted.is_transactional,
       .is_control = wanted.marker.has_value()});
  const protocol::RecordHeader header{"header", protocol::as_bytes("of a record")};
  for (std::size_t i = 0; i < wanted.records.size(); ++i) {
    builder.append(wanted.timestamp_ms + static_cast<std::int64_t>(i), bytes(wanted.records[i].key),
                   bytes(wanted.records[i].value), {&header, i % 2});
  }
  if (wanted.marker) {
    const std::string key{0, 0, 0, static_cast<char>(*wanted.marker)};
    builder.append(wanted.timestamp_ms, protocol::as_bytes(key),
                   protocol::as_bytes("\0\0\0\0\0\0"));
  }
  const auto plain = builder.finish();
  std::string made(reinterpret_cast<const char*>(plain.data()), plain.size());
  if (wanted.compression != Compression::kNone) {
    std::vector<std::uint8_t> records;
    const auto compressor = make_compressor({.type = wanted.compression}, records);
    compressor->write(RecordBatch(plain).records());
    compressor->finish();
    made.resize(protocol::kRecordBatchHeaderBytes);
    made.append(reinterpret_cast<const char*>(records.data()), records.size());
    protocol::MutableRecordBatch batch({reinterpret_cast<std::uint8_t*>(made.data()), made.size()});
    batch.set_batch_length(static_cast<std::int32_t>(made.size() - protocol::kBatchPrefixBytes));
    batch.set_attributes(static_cast<std::int16_t>(batch.attributes() |
                                                   static_cast<std::int16_t>(wanted.compression)));
    batch.set_crc(protocol::crc32c(batch.checksummed()));
  }
  return made;
}

class CleaningTest : public ::testing::TestWithParam<const char*> {
 protected:
  CleaningTest() { start(); }

  void start() {
    host_ = std::make_unique<testing::FakeHost>(
        testing::FakeHost::Config{{"log.dirs", folder_.path() + "/data"}});
    plugin_ = std::make_unique<testing::LoadedPlugin>(*host_, GetParam());
    open();
  }
  void open() {
    auto config = testing::default_log_config();
    config.segment_bytes = kSegmentBytes;
    config.index_interval_bytes = 200;
    log_ = std::make_unique<TestLog>(store(), "topic", 0, config);
  }
  const fluxmq_log_store* store() { return plugin_->query<fluxmq_log_store>(FLUXMQ_LOG_STORE); }
  TestLog& log() { return *log_; }

  std::int64_t append(const WantedBatch& wanted) {
    const auto offset = log().end_offset();
    EXPECT_EQ(log().append_bytes({build(wanted, offset)}).error, 0);
    return offset;
  }
  // One record that fills a segment, so that what lies before it can be cleaned.
  void roll() { append({.records = {{"roll", std::string(kSegmentBytes, 'x')}}}); }

  std::int64_t uncleanable_offset() { return log().segments().back().base_offset; }

  CleaningResult clean(std::int64_t now_ms = kNow, std::size_t map_bytes = 1 << 20,
                       const LastBatches& last_batches = {}) {
    CleaningOrder order{.first_dirty_offset = log().state().clean_offset,
                        .first_uncleanable_offset = uncleanable_offset(),
                        .high_watermark = log().end_offset(),
                        .delete_retention_ms = kDeleteRetentionMs,
                        .segment_bytes = kSegmentBytes,
                        .segment_index_bytes = 10 << 20,
                        .now_ms = now_ms,
                        .last_batches = last_batches};
    Cleaning cleaning(store(), log().handle(), order, {map_bytes, 0.9, 700}, throttle_,
                      [] { return false; });
    const auto result = cleaning.run();
    EXPECT_EQ(log().set_clean_offset(result.end_offset), 0);
    return result;
  }

  std::vector<SeenBatch> batches() {
    std::vector<SeenBatch> seen;
    records_.clear();
    const auto all = log().read_all(log().state().log_start_offset);
    protocol::RecordBatchCursor cursor(protocol::as_bytes(all));
    std::int64_t next_offset = 0;
    while (const auto batch = cursor.next()) {
      EXPECT_EQ(batch->crc(), protocol::crc32c(batch->checksummed()));
      EXPECT_GE(batch->base_offset(), next_offset);
      next_offset = batch->next_offset();
      seen.push_back({batch->base_offset(), batch->last_offset(), batch->producer_id(),
                      batch->base_sequence(), batch->record_count(), batch->delete_horizon_ms(),
                      batch->is_control() ? marker_of(*batch) : std::nullopt, batch->size_bytes()});
      if (!batch->is_control()) see_records(*batch);
    }
    return seen;
  }
  // By their offsets.
  const std::map<std::int64_t, SeenRecord>& records() {
    batches();
    return records_;
  }
  std::vector<std::int64_t> offsets() {
    std::vector<std::int64_t> offsets;
    for (const auto& [offset, record] : records()) offsets.push_back(offset);
    return offsets;
  }

  static constexpr std::int32_t kSegmentBytes = 2000;
  using Offsets = std::vector<std::int64_t>;

  const testing::TemporaryFolder folder_;
  std::unique_ptr<testing::FakeHost> host_;
  std::unique_ptr<testing::LoadedPlugin> plugin_;
  std::unique_ptr<TestLog> log_;
  Throttle throttle_{1e18};

 private:
  void see_records(const RecordBatch& batch) {
    const auto plain = decompress(batch.compression(), batch.records(), 1 << 20);
    ASSERT_TRUE(plain);
    protocol::RecordReader reader(batch, *plain);
    protocol::Record record;
    std::int64_t max_timestamp_ms = -1;
    while (reader.next(record)) {
      records_[record.offset] = {text(record.key), text(record.value), record.timestamp_ms};
      EXPECT_EQ(record.header_count, record.offset_delta % 2);
      EXPECT_LE(record.offset, batch.last_offset());
      max_timestamp_ms = std::max(max_timestamp_ms, record.timestamp_ms);
    }
    if (batch.record_count() > 0) {
      EXPECT_EQ(batch.max_timestamp(), max_timestamp_ms);
    }
  }

  std::map<std::int64_t, SeenRecord> records_;
};

TEST_P(CleaningTest, KeepsTheLastOfEachKey) {
  append({.records = {{"a", "1"}, {"b", "1"}, {"c", "1"}}});
  append({.records = {{"a", "2"}, {std::nullopt, "no key"}}});
  append({.records = {{"b", "2"}, {"b", "3"}}});
  roll();
  append({.records = {{"c", "in the active segment"}}});
  const auto result = clean();
  EXPECT_EQ(result.end_offset, uncleanable_offset());
  EXPECT_EQ(result.records_read, 8);
  EXPECT_EQ(result.records_kept, 4);
  EXPECT_EQ(offsets(), (Offsets{2, 3, 6, 7, 8}));
  EXPECT_EQ(batches().at(0).base_offset, 0);
  EXPECT_EQ(batches().at(0).last_offset, 2);
}

TEST_P(CleaningTest, TombstonesStayForAWhileAfterTheFirstCleaning) {
  append({.records = {{"a", "1"}, {"b", "1"}}});
  append({.records = {{"a", std::nullopt}}});
  roll();
  append({});
  clean();
  EXPECT_EQ(offsets(), (Offsets{1, 2, 3}));
  EXPECT_EQ(batches().at(0).horizon_ms, std::nullopt);
  EXPECT_EQ(batches().at(1).horizon_ms, kNow + kDeleteRetentionMs);
  EXPECT_EQ(records().at(2).timestamp_ms, 1000);
  roll();
  clean(kNow + kDeleteRetentionMs - 1);
  EXPECT_EQ(batches().at(1).horizon_ms, kNow + kDeleteRetentionMs);
  roll();
  clean(kNow + kDeleteRetentionMs);
  EXPECT_EQ(records().count(2), 0u);
}

TEST_P(CleaningTest, TheLastBatchOfAProducerStaysWithoutRecords) {
  append({.records = {{"a", "1"}, {"b", "1"}}, .producer_id = 7, .base_sequence = 0});
  append({.records = {{"a", "2"}, {"b", "2"}},
          .compression = Compression::kLz4,
          .producer_id = 7,
          .base_sequence = 2});
  append({.records = {{"a", "3"}, {"b", "3"}}});
  roll();
  append({});
  clean(kNow, 1 << 20, {{7, {3, 0}}});
  const auto left = batches();
  ASSERT_GE(left.size(), 2u);
  EXPECT_EQ(left[0].base_offset, 2);
  EXPECT_EQ(left[0].last_offset, 3);
  EXPECT_EQ(left[0].producer_id, 7);
  EXPECT_EQ(left[0].base_sequence, 2);
  EXPECT_EQ(left[0].record_count, 0);
  EXPECT_EQ(left[0].size_bytes, protocol::kRecordBatchHeaderBytes);
  // Once it isn't the last any more, it goes.
  roll();
  clean();
  EXPECT_EQ(batches().at(0).base_offset, 4);
}

TEST_P(CleaningTest, TheEndOfWhatWasCleanedIsNotForgotten) {
  append({.records = {{"roll", std::nullopt}}});
  append({.records = {{"a", "1"}}});
  append({.records = {{"a", "2"}}});
  roll();
  append({.records = {{"b", "1"}}});
  const auto end = uncleanable_offset();
  clean();
  bool found = false;
  for (const auto& batch : batches()) found |= batch.last_offset == end - 1;
  EXPECT_TRUE(found);
}

TEST_P(CleaningTest, RecordsOfAbortedTransactionsGoAndShadowNothing) {
  append({.records = {{"a", "1"}, {"b", "1"}}});
  append({.records = {{"a", "aborted"}},
          .producer_id = 1,
          .base_sequence = 0,
          .is_transactional = true});
  append({.records = {{"b", "committed"}},
          .producer_id = 2,
          .base_sequence = 0,
          .is_transactional = true});
  append({.producer_id = 1, .is_transactional = true, .marker = MarkerType::kAbort});
  append({.producer_id = 2, .is_transactional = true, .marker = MarkerType::kCommit});
  roll();
  append({});
  clean();
  EXPECT_EQ(offsets(), (Offsets{0, 3, 6}));
  auto left = batches();
  ASSERT_EQ(left.size(), 6u);
  // The abort marker lost its last record now: it stays until the next cleaning but one.
  EXPECT_EQ(left[2].marker, MarkerType::kAbort);
  EXPECT_EQ(left[3].marker, MarkerType::kCommit);
  EXPECT_EQ(left[2].horizon_ms, std::nullopt);
  roll();
  clean();
  left = batches();
  EXPECT_EQ(left[2].marker, MarkerType::kAbort);
  EXPECT_EQ(left[2].horizon_ms, kNow + kDeleteRetentionMs);
  EXPECT_EQ(left[3].marker, MarkerType::kCommit);
  roll();
  clean(kNow + kDeleteRetentionMs);
  left = batches();
  EXPECT_EQ(left[2].marker, MarkerType::kCommit);
  EXPECT_EQ(left[2].horizon_ms, std::nullopt);
}

TEST_P(CleaningTest, NothingFromAnOpenTransactionOnIsTouched) {
  append({.records = {{"a", "1"}}});
  append({.records = {{"a", "2"}}});
  roll();
  const auto open = append(
      {.records = {{"a", "open"}}, .producer_id = 1, .base_sequence = 0, .is_transactional = true});
  roll();
  roll();
  append({});
  clean();
  EXPECT_LE(log().state().clean_offset, open);
  EXPECT_EQ(records().count(1), 1u);
  EXPECT_EQ(records().count(open), 1u);
  EXPECT_EQ(records().count(0), 0u);
}

TEST_P(CleaningTest, AMapThatIsTooSmallTakesSeveralCleanings) {
  for (int round = 0; round < 3; ++round) {
    WantedBatch batch;
    for (int i = 0; i < 50; ++i)
      batch.records.push_back({std::to_string(i), std::to_string(round)});
    append(batch);
  }
  roll();
  append({});
  int cleanings = 0;
  for (; log().state().clean_offset < uncleanable_offset(); ++cleanings) {
    const auto before = log().state().clean_offset;
    EXPECT_GT(clean(kNow, 20 * OffsetMap::kBytesPerKey).end_offset, before);
  }
  EXPECT_GT(cleanings, 3);
  Offsets last;
  for (std::int64_t offset = 100; offset < 151; ++offset) last.push_back(offset);
  EXPECT_EQ(offsets(), last);
}

TEST_P(CleaningTest, DamageIsNotCoveredUp) {
  auto batch = build({.records = {{"a", "1"}}}, 0);
  batch.back() = static_cast<char>(batch.back() ^ 1);
  log().append_bytes({batch});
  roll();
  append({});
  const auto before = log().read_all(0);
  EXPECT_THROW(clean(), CleaningError);
  EXPECT_EQ(log().read_all(0), before);
}

// What was appended, and what is to be left of it.
class Model {
 public:
  struct Record {
    SeenRecord seen;
    bool is_aborted = false;
    std::int64_t producer_id = -1;  // of an open transaction
  };

  void add(std::int64_t offset, const WantedBatch& batch) {
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
      const auto at = offset + static_cast<std::int64_t>(i);
      records_[at] = {{batch.records[i].key, batch.records[i].value,
                       batch.timestamp_ms + static_cast<std::int64_t>(i)},
                      false,
                      batch.is_transactional ? batch.producer_id : -1};
    }
    if (batch.producer_id >= 0 && !batch.marker) {
      last_batches_[batch.producer_id] = {
          offset + static_cast<std::int64_t>(batch.records.size()) - 1, 0};
    }
    if (!batch.marker) return;
    for (auto& [at, record] : records_) {
      if (record.producer_id != batch.producer_id) continue;
      record.is_aborted = batch.marker == MarkerType::kAbort;
      record.producer_id = -1;
    }
  }
  const LastBatches& last_batches() const { return last_batches_; }

  void expect(const std::map<std::int64_t, SeenRecord>& left, std::int64_t clean_offset) const {
    std::map<std::string, std::int64_t> last;
    for (const auto& [offset, record] : records_) {
      if (offset < clean_offset && !record.is_aborted && record.seen.key) {
        last[*record.seen.key] = offset;
      }
    }
    for (const auto& [offset, record] : left) {
      ASSERT_TRUE(records_.contains(offset)) << offset;
      EXPECT_EQ(record, records_.at(offset).seen) << offset;
    }
    for (const auto& [offset, record] : records_) {
      const bool is_clean = offset < clean_offset;
      const bool is_last =
          record.seen.key && last.contains(*record.seen.key) && last.at(*record.seen.key) == offset;
      if (!is_clean && record.is_aborted) continue;
      if (is_clean && is_last && !record.seen.value) continue;  // a tombstone: until its time
      EXPECT_EQ(left.contains(offset), !is_clean || is_last) << offset << " of " << clean_offset;
    }
  }

 private:
  std::map<std::int64_t, Record> records_;
  LastBatches last_batches_;
};

TEST_P(CleaningTest, RandomLogsAreWhatAModelSays) {
  for (unsigned seed = 0; seed < 25; ++seed) {
    SCOPED_TRACE(seed);
    if (seed > 0) {
      EXPECT_EQ(log().remove(), 0);
      open();
    }
    std::mt19937 random(seed);
    const auto upto = [&](int end) {
      return static_cast<int>(random() % static_cast<unsigned>(end));
    };
    Model model;
    std::map<std::int64_t, std::int32_t> sequences;
    std::set<std::int64_t> in_transaction;
    const int key_count = 5 + upto(60);
    std::int64_t now = kNow;
    for (int step = 0; step < 120; ++step) {
      WantedBatch batch{.compression = static_cast<Compression>(upto(3) == 0 ? upto(5) : 0),
                        .timestamp_ms = 1000 + 7 * step};
      const int kind = upto(10);
      if (kind == 0 && !in_transaction.empty()) {
        batch.producer_id = *in_transaction.begin();
        batch.is_transactional = true;
        batch.compression = Compression::kNone;
        batch.marker = upto(2) == 0 ? MarkerType::kAbort : MarkerType::kCommit;
        in_transaction.erase(in_transaction.begin());
      } else {
        for (int i = 1 + upto(6); i > 0; --i) {
          WantedRecord record{"key " + std::to_string(upto(key_count)),
                              std::string(static_cast<std::size_t>(upto(80)), 'v')};
          if (upto(8) == 0) record.value = std::nullopt;
          if (upto(30) == 0) record.key = std::nullopt;
          batch.records.push_back(record);
        }
        if (kind < 5) {
          batch.is_transactional = kind < 3;
          batch.producer_id = batch.is_transactional ? upto(3) : 10 + upto(3);
          batch.base_sequence = sequences[batch.producer_id];
          sequences[batch.producer_id] += static_cast<std::int32_t>(batch.records.size());
          if (batch.is_transactional) in_transaction.insert(batch.producer_id);
        }
      }
      model.add(append(batch), batch);
      if (upto(12) == 0 && log().segments().size() > 1) {
        const auto map_bytes = upto(2) == 0 ? std::size_t{1} << 20 : std::size_t(200 + upto(1000));
        now += upto(900);
        clean(now, map_bytes, model.last_batches());
        model.expect(records(), log().state().clean_offset);
        std::set<std::int64_t> ends;
        for (const auto& left : batches()) {
          if (left.producer_id >= 0 && !left.marker) ends.insert(left.last_offset);
        }
        for (const auto& [producer_id, last] : model.last_batches()) {
          EXPECT_TRUE(ends.contains(last.last_offset)) << producer_id;
        }
        for (const auto& segment : log().segments()) {
          EXPECT_LE(segment.size_bytes, kSegmentBytes * 5 / 4);  // horizons make timestamps longer
        }
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, CleaningTest, ::testing::Values(STORAGE_LOCAL, STORAGE_MEMORY),
                         [](const auto& param) { return param.index == 0 ? "local" : "memory"; });

TEST(KeyHash, IsSipHash) {
  const KeyHash hash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
  const auto empty = hash({});
  EXPECT_EQ(empty.first, 0xe6a825ba047f81a3u);
  EXPECT_EQ(empty.second, 0x930255c71472f66du);
}

fluxmq_log_segment_info segment(std::int64_t base_offset, std::int64_t size_bytes,
                                std::int64_t first_ms, std::int64_t largest_ms) {
  return {sizeof(fluxmq_log_segment_info), 0, base_offset, size_bytes, 0, 0, first_ms, largest_ms};
}

TEST(Dirtiness, FollowsKafkasRules) {
  const std::vector segments{segment(0, 100, 1000, 1999), segment(10, 100, 2000, 2999),
                             segment(20, 100, 3000, 3999), segment(30, 50, 4000, 4000)};
  fluxmq_log_state state{};
  state.log_end_offset = 40;
  const CompactionConfig plain;
  auto dirt = assess(segments, state, 40, plain, 5000);
  EXPECT_EQ(dirt.first_dirty_offset, 0);
  EXPECT_EQ(dirt.first_uncleanable_offset, 30);
  EXPECT_EQ(dirt.cleanable_bytes, 300);
  EXPECT_EQ(dirt.ratio(), 1);
  EXPECT_TRUE(dirt.is_cleanable(plain));

  state.clean_offset = 20;
  dirt = assess(segments, state, 40, plain, 5000);
  EXPECT_EQ(dirt.clean_bytes, 200);
  EXPECT_EQ(dirt.cleanable_bytes, 100);
  EXPECT_FALSE(dirt.is_cleanable(plain));

  CompactionConfig lags;
  lags.max_compaction_lag_ms = 1500;
  dirt = assess(segments, state, 40, lags, 5000);
  EXPECT_TRUE(dirt.is_overdue);
  EXPECT_TRUE(dirt.is_cleanable(lags));
  EXPECT_FALSE(assess(segments, state, 40, lags, 4500).is_overdue);

  state.clean_offset = 0;
  lags.min_compaction_lag_ms = 2500;
  EXPECT_EQ(assess(segments, state, 40, lags, 5000).first_uncleanable_offset, 10);
  EXPECT_EQ(assess(segments, state, 25, plain, 5000).first_uncleanable_offset, 20);

  state.clean_offset = 41;  // past the end: a log that was cut
  EXPECT_EQ(assess(segments, state, 40, plain, 5000).first_dirty_offset, 0);
  state.log_start_offset = 15;
  state.clean_offset = 10;
  EXPECT_EQ(assess(segments, state, 40, plain, 5000).first_dirty_offset, 15);
}

}  // namespace
}  // namespace fluxmq::core
