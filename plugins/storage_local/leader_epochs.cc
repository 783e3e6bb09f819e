#include "leader_epochs.h"

#include <algorithm>

#include "checkpoint_file.h"

namespace fluxmq::storage_local {

bool LeaderEpochs::assign(std::int32_t epoch, std::int64_t offset) {
  if (epoch <= latest()) return false;
  truncate_from_end(offset);  // of an epoch that ended there nothing is left
  entries_.push_back({epoch, offset});
  return true;
}

bool LeaderEpochs::truncate_from_end(std::int64_t offset) {
  return std::erase_if(entries_, [=](const Entry& entry) { return entry.start_offset >= offset; }) >
         0;
}

void LeaderEpochs::truncate_from_start(std::int64_t offset) {
  const auto after =
      std::partition_point(entries_.begin(), entries_.end(),
                           [offset](const Entry& entry) { return entry.start_offset <= offset; });
  if (after == entries_.begin()) return;
  entries_.erase(entries_.begin(), std::prev(after));
  entries_.front().start_offset = offset;
}

LeaderEpochs::End LeaderEpochs::end_of(std::int32_t epoch, std::int64_t log_end_offset) const {
  if (epoch < 0 || epoch > latest()) return {-1, -1};
  if (epoch == latest()) return {epoch, log_end_offset};
  const auto higher =
      std::partition_point(entries_.begin(), entries_.end(),
                           [epoch](const Entry& entry) { return entry.epoch <= epoch; });
  const auto found = higher == entries_.begin() ? epoch : std::prev(higher)->epoch;
  return {found, higher->start_offset};
}

std::string LeaderEpochs::to_text() const {
  std::string lines;
  for (const Entry& entry : entries_) {
    lines += std::to_string(entry.epoch) + " " + std::to_string(entry.start_offset) + "\n";
  }
  return checkpoint_text(entries_.size(), lines);
}

LeaderEpochs LeaderEpochs::parse(std::string_view text) {
  LeaderEpochs epochs;
  for (const auto& line : parse_checkpoint(text, 2)) {
    epochs.assign(static_cast<std::int32_t>(parse_int64(line[0])), parse_int64(line[1]));
  }
  return epochs;
}

}  // namespace fluxmq::storage_local
