// Surroundings of a group in a test: a clock that moves when told, and a log that stores when told.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "classic_protocol.h"

namespace fluxmq::api_groups {

// A request that waits for its answer.
template <class Result>
class Reply : public Waiter<Result> {
 public:
  bool is_here() const { return this->result_.has_value(); }
  const Result& get() const { return this->result_.value(); }
  ErrorCode error() const { return get().error; }
};

class Scene : public Surroundings {
 public:
  explicit Scene(ProtocolLimits limits_of_groups = {.initial_rebalance_delay_ms = 0})
      : limits(limits_of_groups), protocol(*this, limits), group(new_group()) {}

  std::shared_ptr<Group> new_group() const { return std::make_shared<Group>("group", 0); }

  std::int64_t now_ms() override { return time_ms; }
  std::int64_t wall_time_ms() override { return 1'700'000'000'000 + time_ms; }
  std::string random_uuid() override { return "uuid" + std::to_string(++uuids); }
  DeadlineQueue& deadlines() override { return queue; }
  using Surroundings::write;
  void write(std::vector<CoordinatorRecord> written, Durability, WriteDone done) override {
    for (auto& record : written) records.push_back(std::move(record));
    writes.push_back(std::move(done));
  }
  void answer(Waiter<JoinResult>* waiter, JoinResult result) override {
    waiter->complete(std::move(result));
  }
  void answer(Waiter<SyncResult>* waiter, SyncResult result) override {
    waiter->complete(std::move(result));
  }
  void answer(Waiter<ErrorList>* waiter, ErrorList result) override {
    waiter->complete(std::move(result));
  }
  void answer(Waiter<ErrorCode>* waiter, ErrorCode result) override { waiter->complete(result); }
  bool has_room(std::size_t more_bytes) override { return more_bytes <= room_bytes; }
  void note(std::string_view) override {}

  // The log stores, or refuses, what was written so far.
  void store(ErrorCode error = ErrorCode::NONE) {
    while (!writes.empty()) {
      const WriteDone done = std::move(writes.front());
      writes.pop_front();
      done(error);
    }
  }
  void advance(std::int64_t ms) {
    const std::int64_t until_ms = time_ms + ms;
    while (queue.next_ms() <= until_ms) {
      time_ms = std::max(time_ms, queue.next_ms());
      protocol.meet(*queue.pop_due(time_ms));
      ++wake_ups;
    }
    time_ms = until_ms;
  }

  static JoinCommand command(std::string_view member_id = {}) {
    JoinCommand command;
    command.member_id = member_id;
    command.client_id = "client";
    command.client_host = "/127.0.0.1";
    command.session_timeout_ms = 10'000;
    command.rebalance_timeout_ms = 60'000;
    command.protocol_type = "consumer";
    command.protocols = {{"range", "subscription"}};
    command.requires_known_member_id = true;
    command.supports_skipping_assignment = true;
    return command;
  }
  static JoinCommand static_command(std::string_view instance, std::string_view member_id = {}) {
    JoinCommand joining = command(member_id);
    joining.group_instance_id = instance;
    return joining;
  }

  using JoinReply = const Reply<JoinResult>*;
  using SyncReply = const Reply<SyncResult>*;

  JoinReply join(JoinCommand joining) {
    protocol.join(group, std::move(joining), &join_replies.emplace_back());
    return &join_replies.back();
  }
  // An id for a new member, by a first join without one.
  std::string new_id() { return join(command())->get().member_id; }

  SyncReply sync(const std::string& member_id, Assignments assignments = {},
                 std::optional<std::int32_t> generation_id = {},
                 std::optional<std::string_view> instance = {}) {
    SyncCommand syncing;
    syncing.member_id = member_id;
    syncing.group_instance_id = instance;
    syncing.generation_id = generation_id.value_or(group->generation_id());
    syncing.assignments = std::move(assignments);
    protocol.sync(group, std::move(syncing), &sync_replies.emplace_back());
    return &sync_replies.back();
  }
  ErrorCode heartbeat(const std::string& member_id) {
    return protocol.heartbeat(group, member_id, {}, group->generation_id());
  }
  ErrorCode commit(std::string_view member_id, std::int32_t generation_id) {
    return protocol.commit(group, member_id, {}, generation_id);
  }
  ErrorCode leave(const std::string& member_id) {
    return protocol.leave(group, {{member_id, {}, {}}}).front();
  }

  // A stable group of so many members; the first one leads.
  std::vector<std::string> stable_group(std::size_t size) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < size; ++i) ids.push_back(new_id());
    std::vector<JoinReply> joins;
    for (const auto& id : ids) joins.push_back(join(command(id)));
    advance(limits.initial_rebalance_delay_ms);
    Assignments assignments;
    for (const auto& id : ids) assignments[id] = "for " + id;
    for (std::size_t i = size; i-- > 0;) {
      sync(ids[i], ids[i] == group->leader() ? assignments : Assignments{});
    }
    store();
    return ids;
  }

  ProtocolLimits limits;
  std::int64_t time_ms = 0;
  std::int64_t wake_ups = 0;
  std::size_t room_bytes = SIZE_MAX;
  int uuids = 0;
  DeadlineQueue queue;
  std::vector<CoordinatorRecord> records;
  std::deque<WriteDone> writes;
  std::deque<Reply<JoinResult>> join_replies;
  std::deque<Reply<SyncResult>> sync_replies;
  ClassicProtocol protocol;
  std::shared_ptr<Group> group;
};

}  // namespace fluxmq::api_groups
