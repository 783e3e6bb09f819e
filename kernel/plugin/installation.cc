// Where the program finds what was installed with it.
#include "plugin/installation.h"

#include <filesystem>

namespace fluxmq::kernel {
namespace {

namespace fs = std::filesystem;

fs::path program_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

std::string first_existing(const std::vector<fs::path>& candidates) {
  std::error_code error;
  for (const fs::path& candidate : candidates) {
    if (fs::exists(candidate, error)) return candidate.lexically_normal().string();
  }
  return "";
}

}  // namespace

std::vector<std::string> default_plugin_folders() {
  fs::path prefix = program_folder().parent_path();
  // The second is where Debian's packages of the same build would put it.
  std::string folder = first_existing(
      {prefix / FLUXMQ_PLUGIN_DIR, prefix / "lib" / FLUXMQ_MULTIARCH / "fluxmq/plugins",
       prefix / "lib/fluxmq/plugins", prefix / "lib64/fluxmq/plugins"});
  return folder.empty() ? std::vector<std::string>{} : std::vector<std::string>{folder};
}

std::string default_config_file() {
  fs::path prefix = program_folder().parent_path();
  // /usr/local/etc and the build folder; /etc for what is installed below /usr.
  return first_existing(
      {prefix / "etc/fluxmq/fluxmq.conf", prefix.parent_path() / "etc/fluxmq/fluxmq.conf"});
}

}  // namespace fluxmq::kernel
