// The plugin: its APIs and the mechanisms that they let clients choose from.
#include "plugin.h"

#include "fluxmq/protocol/messages/sasl_authenticate.h"
#include "fluxmq/protocol/messages/sasl_handshake.h"

namespace fluxmq::api_sasl {
namespace {

constexpr std::array apis{
    serve<protocol::SaslHandshakeRequest, sasl_handshake>(
        {.flags = FLUXMQ_API_BEFORE_AUTHENTICATION}),
    serve<protocol::SaslAuthenticateRequest, sasl_authenticate>(
        {.flags = FLUXMQ_API_BEFORE_AUTHENTICATION}),
};

}  // namespace

ApiSasl::ApiSasl(Host broker) : host(broker), handler_(this, apis) {
  for (std::uint32_t i = 0;; ++i) {
    const auto* mechanism = host.find<fluxmq_sasl_mechanism>(FLUXMQ_SASL_MECHANISM, i);
    if (mechanism == nullptr) break;
    mechanisms_.push_back(mechanism);
  }
}

const void* ApiSasl::query(std::string_view interface_id) const {
  return interface_id == FLUXMQ_API_HANDLER ? handler_.table() : nullptr;
}

const fluxmq_sasl_mechanism* ApiSasl::find_mechanism(std::string_view mechanism) const {
  for (const auto* known : mechanisms_) {
    if (mechanism == known->mechanism) return known;
  }
  return nullptr;
}

}  // namespace fluxmq::api_sasl

FLUXMQ_PLUGIN(fluxmq::api_sasl::ApiSasl);
