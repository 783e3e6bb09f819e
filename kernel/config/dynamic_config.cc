// Lookups, changes, and the word that is passed on.
#include "config/dynamic_config.h"

#include <charconv>

namespace fluxmq::kernel {

const std::string* DynamicConfig::find(std::string_view name) const {
  {
    std::lock_guard lock(mutex_);
    auto found = values_.find(name);
    if (found != values_.end()) return found->second;
  }
  const ConfigEntry* entry = config_.find(name);
  return entry == nullptr ? nullptr : &entry->value;
}

int64_t DynamicConfig::number(std::string_view name) const {
  const std::string& text = *find(name);
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void DynamicConfig::replace(const Values& values) {
  {
    std::lock_guard lock(mutex_);
    values_.clear();
    for (const auto& [name, value] : values) values_[name] = &*texts_.insert(value).first;
  }
  std::lock_guard lock(watchers_mutex_);
  for (const auto& watcher : watchers_) watcher();
}

void DynamicConfig::watch(std::function<void()> watcher) {
  std::lock_guard lock(watchers_mutex_);
  watchers_.push_back(std::move(watcher));
}

void DynamicConfig::forget_watchers() {
  std::lock_guard lock(watchers_mutex_);
  watchers_.clear();
}

}  // namespace fluxmq::kernel
