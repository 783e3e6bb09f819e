// A command that a plugin has: `fluxmq log …`.
#pragma once

#include "setup.h"

namespace fluxmq::kernel {

// Starts the plugins of a setup that was loaded for a command, runs it, and stops them in good
// order. Returns the exit code. Throws as Broker::start does.
int run_command(Setup& setup);

}  // namespace fluxmq::kernel
