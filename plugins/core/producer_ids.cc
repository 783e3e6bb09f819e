// Blocks of Kafka's size; who comes while a block is being reserved waits for it.
#include "producer_ids.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>

#include "metadata_writer.h"
#include "topic_record.h"

namespace fluxmq::core {
namespace {

constexpr std::int64_t kBlockSize = 1000;

}  // namespace

ProducerIds::ProducerIds(const fluxmq_metadata_store* store) : store_(store) {
  const auto kept = MetadataStore(store).get(kNextProducerIdKey);
  if (!kept) return;
  const auto [end, error] = std::from_chars(kept->data(), kept->data() + kept->size(), end_);
  if (error != std::errc{} || end != kept->data() + kept->size() || end_ < 0)
    throw std::runtime_error("the metadata store's producer_ids/next is not a number: " + *kept);
  next_ = end_;
}

void ProducerIds::allocate(fluxmq_producer_id_done done, void* context) {
  std::int64_t id = -1;
  {
    const std::lock_guard lock(mutex_);
    if (!reserving_ && next_ < end_) {
      id = next_++;
    } else {
      waiting_.push_back({done, context});
      if (reserving_) return;
      reserving_ = true;
    }
  }
  if (id >= 0) return done(context, 0, id);
  reserve();
}

void ProducerIds::skip_to(std::int64_t first, fluxmq_producer_id_done done, void* context) {
  {
    const std::lock_guard lock(mutex_);
    floor_ = std::max(floor_, first);
    if (next_ < floor_) next_ = end_;
  }
  allocate(done, context);
}

void ProducerIds::wait() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return !reserving_; });
}

void ProducerIds::reserve() {
  std::int64_t first = 0;
  {
    const std::lock_guard lock(mutex_);
    first = std::max(end_, floor_);
  }
  MetadataTransaction transaction;
  transaction.put(std::string(kNextProducerIdKey), std::to_string(first + kBlockSize));
  commit(store_, transaction, [this, first](std::int16_t error) { reserved(first, error); });
}

void ProducerIds::reserved(std::int64_t first, std::int16_t error) {
  std::vector<Waiting> served;
  std::int64_t id = first;
  bool more = false;
  {
    const std::lock_guard lock(mutex_);
    if (error == 0 && first < floor_) {
      next_ = end_ = first + kBlockSize;  // it was begun before the floor rose
      more = true;
    } else if (error == 0) {
      const auto count = std::min<std::size_t>(waiting_.size(), kBlockSize);
      served.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
      next_ = first + static_cast<std::int64_t>(count);
      end_ = first + kBlockSize;
      more = !waiting_.empty();
    } else {
      served.swap(waiting_);
    }
    reserving_ = more;
    if (!more) idle_.notify_all();
  }
  for (const auto& waiting : served) {
    waiting.done(waiting.context, error, error == 0 ? id++ : -1);
  }
  if (more) reserve();
}

}  // namespace fluxmq::core
