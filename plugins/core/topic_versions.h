// Makes versions of topics, out of what was kept of them and what brokers have by default.
#pragma once
#include <memory>
#include <mutex>
#include <string_view>

#include "environment.h"
#include "topic_index.h"

namespace fluxmq::core {

class TopicVersions {
 public:
  TopicVersions(Environment& environment, std::shared_ptr<const ConfigDefaults> defaults)
      : environment_(environment) {
    set_defaults(std::move(defaults));
  }

  // What topics have that nothing was set for; holds for versions made from now on.
  void set_defaults(std::shared_ptr<const ConfigDefaults> defaults);
  std::shared_ptr<const ConfigDefaults> defaults() const;

  // `before`: the version that it follows, whose partitions it takes over; null for a new topic.
  TopicReference make(std::string_view name, const TopicRecord& record,
                      const TopicVersion* before) const;

 private:
  Environment& environment_;
  mutable std::mutex mutex_;
  std::shared_ptr<const ConfigDefaults> defaults_;
  std::shared_ptr<const TopicSettings> default_settings_;  // of topics without configs
};

protocol::Uuid id_of(const TopicVersion& topic);
// What is kept of a version.
TopicRecord record_of(const TopicVersion& topic);

}  // namespace fluxmq::core
