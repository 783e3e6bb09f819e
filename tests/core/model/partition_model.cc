#include "partition_model.h"

#include <algorithm>

namespace fluxmq::core_model {

void PartitionModel::append(Batch batch) {
  end.now = end.after_death = batch.next_offset();
  producers.append(batch);
  batches.push_back({std::move(batch)});
}

void PartitionModel::cut(std::int64_t offset) {
  std::erase_if(batches, [=](const auto& each) { return each.batch.last_offset >= offset; });
  start.lower(offset);
  end.lower(offset);
}

void PartitionModel::adopt(const FoundPartition& found, Crash crash) {
  cut(found.end);
  end.now = end.after_death = found.end;
  start.now = start.after_death = found.start;
  if (crash == Crash::kDeath) return;
  // It was read from the disk.
  end.after_power_loss = found.end;
  start.after_power_loss = found.start;
  clean_offset = {found.clean_offset, found.clean_offset};
}

namespace {

std::string bounds_difference(const FoundPartition& found, const PartitionModel& model,
                              Crash crash) {
  if (found.end < model.end.least(crash)) {
    return concat("it ends at ", found.end, ", before ", model.end.least(crash));
  }
  // What DeleteRecords was told of stays the start, though the log has lost what came before it.
  const bool at_an_end =
      found.end == 0 || found.end == model.end.now || found.end == model.start.least(crash) ||
      found.end == model.start.now ||
      std::any_of(model.batches.begin(), model.batches.end(),
                  [&](const auto& each) { return each.batch.next_offset() == found.end; });
  if (!at_an_end) return concat("it ends at ", found.end, ", where no batch ends");
  if (found.start < model.start.least(crash) || found.start > model.start.now) {
    return concat("it starts at ", found.start, ", not at ", model.start.least(crash), " to ",
                  model.start.now);
  }
  const auto [least, most] = model.clean_offset;
  if (found.clean_offset < least || found.clean_offset > most) {
    return concat("it is clean up to ", found.clean_offset, ", not to ", least, " to ", most);
  }
  return "";
}

std::string batch_difference(const Batch& found, const AppendedBatch& appended) {
  const Batch& batch = appended.batch;
  const auto at = concat("at ", batch.base_offset, " ");
  if (!found.has_header_of(batch)) return at + "there is another batch";
  if (!appended.horizons_ms.contains(found.horizon_ms) && !found.records.empty()) {
    return at + concat("there is a horizon of ", found.horizon_ms.value_or(-1));
  }
  auto left = found.records.begin();
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    const Record& record = batch.records[i];
    const bool is_there = left != found.records.end() && left->offset == record.offset;
    if (is_there && *left != record) return concat("another record at ", record.offset);
    if (is_there) ++left;
    if (!is_there && appended.fates[i] == Fate::kStays) return concat("no record ", record.offset);
    if (is_there && appended.fates[i] == Fate::kIsGone) {
      return concat("the record at ", record.offset, " is there again");
    }
  }
  if (left != found.records.end()) return at + "there are more records than were appended";
  return "";
}

std::string batches_difference(const FoundPartition& found, const PartitionModel& model) {
  auto at = found.batches.begin();
  for (const AppendedBatch& appended : model.batches) {
    const Batch& batch = appended.batch;
    if (batch.last_offset < found.start || batch.last_offset >= found.end) continue;
    if (at == found.batches.end() || at->base_offset != batch.base_offset) {
      if (appended.may_vanish) continue;
      return concat("no batch at ", batch.base_offset);
    }
    const auto wrong = batch_difference(*at, appended);
    if (!wrong.empty()) return wrong;
    ++at;
  }
  if (at == found.batches.end()) return "";
  return concat("a batch at ", at->base_offset, " that wasn't appended");
}

// What is known of a producer must be how it was after one of its batches: the last one that the
// log still has, or a later one, of which a snapshot tells.
std::string producer_difference(std::int64_t id, const FoundPartition& found,
                                const PartitionModel& model) {
  std::int64_t newest = -1;
  for (const Batch& batch : found.batches) {
    if (batch.producer.id == id) newest = batch.base_offset;
  }
  const auto told = found.producers.find(id);
  if (told == found.producers.end()) {
    return newest < 0 ? "" : concat("producer ", id, " isn't known, but for its batch at ", newest);
  }
  ProducerModel states;
  for (const auto& [batch, fates, may_vanish, horizons] : model.batches) {
    if (batch.producer.id != id || batch.last_offset >= found.end) continue;
    states.append(batch);
    const KnownProducer& known = states.producers[id];
    const bool is_so = told->second.producer_epoch == known.epoch &&
                       (told->second.last_sequence == known.last_sequence() ||
                        (batch.is_control && told->second.last_sequence == protocol::kNoSequence));
    if (batch.base_offset >= newest && is_so) return "";
  }
  return concat("producer ", id, " is known with sequence ", told->second.last_sequence,
                " of epoch ", told->second.producer_epoch, ", its newest batch is at ", newest);
}

std::string producers_difference(const FoundPartition& found, const PartitionModel& model,
                                 Crash crash) {
  std::set<std::int64_t> ids;
  for (const auto& [id, state] : found.producers) ids.insert(id);
  for (const auto& each : model.batches) {
    if (each.batch.is_of_producer()) ids.insert(each.batch.producer.id);
  }
  for (const auto id : ids) {
    if (crash != Crash::kNone) {
      const auto wrong = producer_difference(id, found, model);
      if (!wrong.empty()) return wrong;
      continue;
    }
    const auto told = found.producers.find(id);
    const auto known = model.producers.producers.find(id);
    const bool is_told = told != found.producers.end();
    if (is_told != (known != model.producers.producers.end())) {
      return concat("producer ", id, is_told ? " is known" : " isn't known");
    }
    if (is_told && (told->second.producer_epoch != known->second.epoch ||
                    told->second.last_sequence != known->second.last_sequence())) {
      return concat("producer ", id, " is known with sequence ", told->second.last_sequence,
                    " of epoch ", told->second.producer_epoch);
    }
  }
  return "";
}

}  // namespace

std::string difference(const FoundPartition& found, const PartitionModel& model, Crash crash) {
  auto wrong = bounds_difference(found, model, crash);
  if (wrong.empty()) wrong = batches_difference(found, model);
  if (wrong.empty()) wrong = producers_difference(found, model, crash);
  return wrong;
}

}  // namespace fluxmq::core_model
