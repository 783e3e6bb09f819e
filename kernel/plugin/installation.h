// Where the program finds what was installed with it, relative to itself: so a package, a staged
// tree and the build folder all work without a flag.
#pragma once

#include <string>
#include <vector>

namespace fluxmq::kernel {

// Folders with plugins, those that exist.
std::vector<std::string> default_plugin_folders();
// fluxmq.conf, or "" if there is none.
std::string default_config_file();

}  // namespace fluxmq::kernel
