// How a check or a change ended: Kafka's error code, and its message for people where it has one.
#pragma once
#include <string>
#include <utility>

#include "fluxmq/abi/base.h"
#include "fluxmq/protocol/errors.h"

namespace fluxmq::core {

using protocol::ErrorCode;

struct Outcome {
  ErrorCode error = ErrorCode::NONE;
  std::string message;  // empty: null on the wire

  Outcome() = default;
  Outcome(ErrorCode code, std::string text = {}) : error(code), message(std::move(text)) {}
  bool ok() const { return error == ErrorCode::NONE; }
  std::int16_t code() const { return protocol::to_int16(error); }
  fluxmq_string abi_message() const {
    return message.empty() ? fluxmq_string{nullptr, 0}
                           : fluxmq_string{message.data(), message.size()};
  }
};

}  // namespace fluxmq::core
