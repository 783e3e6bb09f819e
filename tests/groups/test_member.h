// A member of a group over its own connection, and what else is asked about a group.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fluxmq/protocol/messages/delete_groups.h"
#include "fluxmq/protocol/messages/describe_groups.h"
#include "fluxmq/protocol/messages/heartbeat.h"
#include "fluxmq/protocol/messages/join_group.h"
#include "fluxmq/protocol/messages/leave_group.h"
#include "fluxmq/protocol/messages/offset_commit.h"
#include "fluxmq/protocol/messages/offset_fetch.h"
#include "fluxmq/protocol/messages/sync_group.h"
#include "fluxmq/protocol/records/consumer_protocol.h"
#include "fluxmq/protocol/records/coordinator_record.h"
#include "test_client.h"

namespace fluxmq::groups_tests {

struct Versions {
  std::int16_t join = 9;
  std::int16_t sync = 5;
  std::int16_t heartbeat = 4;
  std::int16_t leave = 5;
  std::int16_t commit = 9;
};

// A consumer's, version 0.
inline std::string subscription(const std::vector<std::string>& topics) {
  protocol::ConsumerProtocolSubscription message;
  for (const auto& topic : topics) message.topics.emplace_back(topic);
  protocol::Writer writer;
  protocol::encode_value(writer, message, 0);
  return std::string(protocol::as_text(writer.bytes()));
}

class TestMember {
 public:
  TestMember(std::uint16_t port, std::string group_id, std::string group_instance_id = {},
             Versions in_versions = {})
      : versions(in_versions),
        client(port, "member"),
        group_id_(std::move(group_id)),
        instance_(std::move(group_instance_id)) {}

  void send_join() {
    protocol::JoinGroupRequest request;
    request.group_id = group_id_;
    request.session_timeout_ms = session_timeout_ms;
    request.rebalance_timeout_ms = 60'000;
    request.member_id = member_id;
    if (!instance_.empty()) request.group_instance_id = instance_;
    request.protocol_type = "consumer";
    request.protocols.push_back({"range", protocol::as_bytes(metadata)});
    client.send(request, versions.join);
  }
  ErrorCode receive_join() {
    const auto response = client.receive<protocol::JoinGroupResponse>(versions.join);
    const auto code = error(response->error_code);
    if (code == ErrorCode::MEMBER_ID_REQUIRED) {
      member_id = response->member_id;
      send_join();
      return receive_join();
    }
    if (code != ErrorCode::NONE) return code;
    member_id = response->member_id;
    generation_id = response->generation_id;
    is_leader = response->leader == member_id;
    members.clear();
    for (const auto& member : response->members) members.emplace_back(member.member_id);
    return code;
  }
  ErrorCode join() {
    send_join();
    return receive_join();
  }
  // As the first of two joins, for those that want all members to join together.
  void ask_for_id() {
    send_join();
    const auto response = client.receive<protocol::JoinGroupResponse>(versions.join);
    member_id = response->member_id;
  }

  void send_sync(const std::map<std::string, std::string>& assignments = {}) {
    protocol::SyncGroupRequest request;
    request.group_id = group_id_;
    request.generation_id = generation_id;
    request.member_id = member_id;
    if (!instance_.empty()) request.group_instance_id = instance_;
    request.protocol_type = "consumer";
    request.protocol_name = "range";
    for (const auto& [id, bytes] : assignments) {
      request.assignments.push_back({id, protocol::as_bytes(bytes)});
    }
    client.send(request, versions.sync);
  }
  ErrorCode receive_sync() {
    const auto response = client.receive<protocol::SyncGroupResponse>(versions.sync);
    assignment = protocol::as_text(response->assignment);
    return error(response->error_code);
  }
  ErrorCode sync(const std::map<std::string, std::string>& assignments = {}) {
    send_sync(assignments);
    return receive_sync();
  }

  ErrorCode heartbeat() {
    protocol::HeartbeatRequest request;
    request.group_id = group_id_;
    request.generation_id = generation_id;
    request.member_id = member_id;
    if (!instance_.empty()) request.group_instance_id = instance_;
    return error(client.ask<protocol::HeartbeatResponse>(request, versions.heartbeat)->error_code);
  }

  ErrorCode leave() {
    protocol::LeaveGroupRequest request;
    request.group_id = group_id_;
    request.member_id = member_id;
    auto& member = request.members.emplace_back();
    member.member_id = member_id;
    if (!instance_.empty()) member.group_instance_id = instance_;
    const auto response = client.ask<protocol::LeaveGroupResponse>(request, versions.leave);
    if (versions.leave < 3) return error(response->error_code);
    return error(response->members.at(0).error_code);
  }

  ErrorCode commit(std::string_view topic, std::int32_t partition, std::int64_t offset) {
    protocol::OffsetCommitRequest request;
    request.group_id = group_id_;
    request.generation_id_or_member_epoch = generation_id;
    request.member_id = member_id;
    if (!instance_.empty()) request.group_instance_id = instance_;
    auto& asked = request.topics.emplace_back();
    asked.name = topic;
    asked.partitions.push_back({partition, offset, -1, -1, "by a member"});
    const auto response = client.ask<protocol::OffsetCommitResponse>(request, versions.commit);
    return error(response->topics.at(0).partitions.at(0).error_code);
  }

  Versions versions;
  Client client;
  std::int32_t session_timeout_ms = 10'000;
  std::string metadata = subscription({});
  std::string member_id;
  std::int32_t generation_id = -1;
  bool is_leader = false;
  std::vector<std::string> members;  // if it leads
  std::string assignment;

 private:
  std::string group_id_;
  std::string instance_;
};

// Without membership.
inline ErrorCode simple_commit(Client& client, std::string_view group, std::string_view topic,
                               std::int32_t partition, std::int64_t offset,
                               std::string_view metadata = "", std::int16_t version = 9) {
  protocol::OffsetCommitRequest request;
  request.group_id = group;
  auto& asked = request.topics.emplace_back();
  asked.name = topic;
  asked.partitions.push_back({partition, offset, -1, -1, metadata});
  const auto response = client.ask<protocol::OffsetCommitResponse>(request, version);
  return error(response->topics.at(0).partitions.at(0).error_code);
}

// -1: none.
inline std::int64_t committed(Client& client, std::string_view group, std::string_view topic,
                              std::int32_t partition) {
  protocol::OffsetFetchRequest request;
  request.group_id = group;
  request.topics->push_back({topic, {partition}});
  request.require_stable = true;
  auto response = client.ask<protocol::OffsetFetchResponse>(request, 7);
  // Each partition of __consumer_offsets is read by itself after a start.
  wait_until([&] {
    if (error(response->error_code) != ErrorCode::COORDINATOR_LOAD_IN_PROGRESS) return true;
    response = client.ask<protocol::OffsetFetchResponse>(request, 7);
    return false;
  });
  if (response->error_code != 0) throw std::runtime_error("OffsetFetch failed");
  return response->topics.at(0).partitions.at(0).committed_offset;
}

struct DescribedGroup {
  ErrorCode error{};
  std::string state;
  std::string protocol_name;
  std::vector<std::string> member_ids;
};

inline DescribedGroup describe(Client& client, std::string_view group) {
  protocol::DescribeGroupsRequest request;
  request.groups = {group};
  const auto response = client.ask<protocol::DescribeGroupsResponse>(request, 6);
  const auto& told = response->groups.at(0);
  DescribedGroup described{
      error(told.error_code), std::string(told.group_state), std::string(told.protocol_data), {}};
  for (const auto& member : told.members) described.member_ids.emplace_back(member.member_id);
  return described;
}

inline ErrorCode delete_group(Client& client, std::string_view group, std::int16_t version = 2) {
  protocol::DeleteGroupsRequest request;
  request.groups_names = {group};
  return error(
      client.ask<protocol::DeleteGroupsResponse>(request, version)->results.at(0).error_code);
}

}  // namespace fluxmq::groups_tests
