// api_sasl: lets clients authenticate by the SASL mechanisms that other plugins provide.
#pragma once
#include <array>
#include <string_view>
#include <vector>

#include "fluxmq/abi/sasl_mechanism.h"
#include "fluxmq/api.h"
#include "fluxmq/plugin.h"

namespace fluxmq::api_sasl {

class ApiSasl {
 public:
  static constexpr const char* name = "api_sasl";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description = "SaslHandshake and SaslAuthenticate.";
  static constexpr std::array provides{FLUXMQ_API_HANDLER};
  // Mechanisms are found, not needed: listeners without SASL work without them.
  static constexpr std::array<const char*, 0> needs{};
  static constexpr std::array<fluxmq_config_key, 0> config_keys{};

  explicit ApiSasl(Host broker);
  const void* query(std::string_view interface_id) const;
  void stop() {}

  // Null if no enabled plugin provides it.
  const fluxmq_sasl_mechanism* find_mechanism(std::string_view mechanism) const;
  const std::vector<const fluxmq_sasl_mechanism*>& mechanisms() const { return mechanisms_; }

  const Host host;

 private:
  std::vector<const fluxmq_sasl_mechanism*> mechanisms_;
  const ApiHandler handler_;
};

// Authentication is what the connection's listener asks for.
inline bool has_sasl(const fluxmq_session& session) {
  return view(session.security_protocol).starts_with("SASL_");
}

Task sasl_handshake(ApiSasl& plugin, Request request);
Task sasl_authenticate(ApiSasl& plugin, Request request);

}  // namespace fluxmq::api_sasl
