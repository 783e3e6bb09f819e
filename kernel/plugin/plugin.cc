// Finding, checking and loading the shared object of a plugin.
#include "plugin/plugin.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <utility>

#include "fluxmq/abi/api_handler.h"
#include "fluxmq/abi/command.h"

namespace fluxmq::kernel {
namespace {

constexpr const char* kEntrySymbol = "fluxmq_plugin_entry";

// What the first release of the SDK had: a table may be longer, never shorter.
constexpr uint32_t kMinEntrySize = offsetof(fluxmq_plugin, destroy) + sizeof(void*);
constexpr uint32_t kMinConfigKeySize = offsetof(fluxmq_config_key, documentation) + sizeof(void*);

// A plugin runs as the broker: whoever can write it can do what the broker can. Returns "" or why.
std::string why_not_trusted(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return std::string("can't be read: ") + std::strerror(errno);
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return "is owned by user " + std::to_string(status.st_uid) +
           ", who is neither root nor the broker's user";
  }
  if ((status.st_mode & S_IWOTH) != 0) return "may be written by everybody";
  // A group of its own for each user, as Debian makes it, holds nobody else.
  bool is_own_group = status.st_gid == ::getegid() && status.st_gid == ::geteuid();
  if ((status.st_mode & S_IWGRP) != 0 && !is_own_group) {
    return "may be written by group " + std::to_string(status.st_gid);
  }
  return "";
}

std::vector<std::string> read_list(const char* const* list) {
  std::vector<std::string> items;
  for (; list != nullptr && *list != nullptr; ++list) items.emplace_back(*list);
  return items;
}

std::string hex(uint32_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[(value >> shift) & 15];
  return text;
}

}  // namespace

Plugin::Plugin(const std::string& path)
    : name_(std::filesystem::path(path).stem().string()), path_(path) {
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  for (const std::string& checked : {folder, path}) {
    std::string why = why_not_trusted(checked);
    if (!why.empty()) throw PluginError("plugin " + name_ + " is refused: " + checked + " " + why);
  }
  boost::dll::fs::error_code error;
  library_.load(boost::dll::fs::path(std::filesystem::absolute(path).string()),
                boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local, error);
  if (error) throw PluginError("plugin " + name_ + " can't be loaded: " + error.message());
  if (!library_.has(kEntrySymbol)) {
    throw PluginError("plugin " + path + " is refused: it has no symbol " + kEntrySymbol);
  }
  entry_ = &library_.get<const fluxmq_plugin>(kEntrySymbol);
  check_entry();
  provides_ = read_list(entry_->provides);
  requires_ = read_list(entry_->requires_);
}

void Plugin::check_entry() const {
  auto refuse = [&](const std::string& why) {
    throw PluginError("plugin " + path_ + " is refused: " + why);
  };
  if (entry_->magic != FLUXMQ_MAGIC) {
    refuse("its magic is " + hex(entry_->magic) + ", not " + hex(FLUXMQ_MAGIC));
  }
  if (entry_->abi_major != FLUXMQ_ABI_MAJOR) {
    refuse("it was built for ABI " + std::to_string(entry_->abi_major) + ", and this is ABI " +
           std::to_string(FLUXMQ_ABI_MAJOR));
  }
  if (entry_->size < kMinEntrySize || entry_->config_key_size < kMinConfigKeySize) {
    refuse("its tables are smaller than those of the first SDK");
  }
  if (entry_->name == nullptr || name_ != entry_->name) {
    refuse(std::string("it calls itself ") + (entry_->name == nullptr ? "nothing" : entry_->name) +
           ", which is not the file's name");
  }
  if (entry_->create == nullptr || entry_->query == nullptr || entry_->stop == nullptr ||
      entry_->destroy == nullptr) {
    refuse("it lacks one of create, query, stop, destroy");
  }
}

bool Plugin::only_handles() const {
  for (const std::string& id : provides_) {
    if (id != FLUXMQ_API_HANDLER) return false;
  }
  return true;
}

bool Plugin::only_commands() const {
  return !provides_.empty() &&
         std::all_of(provides_.begin(), provides_.end(),
                     [](const std::string& id) { return id.starts_with(FLUXMQ_COMMAND); });
}

void Plugin::declare_keys(Config& config) const {
  const auto* next = reinterpret_cast<const uint8_t*>(entry_->config_keys);
  for (uint64_t i = 0; i < entry_->config_key_count; ++i, next += entry_->config_key_size) {
    config.declare(name_, *reinterpret_cast<const fluxmq_config_key*>(next));
  }
}

void Plugin::check(const fluxmq_host* host, fluxmq_finding finding, void* context) const {
  constexpr uint32_t kSizeWithCheck = offsetof(fluxmq_plugin, check) + sizeof(void*);
  if (entry_->size < kSizeWithCheck || entry_->check == nullptr) return;
  entry_->check(host, finding, context);
}

bool Plugin::create(const fluxmq_host* host) {
  instance_ = entry_->create(host);
  return instance_ != nullptr;
}

const void* Plugin::query(const std::string& interface_id) const {
  return instance_ == nullptr ? nullptr : entry_->query(instance_, interface_id.c_str());
}

void Plugin::stop() {
  if (instance_ == nullptr || is_stopped_) return;
  is_stopped_ = true;
  entry_->stop(instance_);
}

void Plugin::destroy() {
  if (instance_ == nullptr) return;
  entry_->destroy(std::exchange(instance_, nullptr));
}

std::map<std::string, std::string> find_plugins(const std::vector<std::string>& folders) {
  std::map<std::string, std::string> found;
  for (const std::string& folder : folders) {
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
      if (file.path().extension() != ".so") continue;
      auto [known, is_new] = found.emplace(file.path().stem().string(), file.path().string());
      if (!is_new) {
        throw PluginError("plugin.path has the plugin " + known->first +
                          " twice: " + known->second + " and " + file.path().string());
      }
    }
    if (error) throw PluginError("plugin.path: " + folder + " can't be read: " + error.message());
  }
  return found;
}

}  // namespace fluxmq::kernel
