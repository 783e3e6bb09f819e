#include "append_answers.h"

#include <string_view>

#include "fluxmq/host.h"

namespace fluxmq::core {
namespace {

void call_done(const StagedAppend& append, std::int16_t error, std::int64_t log_start_offset) {
  fluxmq_append_result result{};
  result.size = sizeof(result);
  result.error = error;
  result.base_offset = error == 0 ? append.base_offset : -1;
  result.log_append_time_ms = error == 0 ? append.log_append_time_ms : -1;
  result.log_start_offset = error == 0 ? log_start_offset : -1;
  append.done(append.context, &result);
}

}  // namespace

void answer(const AppendGroup& group, bool all_acks) {
  for (const auto& append : group.appends) {
    if ((append.acks == -1) == all_acks) call_done(append, 0, group.log_start_offset);
  }
}

void answer_error(const AppendGroup& group, std::int16_t error) {
  const auto told = error == to_int16(ErrorCode::FENCED_LEADER_EPOCH)
                        ? to_int16(ErrorCode::NOT_LEADER_OR_FOLLOWER)
                        : error;
  for (const auto& append : group.appends) call_done(append, told, -1);
}

void answer_refusal(const CheckedAppend& checked, std::int64_t log_start_offset,
                    fluxmq_append_done done, void* context) {
  std::vector<fluxmq_record_error> errors;
  errors.reserve(checked.record_errors.size());
  for (const auto& [index, message] : checked.record_errors)
    errors.push_back({index, 0, to_abi(std::string_view(message))});
  fluxmq_append_result result{};
  result.size = sizeof(result);
  result.error = checked.outcome.code();
  result.base_offset = -1;
  result.log_append_time_ms = -1;
  result.log_start_offset = log_start_offset;
  result.error_message = checked.outcome.abi_message();
  result.record_errors = errors.data();
  result.record_error_count = errors.size();
  done(context, &result);
}

}  // namespace fluxmq::core
