// OffsetProtocol: what OffsetCommit, OffsetFetch, OffsetDelete, DeleteGroups and the passing of
// time do to the offsets that groups committed, and to groups that have nothing else. Offsets count
// once their records are durable. Pure of I/O, as ClassicProtocol.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "classic_protocol.h"
#include "expiry.h"
#include "group_table.h"
#include "surroundings.h"

namespace fluxmq::api_groups {

struct OffsetLimits {
  std::size_t max_metadata_length = 4096;  // in Java's chars
  std::int64_t retention_ms = 7 * 24 * 60 * 60 * std::int64_t{1000};
};

class OffsetProtocol {
 public:
  OffsetProtocol(Surroundings& surroundings, const OffsetLimits& limits, GroupTable& groups,
                 ClassicProtocol& members)
      : surroundings_(surroundings), limits_(limits), groups_(groups), members_(members) {}

  // Each waiter is answered now or later.
  void commit(const CommitCommand& command, Waiter<ErrorList>* waiter);
  // `visit` gets the offsets, or null if there is no such group. `require_stable`: once all that
  // was committed before is durable.
  using VisitOffsets = std::function<void(const GroupOffsets* offsets)>;
  void fetch(std::string_view group_id, bool require_stable, VisitOffsets visit,
             Waiter<ErrorCode>* waiter);
  void delete_offsets(const DeleteOffsetsCommand& command, Waiter<ErrorList>* waiter);
  void delete_group(std::string_view group_id, Waiter<ErrorCode>* waiter);
  // Writes tombstones for offsets that expired or whose topic is gone, and for groups that have
  // nothing left.
  void expire(const IsCurrentTopic& is_current);

 private:
  ErrorCode may_commit(const CommitCommand& command, GroupPointer& group);
  bool has_room_for(const Group& group, const CommitCommand& command);
  void store(const CommitCommand& command, const GroupPointer& group, ErrorList result,
             Waiter<ErrorList>* waiter);
  void delete_unsubscribed(const DeleteOffsetsCommand& command, const GroupPointer& group,
                           Waiter<ErrorList>* waiter);
  void remove_offsets(const GroupPointer& group, std::vector<ExpiredOffsets::Partition> partitions,
                      WriteDone done);
  // Null: no one waits for it.
  void begin_deletion(const GroupPointer& group, Waiter<ErrorCode>* waiter);
  // Runs `then` when no commit of the group is on the way to the log.
  void when_settled(const GroupPointer& group, std::function<void()> then);

  Surroundings& surroundings_;
  const OffsetLimits& limits_;
  GroupTable& groups_;
  ClassicProtocol& members_;
};

}  // namespace fluxmq::api_groups
