// Any bytes as a record of a coordinator's log, as it is read at replay: its key says which record
// it is, its value in which version it was written. The first byte says whose log it is, the second
// how many bytes the key has.
#include "fluxmq/protocol/records/consumer_group.h"
#include "fluxmq/protocol/records/coordinator_record.h"
#include "fluxmq/protocol/records/group_coordinator.h"
#include "fluxmq/protocol/records/share_coordinator.h"
#include "fluxmq/protocol/records/share_group.h"
#include "fluxmq/protocol/records/streams_group.h"
#include "fluxmq/protocol/records/transaction_coordinator.h"
#include "fuzz_message.h"

using namespace fluxmq::testing;

namespace {

struct Kind {
  std::int16_t type;
  std::string key;  // the name of its descriptor; that of the value ends otherwise

  std::string value() const { return key.substr(0, key.size() - 3) + "Value"; }
};

template <class... Keys>
std::vector<Kind> kinds() {
  return {Kind{Keys::record_type, std::string(Keys::name)}...};
}

// In the order of make_corpus.cc: group, transaction, share.
const std::vector<std::vector<Kind>> kLogs{
    kinds<LegacyOffsetCommitKey, OffsetCommitKey, GroupMetadataKey, ConsumerGroupMetadataKey,
          ConsumerGroupPartitionMetadataKey, ConsumerGroupMemberMetadataKey,
          ConsumerGroupTargetAssignmentMetadataKey, ConsumerGroupTargetAssignmentMemberKey,
          ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupRegularExpressionKey,
          ShareGroupMemberMetadataKey, ShareGroupMetadataKey, ShareGroupTargetAssignmentMetadataKey,
          ShareGroupTargetAssignmentMemberKey, ShareGroupCurrentMemberAssignmentKey,
          ShareGroupStatePartitionMetadataKey, StreamsGroupMetadataKey,
          StreamsGroupMemberMetadataKey, StreamsGroupTargetAssignmentMetadataKey,
          StreamsGroupTargetAssignmentMemberKey, StreamsGroupCurrentMemberAssignmentKey,
          StreamsGroupTopologyKey>(),
    kinds<TransactionLogKey>(),
    kinds<ShareSnapshotKey, ShareUpdateKey>(),
};

void read_key(const Kind& kind, Reader& key) {
  check_round_trips(*find_codec(kind.key), key.read_raw(key.remaining()), 0);
}

void read_value(const Kind& kind, Reader value) {
  const Codec& codec = *find_codec(kind.value());
  const std::int16_t version = value.read_int16();
  if (!codec.versions.contains(version)) return;
  check_round_trips(codec, value.read_raw(value.remaining()), version);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || data[0] >= kLogs.size() || size - 2 < data[1]) return 0;
  std::vector<std::uint8_t> record(data + 2, data + size);
  const MutableBytes bytes(record);
  try {
    Reader key(bytes.first(data[1]));
    const std::int16_t type = read_record_type(key);
    for (const Kind& kind : kLogs[data[0]]) {
      if (kind.type != type) continue;
      read_key(kind, key);
      read_value(kind, Reader(bytes.subspan(data[1])));
    }
  } catch (const DecodeError&) {
    return 0;
  }
  return 0;
}
