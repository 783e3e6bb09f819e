#include "log_model.h"

#include <algorithm>

#include "fluxmq/host.h"
#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::storage_faults {
namespace {

constexpr std::int32_t kEpochsAsked = 12;

template <class... Parts>
[[noreturn]] void disagree(const Parts&... parts) {
  throw std::runtime_error(concat(parts...));
}

std::vector<Batch> to_batches(const std::string& bytes) {
  std::vector<Batch> batches;
  protocol::RecordBatchCursor cursor(protocol::as_bytes(bytes));
  while (const auto batch = cursor.next()) {
    batches.push_back(to_batch(
        std::string(reinterpret_cast<const char*>(batch->bytes().data()), batch->size_bytes())));
  }
  if (cursor.end() != protocol::RecordBatchCursor::End::kComplete) disagree("half a batch is read");
  return batches;
}

void check_reads(testing::TestLog& log, const FoundLog& found) {
  std::int64_t offset = found.start;
  for (const Batch& batch : found.batches) {
    const auto next_offset = batch.last_offset + 1;
    for (const auto at : {offset, batch.base_offset, batch.last_offset}) {
      if (at < found.start) continue;
      if (log.read(at, 1).bytes != batch.bytes) disagree("a read at ", at, " finds another batch");
      if (log.read(at, 1 << 30, true, next_offset).bytes != batch.bytes) {
        disagree("a read from ", at, " to ", next_offset, " finds something else");
      }
    }
    offset = next_offset;
  }
}

void check_visits(testing::TestLog& log, const FoundLog& found) {
  std::vector<std::int64_t> offsets;
  for (const Batch& batch : found.batches) offsets.push_back(batch.base_offset);
  if (log.visit(found.start) != offsets) disagree("a walk over the headers finds other batches");
  if (offsets.empty()) return;
  const auto middle = offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2);
  const auto from = std::max(*middle, found.start);
  if (log.visit(from) != std::vector(middle, offsets.end())) {
    disagree("a walk from ", from, " finds other batches");
  }
}

void check_timestamps(testing::TestLog& log, const FoundLog& found) {
  for (const Batch& wanted : found.batches) {
    const auto first = std::find_if(
        found.batches.begin(), found.batches.end(),
        [&](const Batch& batch) { return batch.max_timestamp_ms >= wanted.max_timestamp_ms; });
    const auto offset = log.find_timestamp(wanted.max_timestamp_ms).offset;
    if (offset != first->base_offset) {
      disagree("timestamp ", wanted.max_timestamp_ms, " is found at ", offset, ", not at ",
               first->base_offset);
    }
  }
}

void check_segments(testing::TestLog& log) {
  std::int64_t size = 0, base_offset = -1;
  for (const auto& segment : log.segments()) {
    if (segment.base_offset <= base_offset) disagree("segments in disorder");
    base_offset = segment.base_offset;
    size += segment.size_bytes;
  }
  if (size != log.state().size_bytes) disagree("the size is not that of the segments");
}

// The epochs that a log from `start` to `end` knows, and where they begin.
std::vector<std::pair<std::int32_t, std::int64_t>> known_epochs(const LogModel& model,
                                                                std::int64_t start,
                                                                std::int64_t end) {
  std::vector<std::pair<std::int32_t, std::int64_t>> known;
  for (const auto& [epoch, offset] : model.epochs) {
    if (offset >= end) break;
    if (offset <= start) known.clear();
    known.emplace_back(epoch, std::max(offset, start));
  }
  return known;
}

std::pair<std::int32_t, std::int64_t> end_of_epoch(
    std::int32_t asked, const std::vector<std::pair<std::int32_t, std::int64_t>>& known,
    std::int64_t end) {
  if (known.empty() || asked > known.back().first) return {-1, -1};
  if (asked == known.back().first) return {asked, end};
  std::int32_t found = asked;
  for (const auto& [epoch, offset] : known) {
    if (epoch > asked) return {found, offset};
    found = epoch;
  }
  return {-1, -1};
}

}  // namespace

Batch to_batch(std::string bytes) {
  const protocol::RecordBatch batch(protocol::as_bytes(bytes));
  return {batch.base_offset(), batch.last_offset(), batch.max_timestamp(),
          batch.partition_leader_epoch(), std::move(bytes)};
}

void LogModel::append(Batch batch) {
  if (epochs.empty() || batch.leader_epoch > epochs.back().first) {
    epochs.emplace_back(batch.leader_epoch, batch.base_offset);
  }
  end.now = end.after_death = batch.last_offset + 1;
  batches.push_back(std::move(batch));
}

void LogModel::cut(std::int64_t offset) {
  std::erase_if(batches, [=](const Batch& batch) { return batch.last_offset >= offset; });
  std::erase_if(epochs, [=](const auto& epoch) { return epoch.second >= offset; });
  std::erase_if(snapshots, [=](const auto& snapshot) { return snapshot.first > offset; });
  start.lower(offset);
  end.lower(offset);
}

FoundLog look_at(testing::TestLog& log) {
  const auto state = log.state();
  FoundLog found{state.log_start_offset, state.log_end_offset, state.clean_offset, {}, {}, {}};
  if (found.start > found.end) disagree("it starts past its end");
  found.batches = to_batches(log.read_all(found.start));
  check_reads(log, found);
  check_visits(log, found);
  check_timestamps(log, found);
  check_segments(log);
  for (std::int32_t epoch = 0; epoch < kEpochsAsked; ++epoch) {
    found.epoch_ends.push_back(log.epoch_end_offset(epoch));
  }
  found.snapshot = log.load_snapshot(found.end);
  return found;
}

std::string difference(const FoundLog& found, const LogModel& model, Crash crash) {
  if (found.end < model.end.least(crash)) {
    return concat("it ends at ", found.end, ", before ", model.end.least(crash));
  }
  const bool at_an_end =
      found.end == 0 || found.end == model.end.now || found.end == model.start.least(crash) ||
      std::any_of(model.batches.begin(), model.batches.end(),
                  [&](const Batch& batch) { return batch.last_offset + 1 == found.end; });
  if (!at_an_end) return concat("it ends at ", found.end, ", where no batch ends");
  if (found.start < model.start.least(crash) || found.start > model.start.now) {
    return concat("it starts at ", found.start, ", not at ", model.start.least(crash), " to ",
                  model.start.now);
  }
  auto at = found.batches.begin();
  for (const Batch& batch : model.batches) {
    if (batch.last_offset < found.start || batch.last_offset >= found.end) continue;
    if (at == found.batches.end()) return concat("no batch at ", batch.base_offset);
    if (at->bytes != batch.bytes) {
      return concat("at ", batch.base_offset, " there is another batch, of offset ",
                    at->base_offset);
    }
    ++at;
  }
  if (at != found.batches.end()) {
    return concat("a batch at ", at->base_offset, " that wasn't appended");
  }
  if (found.clean_offset != model.clean_offset) {
    return concat("it is clean up to ", found.clean_offset, ", not to ", model.clean_offset);
  }
  if (found.start < found.end) {
    const auto known = known_epochs(model, found.start, found.end);
    for (std::int32_t epoch = 0; epoch < kEpochsAsked; ++epoch) {
      const auto expected = end_of_epoch(epoch, known, found.end);
      const auto& told = found.epoch_ends[static_cast<std::size_t>(epoch)];
      // An epoch that is made again begins with its first batch, after the gap before it.
      const auto first =
          std::find_if(found.batches.begin(), found.batches.end(),
                       [&](const Batch& batch) { return batch.base_offset >= expected.second; });
      if (told == expected) continue;
      if (first != found.batches.end() && told == std::pair(expected.first, first->base_offset)) {
        continue;
      }
      return concat("leader epoch ", epoch, " ends as ", told.first, " at ", told.second,
                    ", not as ", expected.first, " at ", expected.second);
    }
  }
  if (found.snapshot) {
    const auto [offset, content] = *found.snapshot;
    const auto saved = model.snapshots.find(offset);
    if (saved == model.snapshots.end() || saved->second != content) {
      return concat("a snapshot of producers at ", offset, " that isn't of this log");
    }
  }
  return "";
}

}  // namespace fluxmq::storage_faults
