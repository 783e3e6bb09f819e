// The requests that scenarios can send, without their types.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fluxmq::compare {

struct Asked {
  std::int16_t version = 0;
  std::int32_t correlation_id = 0;
  std::string client_id;
};

// The frame of a request, without its length.
using EncodeRequest = std::vector<std::uint8_t> (*)(const Asked& asked, const nlohmann::json& body);

// Null for a request that is not among them.
EncodeRequest find_request(const std::string& api);

}  // namespace fluxmq::compare
