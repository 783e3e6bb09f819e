// What --print-config prints.
#pragma once

#include <string>

#include "config/config.h"

namespace fluxmq::kernel {

// key=value lines that can be read again, each with where the value is from; passwords hidden.
std::string describe_values(const Config& config);
// The page of all keys, by owner, as in docs/configuration.md.
std::string describe_keys_as_markdown(const Config& config);

}  // namespace fluxmq::kernel
