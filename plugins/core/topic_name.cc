#include "topic_name.h"

#include <algorithm>

#include "fluxmq/topic_name.h"

namespace fluxmq::core {

Outcome check_topic_name(std::string_view name) {
  auto problem = fluxmq::check_topic_name(name);
  if (problem.empty()) return {};
  return {ErrorCode::INVALID_TOPIC_EXCEPTION, std::move(problem)};
}

std::string collision_key(std::string_view name) {
  std::string key(name);
  std::replace(key.begin(), key.end(), '.', '_');
  return key;
}

}  // namespace fluxmq::core
