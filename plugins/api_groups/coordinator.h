// GroupCoordinator: finds the shard of a group, and keeps the topic __consumer_offsets that they
// stand on.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "fluxmq/catalog.h"
#include "fluxmq/host.h"
#include "fluxmq/task.h"
#include "group_config.h"
#include "shard.h"

namespace fluxmq::api_groups {

class GroupCoordinator {
 public:
  GroupCoordinator(Host host, const Catalog& catalog, const GroupConfig& config);
  GroupCoordinator(const GroupCoordinator&) = delete;
  GroupCoordinator& operator=(const GroupCoordinator&) = delete;

  // Null as long as there is no __consumer_offsets: NOT_COORDINATOR, to make clients look for one.
  CoordinatorShard* shard_of(std::string_view group_id) const;
  // All shards; none if there is no __consumer_offsets.
  std::vector<CoordinatorShard*> shards() const;

  // Creates __consumer_offsets if need be. NONE or COORDINATOR_NOT_AVAILABLE.
  Async<ErrorCode> prepare();

  // Whether a topic of that name is there, and still the one of that id (any, if zero).
  bool is_current(std::string_view topic, const protocol::Uuid& id) const;

  void stop();

 private:
  struct Shards {
    Topic topic;
    std::vector<std::unique_ptr<CoordinatorShard>> list;
  };

  void open(Topic topic, bool is_new);
  void start_expiry_timer();
  static void expire(void* self);

  const Host host_;
  const Catalog& catalog_;
  const GroupConfig& config_;
  ShardContext context_;

  std::mutex mutex_;  // guards opening, stopping and the timer
  std::unique_ptr<Shards> opened_;
  std::atomic<const Shards*> shards_ = nullptr;
  std::uint64_t expiry_timer_ = 0;
  bool is_expiring_ = false;
  bool is_stopped_ = false;
  std::condition_variable expired_;
};

}  // namespace fluxmq::api_groups
