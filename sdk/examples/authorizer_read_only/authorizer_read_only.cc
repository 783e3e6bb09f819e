// An authorizer that lets nobody change the topics whose names begin with a prefix: an archive that
// clients read and describe, and nothing else. Shows a plugin whole: a class with what it is, what
// it provides and which keys it declares, a table filled from its members, and FLUXMQ_PLUGIN.
#include <stdexcept>
#include <string>

#include "fluxmq/abi/authorizer.h"
#include "fluxmq/plugin.h"

namespace {

class ReadOnlyTopics {
 public:
  static constexpr const char* name = "authorizer_read_only";
  static constexpr const char* version = "1.0.0";
  static constexpr const char* description = "Keeps topics of one prefix from being changed.";
  static constexpr std::array provides{FLUXMQ_AUTHORIZER};
  static constexpr std::array<const char*, 0> needs{};
  static constexpr std::array config_keys{
      fluxmq::config_key("read.only.topic.prefix", FLUXMQ_CONFIG_STRING, "archive.",
                         "Topics whose names begin with this can be read and described only.")};

  explicit ReadOnlyTopics(fluxmq::Host host) : prefix_(host.config("read.only.topic.prefix")) {
    if (prefix_.empty()) throw std::runtime_error("read.only.topic.prefix must not be empty");
    host.info("topics that begin with ", prefix_, " are read-only");
  }

  const void* query(std::string_view interface_id) {
    return interface_id == FLUXMQ_AUTHORIZER ? &table_ : nullptr;
  }
  void stop() {}

 private:
  void authorize(const fluxmq_session*, const fluxmq_action* actions, std::uint64_t count,
                 std::uint8_t* allowed) noexcept {
    for (std::uint64_t i = 0; i < count; ++i) allowed[i] = allows(actions[i]) ? 1 : 0;
  }

  bool allows(const fluxmq_action& action) const {
    if (action.resource_type != FLUXMQ_ACL_RESOURCE_TOPIC) return true;
    if (!fluxmq::view(action.resource_name).starts_with(prefix_)) return true;
    return action.operation == FLUXMQ_OPERATION_READ ||
           action.operation == FLUXMQ_OPERATION_DESCRIBE ||
           action.operation == FLUXMQ_OPERATION_DESCRIBE_CONFIGS;
  }

  const std::string prefix_;
  const fluxmq_authorizer table_{sizeof(fluxmq_authorizer), 0, this,
                                 fluxmq::trampoline<&ReadOnlyTopics::authorize>};
};

}  // namespace

FLUXMQ_PLUGIN(ReadOnlyTopics);
