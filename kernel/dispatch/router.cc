// Which handler serves which API.
#include "dispatch/router.h"

#include <algorithm>
#include <cstring>

namespace fluxmq::kernel {

void Router::add(const std::string& plugin, const fluxmq_api_handler& handler) {
  const auto* next = reinterpret_cast<const uint8_t*>(handler.apis);
  for (uint64_t i = 0; i < handler.api_count; ++i, next += handler.api_size) {
    fluxmq_api api{};
    std::memcpy(&api, next, std::min<size_t>(sizeof(api), handler.api_size));
    add(plugin, handler.self, api);
  }
}

void Router::add(const std::string& plugin, void* self, const fluxmq_api& api) {
  auto key = std::to_string(api.api_key);
  if (api.api_key < 0 || api.api_key > kMaxApiKey || api.min_version < 0 ||
      api.max_version < api.min_version || api.handle == nullptr || api.name == nullptr) {
    throw std::runtime_error("plugin " + plugin + " declares API key " + key +
                             " with a key, versions, name or handler that can't be");
  }
  auto index = static_cast<size_t>(api.api_key);
  if (routes_.size() <= index) routes_.resize(index + 1);
  Route& route = routes_[index];
  if (route.is_served) {
    throw std::runtime_error("plugins " + route.plugin + " and " + plugin + " both serve API key " +
                             key + " (" + api.name + ")");
  }
  route = Route{api, self, plugin, true};
}

uint32_t Router::served_apis(fluxmq_served_api* apis, uint32_t capacity) const {
  uint32_t count = 0;
  for (const Route& route : routes_) {
    if (!route.is_served) continue;
    if (count < capacity) {
      apis[count] = {route.api.api_key, route.api.advertised_min_version, route.api.max_version};
    }
    ++count;
  }
  return count;
}

}  // namespace fluxmq::kernel
