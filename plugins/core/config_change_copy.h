// A copy of changes that are lent for a call, for one that has to wait.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/abi/catalog.h"
#include "fluxmq/host.h"

namespace fluxmq::core {

class ConfigChangeCopy {
 public:
  ConfigChangeCopy(const fluxmq_config_change* changes, std::uint64_t count) {
    texts_.reserve(count * 2);
    for (std::uint64_t i = 0; i < count; ++i) {
      auto change = changes[i];
      change.name = to_abi(std::string_view(texts_.emplace_back(view(change.name))));
      if (change.value.data != nullptr)
        change.value = to_abi(std::string_view(texts_.emplace_back(view(change.value))));
      changes_.push_back(change);
    }
  }
  ConfigChangeCopy(const ConfigChangeCopy&) = delete;
  ConfigChangeCopy& operator=(const ConfigChangeCopy&) = delete;

  const std::vector<fluxmq_config_change>& changes() const { return changes_; }

 private:
  std::vector<std::string> texts_;
  std::vector<fluxmq_config_change> changes_;
};

}  // namespace fluxmq::core
