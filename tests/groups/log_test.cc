// What groups and offsets look like in the log, what is read back from it, and what expires.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "expiry.h"
#include "fluxmq/protocol/record_batch_builder.h"
#include "group_table.h"
#include "java_string.h"
#include "records.h"
#include "replay.h"
#include "vectors.h"

namespace fluxmq::api_groups {
namespace {

TEST(Partition, IsThatOfKafka) {
  int compared = 0;
  for (const auto& line :
       testing::read_lines(testing::vectors_folder() / "group-partition.jsonl")) {
    const auto vector = nlohmann::json::parse(line);
    const auto id = vector["id"].get<std::string>();
    EXPECT_EQ(java_hash(id), vector["hash"].get<std::int32_t>()) << id;
    for (const auto& [count, partition] : vector["partition"].items()) {
      EXPECT_EQ(partition_for(id, std::stoi(count)), partition.get<std::int32_t>()) << id;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100);
}

TEST(Text, IsMeasuredAsJavaDoes) {
  EXPECT_EQ(utf16_length(""), 0u);
  EXPECT_EQ(utf16_length("abc"), 3u);
  EXPECT_EQ(utf16_length("Ω≈ç"), 3u);
  EXPECT_EQ(utf16_length("\xf0\x9f\x98\x80"), 2u);
  EXPECT_EQ(utf16_length("\xff\x80"), 2u);  // no UTF-8 at all
  EXPECT_EQ(utf16_length("\xf0\x9f"), 2u);
}

Budget budget;

CoordinatorRecord owned(std::string key, std::optional<std::string> value) {
  return {std::move(key), std::move(value)};
}

bool replay_record(GroupTable& groups, const CoordinatorRecord& record) {
  std::optional<protocol::Bytes> value;
  if (record.value) value = protocol::as_bytes(*record.value);
  return groups.replay(protocol::as_bytes(record.key), value);
}

// A stable group of one.
Group& make_group(GroupTable& groups, std::string_view id) {
  Group& group = *groups.create(id, 123);
  Member member;
  member.member_id = "member";
  member.group_instance_id = "instance";
  member.client_id = "client";
  member.client_host = "/127.0.0.1";
  member.rebalance_timeout_ms = 60'000;
  member.session_timeout_ms = 45'000;
  member.protocols = {{"range", "subscription"}, {"sticky", ""}};
  member.assignment = "assignment";
  group.add(member, "consumer");
  group.restore(GroupState::kStable, 7, "consumer", "range", "member", 456);
  return group;
}

TEST(Replay, AGroupComesBackAsItWas) {
  GroupTable before(budget);
  const auto record = group_record(make_group(before, "group"));
  GroupTable after(budget);
  ASSERT_TRUE(replay_record(after, record));
  const auto group = after.find("group");
  ASSERT_NE(group, nullptr);
  EXPECT_TRUE(group->is(GroupState::kStable));
  EXPECT_EQ(group->generation_id(), 7);
  EXPECT_EQ(group->protocol_type(), "consumer");
  EXPECT_EQ(group->protocol_name(), "range");
  EXPECT_EQ(group->leader(), "member");
  EXPECT_EQ(group->state_timestamp_ms(), 456);
  ASSERT_EQ(group->members().size(), 1u);
  const Member& member = group->members().front();
  EXPECT_EQ(member.group_instance_id, "instance");
  EXPECT_EQ(member.client_host, "/127.0.0.1");
  EXPECT_EQ(member.rebalance_timeout_ms, 60'000);
  EXPECT_EQ(member.metadata("range"), "subscription");
  EXPECT_EQ(member.assignment, "assignment");
}

TEST(Replay, OffsetsComeBackAndGo) {
  OffsetAndMetadata committed;
  committed.offset = 42;
  committed.leader_epoch = 3;
  committed.metadata = "note";
  committed.commit_timestamp_ms = 99;
  committed.topic_id.bytes[15] = 1;
  GroupTable groups(budget);
  ASSERT_TRUE(replay_record(groups, offset_record("group", "topic", 1, committed)));
  const auto group = groups.find("group");
  ASSERT_NE(group, nullptr);  // without members: a simple group
  EXPECT_TRUE(group->is(GroupState::kEmpty));
  const auto* found = group->offsets.find("topic", 1);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->offset, 42);
  EXPECT_EQ(found->leader_epoch, 3);
  EXPECT_EQ(found->metadata, "note");
  EXPECT_EQ(found->topic_id, committed.topic_id);
  EXPECT_EQ(group->offsets.find("topic", 0), nullptr);

  committed.expire_timestamp_ms = 1000;
  ASSERT_TRUE(replay_record(groups, offset_record("group", "topic", 1, committed)));
  EXPECT_EQ(group->offsets.find("topic", 1)->expire_timestamp_ms, 1000);

  ASSERT_TRUE(replay_record(groups, offset_tombstone("group", "topic", 1)));
  EXPECT_TRUE(group->offsets.empty());
  ASSERT_TRUE(replay_record(groups, group_tombstone("group")));
  EXPECT_EQ(groups.find("group"), nullptr);
}

TEST(Replay, ALaterGenerationKeepsTheOffsets) {
  GroupTable groups(budget);
  ASSERT_TRUE(replay_record(groups, offset_record("group", "topic", 0, {})));
  GroupTable other(budget);
  ASSERT_TRUE(replay_record(groups, group_record(make_group(other, "group"))));
  EXPECT_NE(groups.find("group")->offsets.find("topic", 0), nullptr);
  EXPECT_EQ(groups.find("group")->generation_id(), 7);
}

TEST(Replay, TakesKafkasOwnRecords) {
  std::string group_key, offset_key;
  int replayed = 0;
  for (const auto& line :
       testing::read_lines(testing::vectors_folder() / "records-group-coordinator.jsonl")) {
    const auto vector = nlohmann::json::parse(line);
    const auto name = vector["record"].get<std::string>();
    const auto bytes = testing::from_hex(vector["hex"].get<std::string>());
    const std::string text(bytes.begin(), bytes.end());
    if (vector["kind"] == "key") {
      if (name == "GroupMetadataKey") group_key = text;
      if (name == "OffsetCommitKey") offset_key = text;
      if (name != "GroupMetadataKey" && name != "OffsetCommitKey" &&
          name != "LegacyOffsetCommitKey") {
        GroupTable groups(budget);
        EXPECT_FALSE(replay_record(groups, owned(text, ""))) << name;
      }
    } else if (name == "GroupMetadataValue" || name == "OffsetCommitValue") {
      GroupTable groups(budget);
      EXPECT_TRUE(
          replay_record(groups, owned(name == "GroupMetadataValue" ? group_key : offset_key, text)))
          << line;
      EXPECT_EQ(groups.size(), 1u);
      ++replayed;
    }
  }
  EXPECT_GT(replayed, 50);
}

TEST(Replay, SurvivesGarbage) {
  protocol::RecordBatchBuilder builder;
  const auto add = [&](std::string_view key, std::optional<std::string_view> value) {
    std::optional<protocol::Bytes> bytes;
    if (value) bytes = protocol::as_bytes(*value);
    builder.append(0, protocol::as_bytes(key), bytes);
  };
  GroupTable source(budget);
  const auto good = group_record(make_group(source, "good"));
  const auto wild = offset_record("good", "topic", 0, {});
  add("", "");
  add("\x00\x02\x7f\xff", "garbage");
  add(good.key, good.value);
  add(good.key, std::string_view("\x00\x63", 2));  // a version to come
  add(wild.key, std::string_view("\x00\x03\x00", 3));
  builder.append(0, std::nullopt, std::nullopt);
  const auto batch = builder.finish();
  std::vector<std::uint8_t> bytes(batch.begin(), batch.end());
  bytes.insert(bytes.end(), {1, 2, 3});  // a batch that is cut off

  GroupTable groups(budget);
  const auto chunk = replay(bytes, groups);
  EXPECT_EQ(chunk.next_offset, 6);
  EXPECT_EQ(chunk.records, 6);
  EXPECT_EQ(chunk.left_out, 5);
  ASSERT_NE(groups.find("good"), nullptr);
  EXPECT_EQ(groups.find("good")->generation_id(), 7);

  EXPECT_EQ(replay({}, groups).next_offset, -1);
  // Any single byte may be wrong.
  for (std::size_t i = 0; i < batch.size(); ++i) {
    std::vector<std::uint8_t> hurt(batch.begin(), batch.end());
    hurt[i] ^= 0x5a;
    GroupTable other(budget);
    replay(hurt, other);
  }
}

TEST(Replay, ADamagedBatchIsLeftOut) {
  protocol::RecordBatchBuilder builder;
  GroupTable source(budget);
  const auto record = group_record(make_group(source, "group"));
  builder.append(0, protocol::as_bytes(record.key), protocol::as_bytes(*record.value));
  const auto batch = builder.finish();
  batch[batch.size() - 5] ^= 1;  // within the assignment: it could be read all the same
  GroupTable groups(budget);
  const auto chunk = replay(batch, groups);
  EXPECT_EQ(chunk.left_out, 1);
  EXPECT_EQ(chunk.next_offset, 1);
  EXPECT_EQ(groups.size(), 0u);
}

TEST(Budget, CountsWhatIsKept) {
  Budget total;
  {
    GroupTable groups(total);
    auto& group = make_group(groups, "group");
    const auto before = total.bytes.load();
    OffsetAndMetadata committed;
    committed.metadata = "four";
    group.offsets.put("topic", 0, committed);
    EXPECT_EQ(group.offsets.growth("topic", 0, 5), 1u);
    EXPECT_EQ(group.offsets.growth("topic", 0, 4), 0u);
    committed.metadata = "longer";
    group.offsets.put("topic", 0, committed);
    group.offsets.put("topic", 1, {});
    EXPECT_GT(total.bytes, before);
    group.offsets.remove("topic", 0);
    group.offsets.remove("topic", 1);
    EXPECT_EQ(total.bytes, before);
    Member& member = group.members().front();
    group.set_assignment(member, member.assignment + "more");
    EXPECT_EQ(total.bytes, before + 4);
    group.rename(member, member.member_id + "2");
    group.add_pending_join("pending");
    group.remove("pending");
    group.remove("member2");
    EXPECT_LT(total.bytes, before);
    // In place of the one before.
    ASSERT_TRUE(replay_record(groups, group_record(group)));
    EXPECT_EQ(total.groups, 1);
  }
  EXPECT_EQ(total.groups, 0);
  EXPECT_EQ(total.bytes, 0);
}

TEST(Budget, RefusesNewGroups) {
  Budget total{.max_groups = 2, .max_bytes = static_cast<std::int64_t>(kGroupBytes) + 100};
  GroupTable groups(total);
  EXPECT_NE(groups.create_new("group", 0), nullptr);
  EXPECT_EQ(groups.create_new("other", 0), nullptr);  // no memory for it
  total.max_bytes = INT64_MAX;
  EXPECT_NE(groups.create_new("other", 0), nullptr);
  EXPECT_EQ(groups.create_new("third", 0), nullptr);
  groups.remove("other");
  EXPECT_NE(groups.create_new("third", 0), nullptr);
}

struct ExpiryCase {
  const char* what;
  bool has_members;
  const char* protocol_type;  // null: a simple group
  std::int64_t state_timestamp_ms;
  std::int64_t committed_ms;
  std::int64_t expire_ms;
  bool is_expired;
};

TEST(Expiry, FollowsTheStateOfTheGroup) {
  constexpr std::int64_t kNow = 100'000, kRetention = 1000;
  const ExpiryCase cases[] = {
      {"simple, old", false, nullptr, 0, kNow - 1000, -1, true},
      {"simple, young", false, nullptr, 0, kNow - 999, -1, false},
      {"empty for long", false, "consumer", kNow - 1000, kNow, -1, true},
      {"empty just now", false, "consumer", kNow - 999, 0, -1, false},
      {"empty since unknown", false, "consumer", -1, kNow - 1000, -1, true},
      {"in use", true, "consumer", 0, 0, -1, false},
      {"in use by others", true, "connect", 0, 0, -1, false},
      {"by its own time", false, nullptr, 0, kNow, kNow, true},
      {"before its own time", false, nullptr, 0, 0, kNow + 1, false},
  };
  for (const auto& each : cases) {
    Group group("group", 0);
    if (each.has_members) {
      Member member;
      member.member_id = "m";
      member.protocols = {{"range", ""}};
      group.add(member, each.protocol_type);
    }
    std::optional<std::string> type;
    if (each.protocol_type != nullptr) type = each.protocol_type;
    group.restore(each.has_members ? GroupState::kStable : GroupState::kEmpty, 1, type,
                  each.has_members ? std::optional<std::string>("range") : std::nullopt,
                  std::nullopt, each.state_timestamp_ms);
    OffsetAndMetadata committed;
    committed.commit_timestamp_ms = each.committed_ms;
    committed.expire_timestamp_ms = each.expire_ms;
    group.offsets.put("topic", 0, committed);
    const auto always = [](std::string_view, const protocol::Uuid&) { return true; };
    const auto expired = find_expired(group, kNow, kRetention, always);
    EXPECT_EQ(expired.partitions.size(), each.is_expired ? 1u : 0u) << each.what;
    EXPECT_EQ(expired.are_all, each.is_expired) << each.what;
    const auto never = [](std::string_view, const protocol::Uuid&) { return false; };
    EXPECT_EQ(find_expired(group, kNow, kRetention, never).partitions.size(), 1u) << each.what;
  }
}

TEST(Expiry, SubscribedTopicsAreKept) {
  Group group("group", 0);
  Member member;
  member.member_id = "m";
  const std::string_view subscription("\0\0\0\0\0\1\0\5topic\xff\xff\xff\xff", 17);
  member.protocols = {{"range", std::string(subscription)}};
  group.add(member, "consumer");
  group.restore(GroupState::kStable, 1, "consumer", "range", "m", 0);
  EXPECT_TRUE(group.knows_subscribed_topics());
  EXPECT_TRUE(group.is_subscribed_to("topic"));
  EXPECT_FALSE(group.is_subscribed_to("other"));
  group.offsets.put("topic", 0, {});
  group.offsets.put("other", 0, {});
  const auto always = [](std::string_view, const protocol::Uuid&) { return true; };
  const auto expired = find_expired(group, 100'000, 1000, always);
  ASSERT_EQ(expired.partitions.size(), 1u);
  EXPECT_EQ(expired.partitions[0].topic, "other");
  EXPECT_FALSE(expired.are_all);
}

}  // namespace
}  // namespace fluxmq::api_groups
