// Message sets of magic 0 and 1, as Produce 0 to 2 carry them: checked as Kafka checks them, and
// made a batch of magic 2.
#pragma once
#include <cstdint>

#include "append_rules.h"

namespace fluxmq::core {

// `set` begins with a message of magic 0 or 1.
CheckedAppend check_message_set(protocol::Bytes set, const AppendRules& rules, std::int64_t now_ms);

}  // namespace fluxmq::core
