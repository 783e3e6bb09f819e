// A SASL mechanism that lets in whoever knows the word, and the API (600 Authenticate) to ask it:
// what a real one and its handlers do to a session.
#include <fluxmq/abi/api_handler.h>
#include <fluxmq/abi/plugin.h>
#include <fluxmq/abi/sasl_mechanism.h>

#include <cstring>
#include <string>

namespace {

const fluxmq_host* host = nullptr;

struct Step {
  const fluxmq_sasl_mechanism* mechanism;
  fluxmq_request* request;
  fluxmq_sasl_exchange* exchange;
  fluxmq_sasl_step_done done;
  void* context;
  std::string token;
};

// The mechanism: "NAME:open sesame" is User:NAME. Judged on another thread, as slow ones are.
fluxmq_sasl_exchange* open_exchange(void*, const fluxmq_session*) {
  return reinterpret_cast<fluxmq_sasl_exchange*>(new int);
}

void close_exchange(void*, fluxmq_sasl_exchange* exchange) {
  delete reinterpret_cast<int*>(exchange);
}

void judge(void* context) {
  auto* step = static_cast<Step*>(context);
  size_t colon = step->token.find(':');
  bool is_right = colon != std::string::npos && step->token.substr(colon + 1) == "open sesame";
  std::string principal = "User:" + step->token.substr(0, colon);
  fluxmq_sasl_answer answer{};
  answer.size = sizeof(answer);
  answer.error = is_right ? int16_t{0} : int16_t{58};
  answer.is_complete = is_right ? int16_t{1} : int16_t{0};
  answer.principal = {principal.data(), principal.size()};
  step->done(step->context, &answer);
}

void take_step(void*, fluxmq_sasl_exchange*, fluxmq_bytes token, fluxmq_sasl_step_done done,
               void* context) {
  auto* step = static_cast<Step*>(context);
  step->token.assign(reinterpret_cast<const char*>(token.data), token.size);
  step->done = done;
  step->context = context;
  host->post_blocking(host->self, judge, step);
}

const fluxmq_sasl_mechanism mechanism = {sizeof(fluxmq_sasl_mechanism),
                                         0,
                                         nullptr,
                                         "PASSWORD",
                                         open_exchange,
                                         take_step,
                                         close_exchange};

void authenticated(void* context, const fluxmq_sasl_answer* answer) {
  auto* step = static_cast<Step*>(context);
  fluxmq_request* request = step->request;
  if (answer->is_complete != 0)
    request->session->set_principal(request->session, answer->principal);
  std::string text = answer->error == 0 ? "welcome" : "error " + std::to_string(answer->error);
  step->mechanism->close(step->mechanism->self, step->exchange);
  delete step;
  fluxmq_segment segment{};
  segment.data = reinterpret_cast<const uint8_t*>(text.data());
  segment.length = text.size();
  request->complete(request, FLUXMQ_ANSWER, &segment, 1);
}

// The handler finds the mechanism as one of another plugin would.
void authenticate(void*, fluxmq_request* request) {
  auto* found = static_cast<const fluxmq_sasl_mechanism*>(
      host->find_interface(host->self, FLUXMQ_SASL_MECHANISM, 0));
  auto* step =
      new Step{found, request, found->open(found->self, request->session), nullptr, nullptr, ""};
  found->step(found->self, step->exchange, {request->body.data, request->body.size}, authenticated,
              step);
}

const fluxmq_api api = {
    600, 0, 0, 0, INT16_MAX, 0, FLUXMQ_API_BEFORE_AUTHENTICATION, "Authenticate", authenticate};
const fluxmq_api_handler handler = {sizeof(fluxmq_api_handler), sizeof(fluxmq_api), nullptr, &api,
                                    1};

const char* const provides[] = {FLUXMQ_SASL_MECHANISM, FLUXMQ_API_HANDLER, nullptr};
const char* const requires_none[] = {nullptr};

}  // namespace

extern "C" FLUXMQ_EXPORT const fluxmq_plugin fluxmq_plugin_entry;
const fluxmq_plugin fluxmq_plugin_entry = {
    FLUXMQ_MAGIC,
    FLUXMQ_ABI_MAJOR,
    FLUXMQ_SDK_MINOR,
    sizeof(fluxmq_plugin),
    sizeof(fluxmq_config_key),
    "password",
    "1.0",
    "A SASL mechanism for tests",
    provides,
    requires_none,
    nullptr,
    0,
    [](const fluxmq_host* given) -> void* {
      host = given;
      return &host;
    },
    [](void*, const char* id) -> const void* {
      if (std::strcmp(id, FLUXMQ_SASL_MECHANISM) == 0) return &mechanism;
      return &handler;
    },
    [](void*) {},
    [](void*) {},
    nullptr,
};
