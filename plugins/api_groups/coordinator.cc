#include "coordinator.h"

#include <array>
#include <utility>

#include "java_string.h"

namespace fluxmq::api_groups {

namespace {

constexpr std::string_view kTopicName = "__consumer_offsets";

}  // namespace

GroupCoordinator::GroupCoordinator(Host host, const Catalog& catalog, const GroupConfig& config)
    : host_(host), catalog_(catalog), config_(config), context_{host, config} {
  if (Topic topic = catalog_.find(kTopicName)) open(std::move(topic), false);
}

CoordinatorShard* GroupCoordinator::shard_of(std::string_view group_id) const {
  const Shards* const shards = shards_.load(std::memory_order_acquire);
  if (shards == nullptr) return nullptr;
  const auto index = partition_for(group_id, static_cast<std::int32_t>(shards->list.size()));
  return shards->list[static_cast<std::size_t>(index)].get();
}

std::vector<CoordinatorShard*> GroupCoordinator::shards() const {
  std::vector<CoordinatorShard*> list;
  const Shards* const shards = shards_.load(std::memory_order_acquire);
  if (shards == nullptr) return list;
  for (const auto& shard : shards->list) list.push_back(shard.get());
  return list;
}

Async<ErrorCode> GroupCoordinator::prepare() {
  if (shards_.load(std::memory_order_acquire) != nullptr) co_return ErrorCode::NONE;
  Topic topic = catalog_.find(kTopicName);
  bool is_new = false;
  if (!topic) {
    const auto config = [](std::string_view name, std::string_view value) {
      return fluxmq_config_entry{to_abi(name), to_abi(value)};
    };
    const std::array configs{config("cleanup.policy", "compact"),
                             config("compression.type", "producer"),
                             config("segment.bytes", config_.topic_segment_bytes)};
    fluxmq_new_topic asked{};
    asked.size = sizeof(asked);
    asked.flags = FLUXMQ_INTERNAL_TOPIC;
    asked.name = to_abi(kTopicName);
    asked.partition_count = config_.topic_partitions;
    asked.replication_factor = config_.topic_replication_factor;
    asked.configs = configs.data();
    asked.config_count = configs.size();
    const CreatedTopic created = co_await catalog_.create_topic(asked);
    if (created.error == ErrorCode::NONE) {
      topic = catalog_.hold(created);
      is_new = true;
    } else if (created.error == ErrorCode::TOPIC_ALREADY_EXISTS) {
      topic = catalog_.find(kTopicName);  // another request was faster
    } else {
      host_.warn("can't create ", kTopicName, ": ", protocol::error_name(created.error), " ",
                 created.error_message.value_or(""));
    }
  }
  if (!topic) co_return ErrorCode::COORDINATOR_NOT_AVAILABLE;
  open(std::move(topic), is_new);
  co_return ErrorCode::NONE;
}

void GroupCoordinator::open(Topic topic, bool is_new) {
  {
    const std::lock_guard lock(mutex_);
    if (opened_ != nullptr || is_stopped_) return;
    auto shards = std::make_unique<Shards>();
    shards->topic = std::move(topic);
    for (std::int32_t index = 0; index < shards->topic.partition_count(); ++index) {
      shards->list.push_back(std::make_unique<CoordinatorShard>(
          context_, catalog_.partition(shards->topic, index), index));
    }
    opened_ = std::move(shards);
    shards_.store(opened_.get(), std::memory_order_release);
    start_expiry_timer();
  }
  for (const auto& shard : opened_->list) shard->load(is_new);
}

bool GroupCoordinator::is_current(std::string_view name, const protocol::Uuid& id) const {
  const Topic topic = catalog_.find(name);
  return topic && (id.is_zero() || topic.id() == id);
}

void GroupCoordinator::start_expiry_timer() {
  expiry_timer_ =
      host_.start_timer(config_.retention_check_interval_ms, &GroupCoordinator::expire, this);
  is_expiring_ = true;
}

void GroupCoordinator::expire(void* self) {
  auto& coordinator = *static_cast<GroupCoordinator*>(self);
  for (CoordinatorShard* const shard : coordinator.shards()) {
    shard->expire([&coordinator](std::string_view topic, const protocol::Uuid& id) {
      return coordinator.is_current(topic, id);
    });
  }
  const std::lock_guard lock(coordinator.mutex_);
  if (coordinator.is_stopped_) {
    coordinator.is_expiring_ = false;
    coordinator.expired_.notify_all();
  } else {
    coordinator.start_expiry_timer();
  }
}

void GroupCoordinator::stop() {
  {
    std::unique_lock lock(mutex_);
    is_stopped_ = true;
    if (is_expiring_ && host_.cancel_timer(expiry_timer_)) is_expiring_ = false;
    expired_.wait(lock, [this] { return !is_expiring_; });
  }
  for (CoordinatorShard* const shard : shards()) shard->stop();
}

}  // namespace fluxmq::api_groups
