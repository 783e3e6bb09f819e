// An authorizer for tests. Its file holds lines "principal operation resource_type name" with
// Kafka's numbers; "*" as a name means all. What no line allows is denied.
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>

#include "fluxmq/abi/authorizer.h"
#include "fluxmq/host.h"
#include "fluxmq/plugin.h"

namespace fluxmq::api_tests {

class AuthorizerFile {
 public:
  static constexpr const char* name = "authorizer_file";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description = "Allows what a file says.";
  static constexpr std::array provides{FLUXMQ_AUTHORIZER};
  static constexpr std::array<const char*, 0> needs{};
  static constexpr std::array config_keys{
      config_key("test.authorizer.rules", FLUXMQ_CONFIG_STRING, "", "The file of rules."),
  };

  explicit AuthorizerFile(Host broker)
      : table_{sizeof(table_), 0, this, trampoline<&AuthorizerFile::authorize>} {
    const std::string path(broker.config("test.authorizer.rules"));
    std::ifstream file(path);
    if (!file) throw std::runtime_error("can't read " + path);
    Rule rule;
    auto& [principal, operation, resource_type, resource] = rule;
    while (file >> principal >> operation >> resource_type >> resource) rules_.insert(rule);
  }
  const void* query(std::string_view interface_id) const {
    return interface_id == FLUXMQ_AUTHORIZER ? &table_ : nullptr;
  }
  void stop() {}

 private:
  using Rule = std::tuple<std::string, std::uint32_t, std::uint32_t, std::string>;

  void authorize(const fluxmq_session* session, const fluxmq_action* actions, std::uint64_t count,
                 std::uint8_t* allowed) {
    const std::string principal(view(session->principal));
    const std::string any("*");
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto& [operation, type, resource] = actions[i];
      allowed[i] = is_allowed({principal, operation, type, std::string(view(resource))}) ||
                           is_allowed({principal, operation, type, any})
                       ? 1
                       : 0;
    }
  }
  bool is_allowed(const Rule& rule) const { return rules_.contains(rule); }

  std::set<Rule> rules_;
  fluxmq_authorizer table_;
};

}  // namespace fluxmq::api_tests

FLUXMQ_PLUGIN(fluxmq::api_tests::AuthorizerFile);
