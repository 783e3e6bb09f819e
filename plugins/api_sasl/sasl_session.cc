#include "sasl_session.h"

#include <utility>

namespace fluxmq::api_sasl {

SaslStep::SaslStep(const fluxmq_sasl_answer* answer)
    : error(answer->error),
      is_complete(answer->is_complete != 0),
      token(reinterpret_cast<const char*>(answer->token.data), answer->token.size),
      principal(view(answer->principal)),
      error_message(view(answer->error_message)),
      session_lifetime_ms(answer->session_lifetime_ms) {}

SaslSession* SaslSession::of(fluxmq_session& session, bool create) {
  if (session.authentication_state == nullptr && create) {
    session.set_authentication_state(&session, new SaslSession,
                                     [](void* state) { delete static_cast<SaslSession*>(state); });
  }
  return static_cast<SaslSession*>(session.authentication_state);
}

bool SaslSession::begin(const fluxmq_sasl_mechanism* mechanism, const fluxmq_session& session) {
  const bool was_authenticated = session.authenticated != 0;
  if (was_authenticated && mechanism_ != nullptr && mechanism != mechanism_) return false;
  end_exchange();
  mechanism_ = mechanism;
  exchange_ = mechanism->open(mechanism->self, &session);
  return true;
}

void SaslSession::end_exchange() {
  if (auto* exchange = std::exchange(exchange_, nullptr)) {
    mechanism_->close(mechanism_->self, exchange);
  }
}

}  // namespace fluxmq::api_sasl
