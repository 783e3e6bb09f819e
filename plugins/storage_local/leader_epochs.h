// Which leader epoch began at which offset, kept in leader-epoch-checkpoint as Kafka keeps it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fluxmq::storage_local {

class LeaderEpochs {
 public:
  struct Entry {
    std::int32_t epoch;
    std::int64_t start_offset;
    bool operator==(const Entry&) const = default;
  };
  struct End {
    std::int32_t epoch;
    std::int64_t offset;
  };

  // -1: there is none.
  std::int32_t latest() const { return entries_.empty() ? -1 : entries_.back().epoch; }
  // A batch of `epoch` lies at `offset`. True: that is a new epoch.
  bool assign(std::int32_t epoch, std::int64_t offset);
  // Forgets epochs that begin at or past `offset`. True: there were some.
  bool truncate_from_end(std::int64_t offset);
  // Forgets epochs that ended by `offset`.
  void truncate_from_start(std::int64_t offset);
  // Kafka's OffsetForLeaderEpoch: -1, -1 if `epoch` is newer than all.
  End end_of(std::int32_t epoch, std::int64_t log_end_offset) const;

  // The file's text. parse throws std::runtime_error.
  std::string to_text() const;
  static LeaderEpochs parse(std::string_view text);

  bool operator==(const LeaderEpochs&) const = default;

 private:
  std::vector<Entry> entries_;  // both members ascend
};

}  // namespace fluxmq::storage_local
