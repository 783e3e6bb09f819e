// An authorizer that lets principals read the topics that a file lists: "User:NAME topic" lines.
#include <fluxmq/abi/authorizer.h>
#include <fluxmq/abi/plugin.h>

#include <fstream>
#include <set>
#include <string>

namespace {

std::set<std::string> lines;

std::string text(fluxmq_string s) {
  return {s.data, s.size};
}

void authorize(void*, const fluxmq_session* session, const fluxmq_action* actions, uint64_t count,
               uint8_t* allowed) {
  for (uint64_t i = 0; i < count; ++i) {
    bool is_listed =
        lines.count(text(session->principal) + " " + text(actions[i].resource_name)) > 0;
    allowed[i] = is_listed && actions[i].operation == FLUXMQ_OPERATION_READ ? 1 : 0;
  }
}

const fluxmq_authorizer authorizer = {sizeof(fluxmq_authorizer), 0, nullptr, authorize};

void* create(const fluxmq_host* host) {
  std::ifstream file(text(host->config(host->self, "file.authorizer.path")));
  if (!file) {
    host->report_failure(host->self, {"file.authorizer.path can't be read", 34});
    return nullptr;
  }
  for (std::string line; std::getline(file, line);) lines.insert(line);
  return &lines;
}

const char* const provides[] = {FLUXMQ_AUTHORIZER, nullptr};
const char* const requires_none[] = {nullptr};
const fluxmq_config_key keys[] = {
    {"file.authorizer.path", FLUXMQ_CONFIG_STRING, 0, "", 0, 0, nullptr, "The file."},
};

}  // namespace

extern "C" FLUXMQ_EXPORT const fluxmq_plugin fluxmq_plugin_entry;
const fluxmq_plugin fluxmq_plugin_entry = {
    FLUXMQ_MAGIC,
    FLUXMQ_ABI_MAJOR,
    FLUXMQ_SDK_MINOR,
    sizeof(fluxmq_plugin),
    sizeof(fluxmq_config_key),
    "file_authorizer",
    "1.0",
    "An authorizer for tests",
    provides,
    requires_none,
    keys,
    1,
    create,
    [](void*, const char*) -> const void* { return &authorizer; },
    [](void*) {},
    [](void*) {},
    nullptr,
};
