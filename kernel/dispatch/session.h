// The session of a connection: who the client is, as the requests carry it to the handlers.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/abi/api_handler.h"

namespace fluxmq::kernel {

inline fluxmq_string to_abi(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view from_abi(fluxmq_string text) {
  return {text.data, static_cast<size_t>(text.size)};
}

struct SessionOrigin {
  std::string_view listener_name;  // these two outlive the session
  std::string_view security_protocol;
  std::string peer_address;
  int32_t peer_port = 0;
  bool must_authenticate = false;
};

class Session : public fluxmq_session {
 public:
  explicit Session(const SessionOrigin& origin);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // May be asked while a handler on another thread sets it.
  bool is_authenticated() const { return __atomic_load_n(&authenticated, __ATOMIC_ACQUIRE) != 0; }

  // The API that frames without a header belong to, or FLUXMQ_NO_API.
  int16_t bare_api() const { return bare_api_; }

 private:
  static void set_client_software_of(fluxmq_session* session, fluxmq_string name,
                                     fluxmq_string version);
  static void set_principal_of(fluxmq_session* session, fluxmq_string principal);
  static void set_authentication_state_of(fluxmq_session* session, void* state,
                                          void (*release)(void* state));
  static void set_bare_api_of(fluxmq_session* session, int16_t api_key);

  int16_t bare_api_ = FLUXMQ_NO_API;
  std::array<char, 46> peer_address_;  // the longest IPv6 address there is
  // Principals that were set; earlier ones stay, as requests may hold them.
  std::vector<std::unique_ptr<std::string>> principals_;
};

}  // namespace fluxmq::kernel
