// SaslAuthenticate: one step of the exchange that a handshake began; as a request, or as the bare
// token that follows a handshake of version 0.
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

bool is_bare(const Request& request) {
  return request.api_version() == FLUXMQ_BARE;
}

// A bare token has no answer that says so: the connection is closed.
void refuse(Request& request, ErrorCode error, std::string_view why) {
  if (is_bare(request)) return request.close();
  SaslAuthenticateResponse response;
  response.error_code = to_int16(error);
  response.error_message = why;
  request.answer(response);
}

void answer(Request& request, const SaslStep& step) {
  if (is_bare(request)) return request.answer_bare(step.token);
  SaslAuthenticateResponse response;
  response.error_message = std::nullopt;
  response.auth_bytes = as_bytes(step.token);
  response.session_lifetime_ms = step.is_complete ? step.session_lifetime_ms : 0;
  request.answer(response);
}

}  // namespace

Task sasl_authenticate(ApiSasl& plugin, Request request) {
  const Bytes token =
      is_bare(request) ? request.body() : request.decode<SaslAuthenticateRequest>().auth_bytes;
  auto& session = request.session();
  auto* sasl = has_sasl(session) ? SaslSession::of(session, false) : nullptr;
  if (sasl == nullptr || !sasl->is_under_way()) {
    refuse(request, ErrorCode::ILLEGAL_SASL_STATE,
           session.authenticated != 0 ? kAuthenticated : kNoHandshake);
    co_return;
  }

  SaslStep step = co_await sasl->step({token.data(), token.size()});
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
    if (is_bare(request)) session.set_bare_api(&session, FLUXMQ_NO_API);
    session.set_principal(&session, to_abi(std::string_view(step.principal)));
  }
  answer(request, step);
}

}  // namespace fluxmq::api_sasl
