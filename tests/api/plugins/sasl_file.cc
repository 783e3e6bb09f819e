// A SASL mechanism for tests: PLAIN, with the users of a file that holds lines "name password".
// It answers on another thread, as mechanisms do that stretch keys.
#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

#include "fluxmq/abi/sasl_mechanism.h"
#include "fluxmq/host.h"
#include "fluxmq/plugin.h"

namespace fluxmq::api_tests {

class SaslFile {
 public:
  static constexpr const char* name = "sasl_file";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description = "SASL/PLAIN with the users of a file.";
  static constexpr std::array provides{FLUXMQ_SASL_MECHANISM};
  static constexpr std::array<const char*, 0> needs{};
  static constexpr std::array config_keys{
      config_key("test.sasl.users", FLUXMQ_CONFIG_STRING, "", "The file of users."),
  };

  explicit SaslFile(Host broker)
      : host_(broker),
        table_{sizeof(table_),
               0,
               this,
               "PLAIN",
               trampoline<&SaslFile::open>,
               trampoline<&SaslFile::step>,
               trampoline<&SaslFile::close>} {
    const std::string path(broker.config("test.sasl.users"));
    std::ifstream file(path);
    if (!file) throw std::runtime_error("can't read " + path);
    for (std::string user, password; file >> user >> password;) users_[user] = password;
  }
  const void* query(std::string_view interface_id) const {
    return interface_id == FLUXMQ_SASL_MECHANISM ? &table_ : nullptr;
  }
  void stop() {}

 private:
  struct Exchange {
    std::string principal;
    std::string error_message;
  };

  fluxmq_sasl_exchange* open(const fluxmq_session*) {
    return reinterpret_cast<fluxmq_sasl_exchange*>(new Exchange);
  }
  void close(fluxmq_sasl_exchange* exchange) { delete reinterpret_cast<Exchange*>(exchange); }

  void step(fluxmq_sasl_exchange* raw, fluxmq_bytes bytes, fluxmq_sasl_step_done done,
            void* context) {
    auto* exchange = reinterpret_cast<Exchange*>(raw);
    std::string token(reinterpret_cast<const char*>(bytes.data), bytes.size);
    host_.post_blocking([this, exchange, token = std::move(token), done, context] {
      fluxmq_sasl_answer answer{};
      answer.size = sizeof(answer);
      check(token, *exchange, answer);
      done(context, &answer);
    });
  }

  // [authorization id] NUL name NUL password
  void check(const std::string& token, Exchange& exchange, fluxmq_sasl_answer& answer) const {
    const auto first = token.find('\0');
    const auto second = first == std::string::npos ? first : token.find('\0', first + 1);
    if (second != std::string::npos) {
      const auto user = users_.find(token.substr(first + 1, second - first - 1));
      if (user != users_.end() && user->second == token.substr(second + 1)) {
        exchange.principal = "User:" + user->first;
        answer.is_complete = 1;
        answer.principal = to_abi(std::string_view(exchange.principal));
        answer.session_lifetime_ms = 3'600'000;
        return;
      }
    }
    exchange.error_message = "Authentication failed: Invalid username or password";
    answer.error = 58;
    answer.error_message = to_abi(std::string_view(exchange.error_message));
  }

  const Host host_;
  std::map<std::string, std::string> users_;
  fluxmq_sasl_mechanism table_;
};

}  // namespace fluxmq::api_tests

FLUXMQ_PLUGIN(fluxmq::api_tests::SaslFile);
