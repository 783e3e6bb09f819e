// api_topics: creates, deletes and grows topics.
#pragma once
#include <array>
#include <set>
#include <string_view>

#include "fluxmq/api.h"
#include "fluxmq/authorizer.h"
#include "fluxmq/catalog.h"
#include "fluxmq/plugin.h"

namespace fluxmq::api_topics {

class ApiTopics {
 public:
  static constexpr const char* name = "api_topics";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description = "CreateTopics, DeleteTopics and CreatePartitions.";
  static constexpr std::array provides{FLUXMQ_API_HANDLER};
  static constexpr std::array needs{FLUXMQ_CATALOG, FLUXMQ_PARTITION};
  static constexpr std::array config_keys{
      config_key("delete.topic.enable", FLUXMQ_CONFIG_BOOLEAN, "true",
                 "Whether clients may delete topics."),
  };

  explicit ApiTopics(Host broker);
  const void* query(std::string_view interface_id) const;
  void stop() {}

  const Host host;
  const Catalog catalog;
  const Authorizer authorizer;
  const bool delete_enabled;

 private:
  const ApiHandler handler_;
};

Task create_topics(ApiTopics& plugin, Request request);
Task delete_topics(ApiTopics& plugin, Request request);
Task create_partitions(ApiTopics& plugin, Request request);

// The keys that a request names more than once: none of them is acted upon.
template <class Key>
class Duplicates {
 public:
  void see(const Key& key) {
    if (!seen_.insert(key).second) twice_.insert(key);
  }
  bool has_seen(const Key& key) const { return seen_.contains(key); }
  bool contain(const Key& key) const { return twice_.contains(key); }
  // True for the first call with a key: each duplicate is answered once.
  bool take(const Key& key) { return taken_.insert(key).second; }

 private:
  std::set<Key> seen_;
  std::set<Key> twice_;
  std::set<Key> taken_;
};

}  // namespace fluxmq::api_topics
