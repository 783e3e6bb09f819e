// SaslAuthenticate: one step of the exchange that a handshake began.
#include "fluxmq/protocol/messages/sasl_authenticate.h"

#include "fluxmq/protocol/errors.h"
#include "plugin.h"
#include "sasl_session.h"

namespace fluxmq::api_sasl {
namespace {

using namespace protocol;

constexpr std::string_view kNoHandshake =
    "SaslAuthenticate request received before a SASL handshake";
constexpr std::string_view kAuthenticated =
    "SaslAuthenticate request received after successful authentication";
constexpr std::string_view kOtherPrincipal = "Cannot change principals during re-authentication";

void refuse(Request& request, ErrorCode error, std::string_view why) {
  SaslAuthenticateResponse response;
  response.error_code = to_int16(error);
  response.error_message = why;
  request.answer(response);
}

}  // namespace

Task sasl_authenticate(ApiSasl& plugin, Request request) {
  const auto message = request.decode<SaslAuthenticateRequest>();
  auto& session = request.session();
  auto* sasl = has_sasl(session) ? SaslSession::of(session, false) : nullptr;
  if (sasl == nullptr || !sasl->is_under_way()) {
    refuse(request, ErrorCode::ILLEGAL_SASL_STATE,
           session.authenticated != 0 ? kAuthenticated : kNoHandshake);
    co_return;
  }

  SaslStep step = co_await sasl->step({message.auth_bytes.data(), message.auth_bytes.size()});
  const bool changes_principal =
      step.is_complete && session.authenticated != 0 && view(session.principal) != step.principal;
  if (step.error == 0 && changes_principal) {
    step.error = to_int16(ErrorCode::SASL_AUTHENTICATION_FAILED);
    step.error_message = kOtherPrincipal;
  }
  if (step.error != 0) {
    sasl->end_exchange();
    plugin.host.info("authentication of ", request.peer_address(), " failed: ", step.error_message);
    refuse(request, static_cast<ErrorCode>(step.error), step.error_message);
    co_return;
  }
  if (step.is_complete) {
    sasl->end_exchange();
    session.set_principal(&session, to_abi(std::string_view(step.principal)));
  }
  SaslAuthenticateResponse response;
  response.error_message = std::nullopt;
  response.auth_bytes = as_bytes(step.token);
  response.session_lifetime_ms = step.is_complete ? step.session_lifetime_ms : 0;
  request.answer(response);
}

}  // namespace fluxmq::api_sasl
