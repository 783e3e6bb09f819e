// Any bytes as records of __consumer_offsets: each a key and a value, with their lengths in two
// bytes before them. What is read back is written and read again to the same; then members that are
// as strange as their records live on: they heartbeat, leave, and time passes.
#include <cstdlib>

#include "../groups/fake_surroundings.h"
#include "expiry.h"
#include "fluxmq/protocol/big_endian.h"
#include "group_table.h"

using namespace fluxmq;
using namespace fluxmq::api_groups;

namespace {

constexpr std::uint16_t kNull = 0xffff;
constexpr std::int32_t kMaxSessionMs = 60'000;  // as group.max.session.timeout.ms has it
constexpr std::int64_t kLongMs = std::int64_t{1} << 33;

std::optional<protocol::Bytes> take(protocol::Bytes& rest) {
  if (rest.size() < 2) return std::nullopt;
  const auto length = protocol::load_big_endian<std::uint16_t>(rest.data());
  rest = rest.subspan(2);
  if (length == kNull) return std::nullopt;
  const auto taken = rest.first(std::min<std::size_t>(length, rest.size()));
  rest = rest.subspan(taken.size());
  return taken;
}

void replay_all(protocol::Bytes rest, GroupTable& groups) {
  while (rest.size() > 1) {
    const auto key = take(rest);
    const auto value = take(rest);
    if (!key) continue;
    try {
      groups.replay(*key, value);
    } catch (const protocol::DecodeError&) {
      continue;
    }
  }
}

void check_written(const Group& group) {
  const auto record = group_record(group);
  Budget budget;
  GroupTable groups(budget);
  groups.replay(protocol::as_bytes(record.key), protocol::as_bytes(*record.value));
  const auto again = groups.find(group.group_id());
  if (again == nullptr || group_record(*again).value != record.value) std::abort();
}

void live_on(const std::shared_ptr<Group>& group) {
  Scene scene;
  scene.group = group;
  std::vector<std::string> ids;
  for (Member& member : group->members()) {
    member.session_timeout_ms = std::min(member.session_timeout_ms, kMaxSessionMs);
    ids.push_back(member.member_id);
  }
  scene.protocol.begin_sessions(group);
  if (!ids.empty()) {
    scene.heartbeat(ids.front());
    scene.commit(ids.front(), group->generation_id());
    scene.join(Scene::command(ids.front()));
    scene.leave(ids.back());
  }
  scene.join(Scene::static_command("instance"));
  const auto always = [](std::string_view, const protocol::Uuid&) { return true; };
  find_expired(*group, scene.wall_time_ms(), 0, always);
  scene.advance(kLongMs);
  scene.store();
  scene.advance(kLongMs);
  if (!group->members().empty()) std::abort();  // nobody is heard of for so long
  scene.protocol.give_up(*group, ErrorCode::NOT_COORDINATOR);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Budget budget;
  {
    GroupTable groups(budget);
    replay_all({data, size}, groups);
    for (const auto& [id, group] : groups) {
      check_written(*group);
      live_on(group);
    }
  }
  if (budget.groups != 0 || budget.bytes != 0) std::abort();
  return 0;
}
