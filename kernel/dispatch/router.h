// Which handler serves which API: the table that api_handler plugins fill at start.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "fluxmq/abi/api_handler.h"
#include "fluxmq/abi/host.h"

namespace fluxmq::kernel {

struct Route {
  fluxmq_api api{};
  void* self = nullptr;
  std::string plugin;
  bool is_served = false;

  bool serves(int16_t version) const {
    return is_served && ((version >= api.min_version && version <= api.max_version) ||
                         (api.flags & FLUXMQ_API_ANY_VERSION) != 0);
  }
  // Versions from the future have the newest header, those before the first the oldest.
  bool is_flexible(int16_t version) const { return version >= api.first_flexible_version; }
};

class Router {
 public:
  // Throws std::runtime_error: a duplicate key, a key or range that can't be.
  void add(const std::string& plugin, const fluxmq_api_handler& handler);

  // Never null; `is_served` tells.
  const Route* find(int16_t api_key) const {
    auto index = static_cast<uint16_t>(api_key);
    return index < routes_.size() ? &routes_[index] : &unserved_;
  }
  uint32_t served_apis(fluxmq_served_api* apis, uint32_t capacity) const;

 private:
  // Far above Kafka's, low enough for a table.
  static constexpr int16_t kMaxApiKey = 1023;

  void add(const std::string& plugin, void* self, const fluxmq_api& api);

  std::vector<Route> routes_;
  Route unserved_;
};

}  // namespace fluxmq::kernel
