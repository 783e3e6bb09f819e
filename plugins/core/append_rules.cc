// The bounds of time, and what is told of records that can't be stored.
#include "append_rules.h"

#include <limits>

#include "fluxmq/host.h"

namespace fluxmq::core {
namespace {

// Kafka reports no more of them either way.
constexpr std::size_t kMaxRecordErrors = 1000;
constexpr auto kEarliest = std::numeric_limits<std::int64_t>::min();
constexpr auto kLatest = std::numeric_limits<std::int64_t>::max();

}  // namespace

RecordJudge::RecordJudge(const AppendRules& rules, std::int64_t now_ms, CheckedAppend& checked)
    : rules_(rules), checked_(checked) {
  const bool no_lower = now_ms < kEarliest + rules.timestamp_before_max_ms;
  earliest_ms_ = no_lower ? kEarliest : now_ms - rules.timestamp_before_max_ms;
  const bool no_upper = rules.timestamp_after_max_ms > kLatest - now_ms;
  latest_ms_ = no_upper ? kLatest : now_ms + rules.timestamp_after_max_ms;
}

void RecordJudge::add_error(std::int32_t index, ErrorCode error, std::string message) {
  if (error == ErrorCode::INVALID_TIMESTAMP || checked_.outcome.ok()) {
    checked_.outcome = {error, error == ErrorCode::INVALID_TIMESTAMP
                                   ? "One or more records have been rejected due to invalid "
                                     "timestamp"
                                   : "One or more records have been rejected"};
  }
  if (checked_.record_errors.size() < kMaxRecordErrors)
    checked_.record_errors.emplace_back(index, std::move(message));
}

// Kafka's order: the key, then the time where the topic keeps the client's and there is one.
bool RecordJudge::judge_closely(std::int32_t index, std::int64_t offset, const Sight& record) {
  if (rules_.compacted && !record.has_key) {
    add_error(index, ErrorCode::INVALID_RECORD,
              "Compacted topic cannot accept message without key.");
    return false;
  }
  if (!rules_.log_append_time && record.timestamp_ms != protocol::kNoTimestamp) {
    if (record.timestamp_ms >= earliest_ms_ && record.timestamp_ms <= latest_ms_) return true;
    add_error(index, ErrorCode::INVALID_TIMESTAMP,
              concat("Timestamp ", record.timestamp_ms, " of message with offset ", offset,
                     " is out of range. The timestamp should be within [", earliest_ms_, ", ",
                     latest_ms_, "]"));
    return false;
  }
  if (!record.claims_append_time) return true;
  add_error(index, ErrorCode::INVALID_TIMESTAMP,
            "Invalid timestamp type in message. Producer should not set timestamp type to "
            "LogAppendTime.");
  return false;
}

}  // namespace fluxmq::core
