// The keys that the kernel itself declares.
#pragma once

#include <span>

#include "fluxmq/abi/plugin.h"

namespace fluxmq::kernel {

std::span<const fluxmq_config_key> kernel_keys();

inline constexpr const char* kLogLevels = "trace,debug,info,warn,error";

}  // namespace fluxmq::kernel
