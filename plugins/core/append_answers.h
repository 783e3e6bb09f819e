// What those who append are told.
#pragma once
#include <cstdint>

#include "append_group.h"
#include "append_rules.h"

namespace fluxmq::core {

// Those that only wait for the log, or those that wait for the disk too.
void answer(const AppendGroup& group, bool all_acks);
void answer_error(const AppendGroup& group, std::int16_t error);
// One that was never staged.
void answer_refusal(const CheckedAppend& checked, std::int64_t log_start_offset,
                    fluxmq_append_done done, void* context);

}  // namespace fluxmq::core
