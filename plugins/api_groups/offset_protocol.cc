#include "offset_protocol.h"

#include <optional>
#include <utility>

#include "java_string.h"
#include "records.h"

namespace fluxmq::api_groups {

namespace {

OffsetAndMetadata committed_by(const CommitCommand& command, const CommitCommand::Offset& asked,
                               std::int64_t now_ms) {
  OffsetAndMetadata committed;
  committed.offset = asked.offset;
  committed.leader_epoch = asked.leader_epoch;
  committed.metadata = asked.metadata;
  committed.commit_timestamp_ms = asked.timestamp_ms == -1 ? now_ms : asked.timestamp_ms;
  if (command.retention_time_ms != -1) {
    committed.expire_timestamp_ms = now_ms + command.retention_time_ms;
  }
  committed.topic_id = asked.topic_id;
  return committed;
}

}  // namespace

// OffsetCommit

ErrorCode OffsetProtocol::may_commit(const CommitCommand& command, GroupPointer& group) {
  group = groups_.find(command.group_id);
  if (group != nullptr) {
    return members_.commit(group, command.member_id, command.group_instance_id,
                           command.generation_id);
  }
  if (command.generation_id >= 0) {
    return command.knows_group_id_not_found ? ErrorCode::GROUP_ID_NOT_FOUND
                                            : ErrorCode::ILLEGAL_GENERATION;
  }
  // Of a consumer without membership, or an administrator.
  group = groups_.create_new(command.group_id, surroundings_.wall_time_ms());
  return group == nullptr ? ErrorCode::INVALID_COMMIT_OFFSET_SIZE : ErrorCode::NONE;
}

void OffsetProtocol::commit(const CommitCommand& command, Waiter<ErrorList>* waiter) {
  GroupPointer group;
  ErrorList result;
  result.error = may_commit(command, group);
  if (result.error != ErrorCode::NONE) return surroundings_.answer(waiter, std::move(result));
  if (!has_room_for(*group, command)) {
    result.error = ErrorCode::INVALID_COMMIT_OFFSET_SIZE;
    return surroundings_.answer(waiter, std::move(result));
  }
  result.each.reserve(command.offsets.size());
  for (const auto& offset : command.offsets) {
    result.each.push_back(utf16_length(offset.metadata) > limits_.max_metadata_length
                              ? ErrorCode::OFFSET_METADATA_TOO_LARGE
                              : ErrorCode::NONE);
  }
  store(command, group, std::move(result), waiter);
}

bool OffsetProtocol::has_room_for(const Group& group, const CommitCommand& command) {
  std::size_t growth = 0;
  for (const auto& [topic, id, partition, offset, epoch, metadata, timestamp] : command.offsets) {
    growth += group.offsets.growth(topic, partition, metadata.size());
  }
  return growth == 0 || surroundings_.has_room(growth);
}

void OffsetProtocol::store(const CommitCommand& command, const GroupPointer& group,
                           ErrorList result, Waiter<ErrorList>* waiter) {
  struct Stored {
    const CommitCommand::Offset* asked;
    OffsetAndMetadata committed;
  };
  const std::int64_t now_ms = surroundings_.wall_time_ms();
  std::vector<CoordinatorRecord> records;
  std::vector<Stored> stored;
  for (std::size_t i = 0; i < command.offsets.size(); ++i) {
    if (result.each[i] != ErrorCode::NONE) continue;
    const auto& asked = command.offsets[i];
    auto committed = committed_by(command, asked, now_ms);
    records.push_back(offset_record(command.group_id, asked.topic, asked.partition, committed));
    stored.push_back({&asked, std::move(committed)});
  }
  if (records.empty()) return surroundings_.answer(waiter, std::move(result));
  ++group->pending_commits;
  auto done = [this, group, waiter, result = std::move(result),
               stored = std::move(stored)](ErrorCode error) mutable {
    --group->pending_commits;
    result.error = error;
    if (error == ErrorCode::NONE) {
      for (auto& [asked, committed] : stored) {
        group->offsets.put(asked->topic, asked->partition, std::move(committed));
      }
    }
    surroundings_.answer(waiter, std::move(result));
  };
  surroundings_.write(std::move(records), Durability::kAsConfigured, std::move(done));
}

// OffsetFetch

void OffsetProtocol::fetch(std::string_view group_id, bool require_stable, VisitOffsets visit,
                           Waiter<ErrorCode>* waiter) {
  const auto read = [this, group_id, waiter, visit = std::move(visit)](ErrorCode) {
    const auto group = groups_.find(group_id);
    const bool exists = group != nullptr && !group->is(GroupState::kDead);
    visit(exists ? &group->offsets : nullptr);
    surroundings_.answer(waiter, ErrorCode::NONE);
  };
  require_stable ? surroundings_.after_writes(read) : read(ErrorCode::NONE);
}

// OffsetDelete

void OffsetProtocol::delete_offsets(const DeleteOffsetsCommand& command,
                                    Waiter<ErrorList>* waiter) {
  const auto group = groups_.find(command.group_id);
  ErrorList result;
  if (group == nullptr || group->is(GroupState::kDead)) {
    result.error = ErrorCode::GROUP_ID_NOT_FOUND;
  } else if (!group->is(GroupState::kEmpty) && !group->uses_consumer_protocol()) {
    result.error = ErrorCode::NON_EMPTY_GROUP;
  }
  if (result.error != ErrorCode::NONE) return surroundings_.answer(waiter, std::move(result));
  when_settled(group,
               [this, group, waiter, &command] { delete_unsubscribed(command, group, waiter); });
}

void OffsetProtocol::delete_unsubscribed(const DeleteOffsetsCommand& command,
                                         const GroupPointer& group, Waiter<ErrorList>* waiter) {
  ErrorList result;
  std::vector<ExpiredOffsets::Partition> partitions;
  for (const auto& [topic, partition] : command.partitions) {
    const bool is_subscribed = group->is_subscribed_to(topic);
    result.each.push_back(is_subscribed ? ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode::NONE);
    if (!is_subscribed && group->offsets.find(topic, partition) != nullptr) {
      partitions.push_back({std::string(topic), partition});
    }
  }
  if (partitions.empty()) return surroundings_.answer(waiter, std::move(result));
  remove_offsets(group, std::move(partitions),
                 [this, waiter, result = std::move(result)](ErrorCode error) mutable {
                   result.error = error;
                   surroundings_.answer(waiter, std::move(result));
                 });
}

void OffsetProtocol::remove_offsets(const GroupPointer& group,
                                    std::vector<ExpiredOffsets::Partition> partitions,
                                    WriteDone done) {
  std::vector<CoordinatorRecord> tombstones;
  tombstones.reserve(partitions.size());
  for (const auto& [topic, partition] : partitions) {
    tombstones.push_back(offset_tombstone(group->group_id(), topic, partition));
  }
  surroundings_.write(
      std::move(tombstones), Durability::kAsConfigured,
      [group, partitions = std::move(partitions), done = std::move(done)](ErrorCode error) {
        if (error == ErrorCode::NONE) {
          for (const auto& [topic, partition] : partitions) group->offsets.remove(topic, partition);
        }
        done(error);
      });
}

// DeleteGroups

void OffsetProtocol::delete_group(std::string_view group_id, Waiter<ErrorCode>* waiter) {
  const auto group = groups_.find(group_id);
  if (group == nullptr) return surroundings_.answer(waiter, ErrorCode::GROUP_ID_NOT_FOUND);
  when_settled(group, [this, group, waiter] {
    if (group->is(GroupState::kDead)) {
      surroundings_.answer(waiter, ErrorCode::GROUP_ID_NOT_FOUND);
    } else if (!group->is(GroupState::kEmpty)) {
      surroundings_.answer(waiter, ErrorCode::NON_EMPTY_GROUP);
    } else {
      begin_deletion(group, waiter);
    }
  });
}

// Until its tombstones are durable the group is Dead, and clients are told to try again.
void OffsetProtocol::begin_deletion(const GroupPointer& group, Waiter<ErrorCode>* waiter) {
  std::vector<CoordinatorRecord> tombstones;
  for (const auto& [topic, partitions] : group->offsets.topics()) {
    for (const auto& [partition, committed] : partitions) {
      tombstones.push_back(offset_tombstone(group->group_id(), topic, partition));
    }
  }
  tombstones.push_back(group_tombstone(group->group_id()));
  const std::int64_t empty_since_ms = group->state_timestamp_ms();
  group->become(GroupState::kDead, empty_since_ms);
  surroundings_.write(std::move(tombstones), Durability::kAsConfigured,
                      [this, group, waiter, empty_since_ms](ErrorCode error) {
                        if (error == ErrorCode::NONE) {
                          groups_.remove(group->group_id());
                        } else {
                          group->become(GroupState::kEmpty, empty_since_ms);
                        }
                        if (waiter != nullptr) surroundings_.answer(waiter, error);
                      });
}

// Time

void OffsetProtocol::expire(const IsCurrentTopic& is_current) {
  const std::int64_t now_ms = surroundings_.wall_time_ms();
  for (const auto& [group_id, group] : groups_) {
    // What is on the way to the log makes it younger.
    if (group->is(GroupState::kDead) || group->pending_commits > 0) continue;
    auto expired = find_expired(*group, now_ms, limits_.retention_ms, is_current);
    // Who has just got an id is about to join.
    const bool is_left = group->is(GroupState::kEmpty) && group->pending_join_count() == 0;
    if (expired.are_all && is_left) {
      begin_deletion(group, nullptr);
    } else if (!expired.partitions.empty()) {
      remove_offsets(group, std::move(expired.partitions), [](ErrorCode) {});
    }
  }
}

void OffsetProtocol::when_settled(const GroupPointer& group, std::function<void()> then) {
  if (group->pending_commits == 0) return then();
  surroundings_.after_writes(
      [this, group, then = std::move(then)](ErrorCode) { when_settled(group, then); });
}

}  // namespace fluxmq::api_groups
