// UpdateFeatures: levels of features are what this release serves, so that all a client can
// finalize is finalized already.
#include "fluxmq/protocol/messages/update_features.h"

#include <algorithm>
#include <string>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"
#include "supported_features.h"

namespace fluxmq::api_cluster {
namespace {

using namespace protocol;
using Update = UpdateFeaturesRequest::FeatureUpdateKey;

// Kafka's FeatureUpdate.UpgradeType: 1 upgrades, 2 and 3 downgrade safely and unsafely.
constexpr std::int8_t kFirstUpgradeType = 1;
constexpr std::int8_t kLastUpgradeType = 3;

// Why a feature can't have a level; it can: "".
std::string check(const Update& update, std::int32_t controller_id) {
  if (update.upgrade_type < kFirstUpgradeType || update.upgrade_type > kLastUpgradeType) {
    return "The controller does not support the given upgrade type.";
  }
  if (update.max_version_level < 0) return "A feature version cannot be less than 0.";
  const auto feature =
      std::find_if(kFeatures.begin(), kFeatures.end(),
                   [&update](const Feature& known) { return known.name == update.feature; });
  if (feature == kFeatures.end()) {
    // Level 0 means that a feature is off, which asks for no support of it.
    return update.max_version_level == 0
               ? concat("Feature ", update.feature, " not found.")
               : concat("Local controller ", controller_id, " does not support this feature.");
  }
  if (update.max_version_level < feature->min_level ||
      update.max_version_level > feature->max_level) {
    return concat("Local controller ", controller_id, " only supports versions ",
                  feature->min_level, "-", feature->max_level);
  }
  return {};
}

}  // namespace

Task update_features(ApiCluster& plugin, Request request) {
  const auto message = request.decode<UpdateFeaturesRequest>();
  UpdateFeaturesResponse response;
  response.error_message = std::nullopt;
  if (!plugin.authorizer.allows_cluster(request.session(), FLUXMQ_OPERATION_ALTER)) {
    constexpr auto error = ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
    response.error_code = to_int16(error);
    response.error_message = error_message(error);
    request.answer(response);
    co_return;
  }

  std::string refusal;
  for (const auto& update : message.feature_updates) {
    const auto problem = check(update, plugin.catalog.controller_id());
    if (problem.empty()) {
      response.results.push_back({update.feature, 0, "NONE"});
      continue;
    }
    // One that can't be updated keeps all others from it.
    refusal = concat(
        "The update failed for all features since the following feature had an error: Invalid "
        "update "
        "version ",
        update.max_version_level, " for feature ", update.feature, ". ", problem);
    response.error_code = to_int16(ErrorCode::INVALID_UPDATE_VERSION);
    response.error_message = refusal;
    response.results.clear();
    break;
  }
  request.answer(response);
}

}  // namespace fluxmq::api_cluster
