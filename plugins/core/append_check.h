// Whether a produced batch may be stored, and how: Kafka's checks of a client's records.
#pragma once
#include <cstdint>

#include "append_rules.h"

namespace fluxmq::core {

// Looks at one batch as a client may send it, and makes it what the topic asks for: timestamps in
// place, another codec in a batch of its own. All records are looked at, those of a compressed
// batch as they come out of the codec. A message set of old: message_set_append.h.
CheckedAppend check_append(protocol::MutableBytes records, const AppendRules& rules,
                           std::int64_t now_ms);

}  // namespace fluxmq::core
