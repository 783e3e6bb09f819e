#include "found.h"

#include <algorithm>
#include <stdexcept>

#include "fluxmq/testing/test_log.h"

namespace fluxmq::core_model {
namespace {

using testing::Waiting;

template <class... Parts>
[[noreturn]] void disagree(const Parts&... parts) {
  throw std::runtime_error(concat(parts...));
}

struct Read {
  std::int16_t error;
  std::int64_t start, end;
  std::string bytes;
};

Read read(CoreBroker& broker, core::Partition& partition, std::int64_t offset,
          std::int64_t max_bytes) {
  fluxmq_read_request request{};
  request.size = sizeof(request);
  request.fetch_offset = offset;
  request.max_bytes = max_bytes;
  request.current_leader_epoch = request.last_fetched_epoch = -1;
  request.minimum_one_batch = 1;
  Waiting<Read> waiting;
  partition.read(
      request,
      [](void* context, const fluxmq_read_result* result) {
        Waiting<Read>::of(context).set(
            {result->error, result->log_start_offset, result->high_watermark,
             testing::take_bytes(result->segments,
                                 static_cast<std::uint32_t>(result->segment_count))});
      },
      waiting.context());
  broker.settle();
  auto made = waiting.get();
  const auto out_of_range = protocol::to_int16(ErrorCode::OFFSET_OUT_OF_RANGE);
  if (made.error != 0 && made.error != out_of_range) disagree("a read fails: ", made.error);
  return made;
}

void read_batches(CoreBroker& broker, core::Partition& partition, FoundPartition& found) {
  // Out of range: that tells the range, and opens the log.
  const auto range = read(broker, partition, -1, 1);
  found.start = range.start;
  found.end = range.end;
  std::string all;
  for (auto offset = found.start; offset < found.end;) {
    const auto part = read(broker, partition, offset, 1 << 20);
    if (part.bytes.empty()) break;
    all += part.bytes;
    protocol::RecordBatchCursor cursor(protocol::as_bytes(part.bytes));
    while (const auto batch = cursor.next()) offset = batch->next_offset();
  }
  found.batches = to_batches(all);
}

// Each batch is found by each of its offsets, and by those of the gap before it.
void check_reads(CoreBroker& broker, core::Partition& partition, const FoundPartition& found) {
  auto offset = found.start;
  for (const Batch& batch : found.batches) {
    for (const auto at : {offset, batch.base_offset, batch.last_offset}) {
      if (at < found.start) continue;
      const auto first = to_batches(read(broker, partition, at, 1).bytes);
      if (first.size() != 1 || first[0].base_offset != batch.base_offset) {
        disagree("a read at ", at, " doesn't find the batch at ", batch.base_offset);
      }
    }
    offset = batch.next_offset();
  }
}

struct FoundAt {
  std::int16_t error;
  std::int64_t offset, timestamp_ms;
  std::int32_t leader_epoch;
};

void set_found(void* context, std::int16_t error, std::int64_t offset, std::int64_t timestamp_ms,
               std::int32_t leader_epoch) {
  Waiting<FoundAt>::of(context).set({error, offset, timestamp_ms, leader_epoch});
}

void check_timestamps(CoreBroker& broker, core::Partition& partition, const FoundPartition& found) {
  for (std::size_t i = 0; i < found.batches.size(); i += 3) {  // some are enough
    if (found.batches[i].records.empty()) continue;
    const auto wanted_ms = found.batches[i].records.back().timestamp_ms;
    const Record* first = nullptr;
    for (const Batch& batch : found.batches) {
      for (const Record& record : batch.records) {
        if (first == nullptr && record.offset >= found.start && record.timestamp_ms >= wanted_ms) {
          first = &record;
        }
      }
    }
    Waiting<FoundAt> waiting;
    partition.find_offset(wanted_ms, FLUXMQ_READ_UNCOMMITTED, -1, &set_found, waiting.context());
    broker.settle();
    const auto at = waiting.get();
    const auto offset = first == nullptr ? -1 : first->offset;
    if (at.error != 0 || at.offset != offset) {
      disagree("timestamp ", wanted_ms, " is found at ", at.offset, ", not at ", offset);
    }
  }
}

void check_epochs(CoreBroker& broker, core::Partition& partition, const FoundPartition& found,
                  std::int32_t leader_epoch) {
  for (const Batch& batch : found.batches) {
    if (batch.leader_epoch != leader_epoch) disagree("leader epoch ", batch.leader_epoch);
  }
  Waiting<FoundAt> waiting;
  partition.find_epoch_end(leader_epoch, leader_epoch, &set_found, waiting.context());
  broker.settle();
  const auto end = waiting.get();
  if (end.leader_epoch != leader_epoch || end.offset != found.end) {
    disagree("leader epoch ", end.leader_epoch, " ends at ", end.offset);
  }
}

std::map<std::int64_t, fluxmq_producer_state> producers_of(CoreBroker& broker,
                                                           core::Partition& partition) {
  using Producers = std::map<std::int64_t, fluxmq_producer_state>;
  Waiting<Producers> waiting;
  partition.describe_producers(
      [](void* context, std::int16_t error, const fluxmq_producer_state* producers,
         std::uint64_t count) {
        if (error != 0) disagree("producers can't be described: ", error);
        Producers found;
        for (std::uint64_t i = 0; i < count; ++i) {
          found.emplace(producers[i].producer_id, producers[i]);
        }
        Waiting<Producers>::of(context).set(std::move(found));
      },
      waiting.context());
  broker.settle();
  return waiting.get();
}

void look_at_log(CoreBroker& broker, core::Partition& partition, FoundPartition& found) {
  broker.look_at_log(partition, [&](const fluxmq_log_store* store, fluxmq_log* log) {
    fluxmq_log_state state{};
    state.size = sizeof(state);
    store->state(store->self, log, &state);
    found.clean_offset = state.clean_offset;
    if (state.log_start_offset != found.start || state.log_end_offset != found.end) {
      disagree("the log reaches from ", state.log_start_offset, " to ", state.log_end_offset,
               ", the partition from ", found.start, " to ", found.end);
    }
    store->visit_segments(
        store->self, log,
        [](void* context, const fluxmq_log_segment_info* segment) -> std::int32_t {
          static_cast<std::vector<std::int64_t>*>(context)->push_back(segment->base_offset);
          return 1;
        },
        &found.segments);
  });
}

}  // namespace

FoundPartition look_at(CoreBroker& broker, core::Partition& partition, std::int32_t leader_epoch) {
  FoundPartition found;
  read_batches(broker, partition, found);
  check_reads(broker, partition, found);
  check_timestamps(broker, partition, found);
  check_epochs(broker, partition, found, leader_epoch);
  found.producers = producers_of(broker, partition);
  look_at_log(broker, partition, found);
  return found;
}

}  // namespace fluxmq::core_model
