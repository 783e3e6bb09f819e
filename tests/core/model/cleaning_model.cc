// What the cleaner may take of a log, and what it must have taken: Kafka's rules, told by whole
// logs rather than by passes over segments.
#include <algorithm>
#include <limits>
#include <map>

#include "partition_model.h"

namespace fluxmq::core_model {
namespace {

constexpr auto kNever = std::numeric_limits<std::int64_t>::max();

enum class Outcome : std::uint8_t { kCommitted, kAborted, kOpen };

// How the transaction of each batch ended; those of none count as committed.
std::vector<Outcome> outcomes_of(const std::vector<AppendedBatch>& batches) {
  std::vector<Outcome> outcomes(batches.size(), Outcome::kCommitted);
  std::map<std::int64_t, std::vector<std::size_t>> open;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const Batch& batch = batches[i].batch;
    if (!batch.is_transactional) continue;
    if (!batch.is_control) {
      open[batch.producer.id].push_back(i);
      outcomes[i] = Outcome::kOpen;
      continue;
    }
    for (const auto ended : std::exchange(open[batch.producer.id], {})) {
      const bool aborts = batch.marker == core::MarkerType::kAbort;
      outcomes[ended] = aborts ? Outcome::kAborted : Outcome::kCommitted;
    }
  }
  return outcomes;
}

// The last offset of each key, of records that count and that `is_in` the range.
template <class IsIn>
std::map<std::string, std::int64_t> last_of_keys(const std::vector<AppendedBatch>& batches,
                                                 IsIn is_in) {
  std::map<std::string, std::int64_t> last;
  const auto outcomes = outcomes_of(batches);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const Batch& batch = batches[i].batch;
    if (batch.is_control || outcomes[i] != Outcome::kCommitted) continue;
    for (const Record& record : batch.records) {
      if (record.key && is_in(record)) last[*record.key] = record.offset;
    }
  }
  return last;
}

bool has_later(const std::map<std::string, std::int64_t>& last, const Record& record) {
  const auto found = last.find(*record.key);
  return found != last.end() && found->second > record.offset;
}

// Until when the batch's tombstones and its marker stay, if that is known yet: may be over, must
// be.
bool may_be_over(const AppendedBatch& appended, std::int64_t now_ms) {
  return std::any_of(appended.horizons_ms.begin(), appended.horizons_ms.end(),
                     [=](const auto& each) { return each.value_or(kNever) <= now_ms; });
}
bool is_over(const AppendedBatch& appended, std::int64_t now_ms) {
  return std::all_of(appended.horizons_ms.begin(), appended.horizons_ms.end(),
                     [=](const auto& each) { return each.value_or(kNever) <= now_ms; });
}

bool has_tombstone(const Batch& batch) {
  return std::any_of(batch.records.begin(), batch.records.end(),
                     [](const Record& record) { return !record.value; });
}

}  // namespace

void PartitionModel::may_be_cleaned(const CleaningTime& time, std::int64_t active_segment) {
  const auto is_in = [&](const Record& record) {
    return record.offset < active_segment &&
           (time.min_compaction_lag_ms == 0 ||
            record.timestamp_ms <= time.now_ms - time.min_compaction_lag_ms);
  };
  const auto last = last_of_keys(batches, is_in);
  const auto outcomes = outcomes_of(batches);
  std::map<std::int64_t, bool>
      has_more;  // of a producer: whether something of its transaction stays
  for (std::size_t i = 0; i < batches.size(); ++i) {
    AppendedBatch& each = batches[i];
    if (each.batch.base_offset >= active_segment) break;
    const bool may_be_over = core_model::may_be_over(each, time.now_ms);
    bool all_may_go = true;
    for (std::size_t at = 0; at < each.batch.records.size(); ++at) {
      const Record& record = each.batch.records[at];
      bool may_go = false;
      if (each.batch.is_control) {
        may_go = may_be_over && !has_more[each.batch.producer.id];
      } else if (is_in(record)) {
        may_go = !record.key || (!record.value && may_be_over) ||
                 outcomes[i] == Outcome::kAborted || has_later(last, record);
      }
      if (may_go) each.fates[at] = std::max(each.fates[at], Fate::kMayBeGone);
      all_may_go &= each.fates[at] != Fate::kStays;
    }
    if (each.batch.is_control) has_more[each.batch.producer.id] = false;
    if (!each.batch.is_control && each.batch.is_transactional) {
      has_more[each.batch.producer.id] |= !all_may_go;
    }
    const auto known = producers.producers.find(each.batch.producer.id);
    const bool is_last = known != producers.producers.end() && !known->second.batches.empty() &&
                         known->second.batches.back().last_offset == each.batch.last_offset;
    each.may_vanish |= all_may_go && !is_last;
    if (has_tombstone(each.batch) || each.batch.is_control) {
      if (each.horizons_ms.contains(std::nullopt))
        each.horizons_ms.insert(time.now_ms + time.delete_retention_ms);
    }
  }
  clean_offset.most = std::max(clean_offset.most, active_segment);
}

void PartitionModel::was_cleaned(const CleaningTime& time, std::int64_t clean_before,
                                 const FoundPartition& left) {
  // What was compacted before and came back by a power loss isn't compacted again.
  const auto end_offset = left.clean_offset;
  const bool is_in_log = clean_before >= start.now && clean_before <= end.now;
  const auto first_dirty = is_in_log ? clean_before : start.now;
  const auto last = last_of_keys(batches, [=](const Record& record) {
    return record.offset >= first_dirty && record.offset < end_offset;
  });
  const auto outcomes = outcomes_of(batches);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    AppendedBatch& each = batches[i];
    const bool is_over = core_model::is_over(each, time.now_ms);
    const auto found = std::find_if(left.batches.begin(), left.batches.end(), [&](const auto& at) {
      return at.base_offset == each.batch.base_offset;
    });
    if (found != left.batches.end()) each.horizons_ms = {found->horizon_ms};
    for (std::size_t at = 0; at < each.batch.records.size() && !each.batch.is_control; ++at) {
      const Record& record = each.batch.records[at];
      if (record.offset < start.now || record.offset >= end_offset) continue;
      const bool is_aborted = outcomes[i] == Outcome::kAborted && record.offset >= first_dirty;
      const bool goes =
          !record.key || (!record.value && is_over) || is_aborted || has_later(last, record);
      if (goes) each.fates[at] = Fate::kIsGone;
    }
  }
  clean_offset = {end_offset, end_offset};
  end.after_power_loss = std::max(end.after_power_loss, end_offset);
}

}  // namespace fluxmq::core_model
