// ApiVersions: which APIs and versions the broker serves; and the client says who it is (KIP-511).
#include "fluxmq/protocol/messages/api_versions.h"

#include <algorithm>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"
#include "supported_features.h"

namespace fluxmq::api_cluster {
namespace {

using namespace protocol;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// [a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?
bool is_software_name(std::string_view name) {
  if (name.empty() || !is_alphanumeric(name.front()) || !is_alphanumeric(name.back())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

std::vector<ApiVersionsResponse::ApiVersion> served_apis(const fluxmq_host& host) {
  std::vector<fluxmq_served_api> served(host.served_apis(host.self, nullptr, 0));
  host.served_apis(host.self, served.data(), static_cast<std::uint32_t>(served.size()));
  std::vector<ApiVersionsResponse::ApiVersion> apis;
  apis.reserve(served.size());
  for (const auto& api : served) apis.push_back({api.api_key, api.min_version, api.max_version});
  return apis;
}

}  // namespace

Task api_versions(ApiCluster& plugin, Request request) {
  constexpr VersionRange kVersions = ApiVersionsRequest::versions;
  const std::int16_t version = request.api_version();
  ApiVersionsResponse response;

  // Whatever the client speaks, it can read version 0, and learns there what to ask with.
  if (!kVersions.contains(version)) {
    response.error_code = to_int16(ErrorCode::UNSUPPORTED_VERSION);
    response.api_keys = {{ApiVersionsRequest::api_key, kVersions.min, kVersions.max}};
    request.answer(response, 0);
    co_return;
  }

  const auto message = request.decode<ApiVersionsRequest>();
  if (version >= 3) {
    if (!is_software_name(message.client_software_name) ||
        !is_software_name(message.client_software_version)) {
      response.error_code = to_int16(ErrorCode::INVALID_REQUEST);
      request.answer(response);
      co_return;
    }
    auto& session = request.session();
    session.set_client_software(&session, to_abi(message.client_software_name),
                                to_abi(message.client_software_version));
  }
  response.api_keys = served_apis(*plugin.host.table());
  for (const auto& feature : kFeatures) {
    response.supported_features.push_back({feature.name, feature.min_level, feature.max_level});
    response.finalized_features.push_back({feature.name, feature.max_level, feature.max_level});
  }
  response.finalized_features_epoch = kFinalizedFeaturesEpoch;
  request.answer(response);
}

}  // namespace fluxmq::api_cluster
