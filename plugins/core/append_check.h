// Whether a produced batch may be stored, and how: Kafka's checks of a client's records.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fluxmq/protocol/record_batch.h"
#include "outcome.h"

namespace fluxmq::core {

struct AppendRules {
  std::int32_t max_message_bytes;
  std::int32_t segment_bytes;
  bool log_append_time;
  bool compacted;
  bool zstd_allowed;
  std::int64_t timestamp_before_max_ms;
  std::int64_t timestamp_after_max_ms;
};

struct CheckedAppend {
  Outcome outcome;
  protocol::MutableBytes batch;  // without what may follow it
  std::int64_t log_append_time_ms = -1;
  bool tells_log_start = false;  // Kafka tells it with some errors only
  std::vector<std::pair<std::int32_t, std::string>> record_errors;
};

// Looks at one batch as a client may send it, and makes its timestamps what the topic asks for. The
// records of an uncompressed batch are walked; a compressed one is opened only if a rule asks for
// what its header doesn't tell.
CheckedAppend check_append(protocol::MutableBytes records, const AppendRules& rules,
                           std::int64_t now_ms);

}  // namespace fluxmq::core
