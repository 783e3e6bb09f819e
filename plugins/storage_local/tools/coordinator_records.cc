#include "coordinator_records.h"

#include "fluxmq/protocol/dump.h"
#include "fluxmq/protocol/records/consumer_group.h"
#include "fluxmq/protocol/records/coordinator_record.h"
#include "fluxmq/protocol/records/group_coordinator.h"
#include "fluxmq/protocol/records/share_group.h"
#include "fluxmq/protocol/records/streams_group.h"
#include "fluxmq/protocol/records/transaction_coordinator.h"

namespace fluxmq::storage_local {
namespace {

using namespace protocol;

template <class M>
std::string tell(std::string_view number_name, std::int16_t number, std::int16_t version,
                 Reader& body) {
  return "{\"" + std::string(number_name) + "\":" + std::to_string(number) +
         ",\"data\":" + dump(decode<M>(body, version), version) + "}";
}

// Which value belongs to which key.
template <class Key, class Value>
struct RecordType {
  static bool decode_if(std::int16_t type, Reader& key, std::optional<Bytes> value,
                        DecodedRecord& decoded) {
    if (type != Key::record_type) return false;
    decoded.key = tell<Key>("type", type, 0, key);
    decoded.value = "null";
    if (!value) return true;
    Reader body = Reader::of_constant(*value);
    const std::int16_t version = body.read_int16();
    if (!Value::versions.contains(version)) Reader::fail("a value of a version that is not known");
    decoded.value = tell<Value>("version", version, version, body);
    return true;
  }
};

template <class... Types>
struct RecordTypes {
  static std::optional<DecodedRecord> decode(Bytes key, std::optional<Bytes> value) {
    Reader body = Reader::of_constant(key);
    const std::int16_t type = read_record_type(body);
    DecodedRecord decoded;
    const bool found = (Types::decode_if(type, body, value, decoded) || ...);
    return found ? std::optional(decoded) : std::nullopt;
  }
};

// One word a type: what precedes Key and Value in the names of its messages.
#define RECORD(name) RecordType<name##Key, name##Value>
using OffsetsTypes =
    RecordTypes<RECORD(LegacyOffsetCommit), RECORD(OffsetCommit), RECORD(GroupMetadata),
                RECORD(ConsumerGroupMetadata), RECORD(ConsumerGroupPartitionMetadata),
                RECORD(ConsumerGroupMemberMetadata), RECORD(ConsumerGroupTargetAssignmentMetadata),
                RECORD(ConsumerGroupTargetAssignmentMember),
                RECORD(ConsumerGroupCurrentMemberAssignment),
                RECORD(ConsumerGroupRegularExpression), RECORD(ShareGroupMemberMetadata),
                RECORD(ShareGroupMetadata), RECORD(ShareGroupTargetAssignmentMetadata),
                RECORD(ShareGroupTargetAssignmentMember), RECORD(ShareGroupCurrentMemberAssignment),
                RECORD(ShareGroupStatePartitionMetadata), RECORD(StreamsGroupMetadata),
                RECORD(StreamsGroupMemberMetadata), RECORD(StreamsGroupTargetAssignmentMetadata),
                RECORD(StreamsGroupTargetAssignmentMember),
                RECORD(StreamsGroupCurrentMemberAssignment), RECORD(StreamsGroupTopology)>;
using TransactionTypes = RecordTypes<RECORD(TransactionLog)>;
#undef RECORD

}  // namespace

std::optional<DecodedRecord> decode_record(RecordFormat format, Bytes key,
                                           std::optional<Bytes> value) {
  switch (format) {
    case RecordFormat::kOffsets:
      return OffsetsTypes::decode(key, value);
    case RecordFormat::kTransactions:
      return TransactionTypes::decode(key, value);
    case RecordFormat::kBytes:
      break;
  }
  return std::nullopt;
}

}  // namespace fluxmq::storage_local
