// SaslSession: where a connection stands in its authentication; kept in the session's slot.
#pragma once
#include <string>

#include "fluxmq/abi/sasl_mechanism.h"
#include "fluxmq/host.h"
#include "fluxmq/task.h"

namespace fluxmq::api_sasl {

// What a step of the exchange came to, copied from the mechanism's answer.
struct SaslStep {
  std::int16_t error = 0;
  bool is_complete = false;
  std::string token;
  std::string principal;
  std::string error_message;
  std::int64_t session_lifetime_ms = 0;

  SaslStep() = default;
  explicit SaslStep(const fluxmq_sasl_answer* answer);
};

class SaslSession {
 public:
  SaslSession() = default;
  SaslSession(const SaslSession&) = delete;
  SaslSession& operator=(const SaslSession&) = delete;
  ~SaslSession() { end_exchange(); }

  // The connection's; made at its first handshake. Null before that with `create` false.
  static SaslSession* of(fluxmq_session& session, bool create);

  // Begins, or begins anew: a client may authenticate again on its connection (KIP-368), by the
  // same mechanism as before. False if it is another one.
  bool begin(const fluxmq_sasl_mechanism* mechanism, const fluxmq_session& session);
  bool is_under_way() const { return exchange_ != nullptr; }
  void end_exchange();

  // co_await: SaslStep.
  auto step(fluxmq_bytes token) {
    return call<SaslStep, const fluxmq_sasl_answer*>([this, token](auto done, void* context) {
      mechanism_->step(mechanism_->self, exchange_, token, done, context);
    });
  }

 private:
  const fluxmq_sasl_mechanism* mechanism_ = nullptr;
  fluxmq_sasl_exchange* exchange_ = nullptr;
};

}  // namespace fluxmq::api_sasl
