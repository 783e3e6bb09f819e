// Which names a topic may have beside others.
#pragma once
#include <string>
#include <string_view>

#include "outcome.h"

namespace fluxmq::core {

Outcome check_topic_name(std::string_view name);

// Names with the same key collide: metrics of old clients write '.' as '_'.
std::string collision_key(std::string_view name);

}  // namespace fluxmq::core
