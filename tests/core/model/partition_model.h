// What a partition must hold: the simple side of the test. A list of all that was appended; how
// much of it a crash and the cleaner may have taken is kept beside it.
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "found.h"
#include "log_model.h"
#include "producer_model.h"

namespace fluxmq::core_model {

using storage_faults::Crash;
using storage_faults::Reached;

// What cleanings have left of a record.
enum class Fate : std::uint8_t { kStays, kMayBeGone, kIsGone };

struct AppendedBatch {
  Batch batch;
  std::vector<Fate> fates = std::vector<Fate>(batch.records.size(), Fate::kStays);
  bool may_vanish = false;  // as a whole, not just its records
  std::set<std::optional<std::int64_t>> horizons_ms{std::nullopt};  // any of them
};

// When and by what configs a cleaning runs.
struct CleaningTime {
  std::int64_t now_ms;
  std::int64_t delete_retention_ms;
  std::int64_t min_compaction_lag_ms;
};

struct PartitionModel {
  std::vector<AppendedBatch> batches;  // also those below the log start
  Reached start, end;
  struct {
    std::int64_t least = 0, most = 0;
  } clean_offset;           // where the cleaner says to be
  ProducerModel producers;  // as a partition knows them that goes on

  void append(Batch batch);
  // As if batches from `offset` on had never been there.
  void cut(std::int64_t offset);

  // A cleaning of this log may have taken what the rules let it take; or a part of that. Nothing
  // from `active_segment` on.
  void may_be_cleaned(const CleaningTime& time, std::int64_t active_segment);
  // It has, from `clean_before` on, and left what is found.
  void was_cleaned(const CleaningTime& time, std::int64_t clean_before, const FoundPartition& left);

  // What a crash left is what the log is from now on; but for its producers.
  void adopt(const FoundPartition& found, Crash crash);
};

// Why a partition can't have been found so; "": it can.
std::string difference(const FoundPartition& found, const PartitionModel& model, Crash crash);

}  // namespace fluxmq::core_model
