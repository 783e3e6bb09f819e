// SaslHandshake: the client chooses a mechanism.
#include "fluxmq/protocol/messages/sasl_handshake.h"

#include "fluxmq/protocol/errors.h"
#include "fluxmq/protocol/messages/sasl_authenticate.h"
#include "plugin.h"
#include "sasl_session.h"

namespace fluxmq::api_sasl {
namespace {

using namespace protocol;

ErrorCode handshake(const ApiSasl& plugin, const Request& request, std::string_view mechanism) {
  auto& session = request.session();
  if (!has_sasl(session)) return ErrorCode::ILLEGAL_SASL_STATE;
  const auto* chosen = plugin.find_mechanism(mechanism);
  if (chosen == nullptr) return ErrorCode::UNSUPPORTED_SASL_MECHANISM;
  // A client that knows no SaslAuthenticate can't authenticate again (KIP-368).
  if (request.api_version() == 0 && session.authenticated != 0)
    return ErrorCode::ILLEGAL_SASL_STATE;
  if (!SaslSession::of(session, true)->begin(chosen, session)) {
    return ErrorCode::ILLEGAL_SASL_STATE;
  }
  // After version 0 the tokens come bare, not as requests.
  if (request.api_version() == 0)
    session.set_bare_api(&session, protocol::SaslAuthenticateRequest::api_key);
  return ErrorCode::NONE;
}

}  // namespace

Task sasl_handshake(ApiSasl& plugin, Request request) {
  const auto message = request.decode<SaslHandshakeRequest>();
  SaslHandshakeResponse response;
  response.error_code = to_int16(handshake(plugin, request, message.mechanism));
  if (has_sasl(request.session())) {
    for (const auto* known : plugin.mechanisms()) response.mechanisms.push_back(known->mechanism);
  }
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_sasl
