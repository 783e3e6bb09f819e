// One of several small plugins, most of them wrong in one way: VARIANT_… in the build file say
// which.
#include <fluxmq/abi/api_handler.h>
#include <fluxmq/abi/authorizer.h>
#include <fluxmq/abi/plugin.h>

#include <cstring>

#ifndef VARIANT_MAGIC
#define VARIANT_MAGIC FLUXMQ_MAGIC
#endif
#ifndef VARIANT_MAJOR
#define VARIANT_MAJOR FLUXMQ_ABI_MAJOR
#endif
#ifndef VARIANT_NAME
#define VARIANT_NAME VARIANT
#endif
#ifndef VARIANT_API_KEY
#define VARIANT_API_KEY 600
#endif
#ifndef VARIANT_CREATED
#define VARIANT_CREATED true
#endif
#ifndef VARIANT_ENTRY
#define VARIANT_ENTRY fluxmq_plugin_entry
#endif

namespace {

void handle(void*, fluxmq_request* request) {
  request->complete(request, FLUXMQ_ANSWER, nullptr, 0);
}

const fluxmq_api api = {VARIANT_API_KEY, 0, 0, 0, INT16_MAX, 0, 0, "Variant", handle};
const fluxmq_api_handler handler = {sizeof(fluxmq_api_handler), sizeof(fluxmq_api), nullptr, &api,
                                    1};

const char* const provides[] = {
#ifdef VARIANT_PROVIDES
    VARIANT_PROVIDES,
#endif
    nullptr};
const char* const requires_list[] = {
#ifdef VARIANT_REQUIRES
    VARIANT_REQUIRES,
#endif
    nullptr};
const fluxmq_config_key keys[] = {
    {VARIANT ".key", FLUXMQ_CONFIG_STRING, 0, "", 0, 0, nullptr, "A key."},
};

void* create(const fluxmq_host* host) {
  if (VARIANT_CREATED) return const_cast<fluxmq_api*>(&api);
  host->report_failure(host->self, {"the stars are wrong", 19});
  return nullptr;
}

const void* query(void*, const char* id) {
#ifdef VARIANT_WITHOUT_TABLE
  return nullptr;
#endif
  // What else it provides is never called in these tests.
  return std::strcmp(id, FLUXMQ_API_HANDLER) == 0 ? static_cast<const void*>(&handler) : &api;
}

}  // namespace

extern "C" FLUXMQ_EXPORT const fluxmq_plugin VARIANT_ENTRY;
const fluxmq_plugin VARIANT_ENTRY = {
    VARIANT_MAGIC,
    VARIANT_MAJOR,
    FLUXMQ_SDK_MINOR,
    sizeof(fluxmq_plugin),
    sizeof(fluxmq_config_key),
    VARIANT_NAME,
    "1.0",
    "One of the tests' plugins",
    provides,
    requires_list,
    keys,
    1,
    create,
    query,
    [](void*) {},
    [](void*) {},
    nullptr,
};
