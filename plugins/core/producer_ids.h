// Producer ids that were never given out before: reserved durably in blocks, so that a crash loses
// the rest of a block and repeats none.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "fluxmq/abi/catalog.h"
#include "fluxmq/abi/metadata_store.h"

namespace fluxmq::core {

class ProducerIds {
 public:
  // Reads what was reserved. Throws if it can't be understood.
  explicit ProducerIds(const fluxmq_metadata_store* store);
  void allocate(fluxmq_producer_id_done done, void* context);
  // Gives an id out; it and all later ones are at least `first`.
  void skip_to(std::int64_t first, fluxmq_producer_id_done done, void* context);
  // Blocks until no block is being reserved.
  void wait();

 private:
  struct Waiting {
    fluxmq_producer_id_done done;
    void* context;
  };
  void reserve();
  void reserved(std::int64_t first, std::int16_t error);

  const fluxmq_metadata_store* store_;
  std::mutex mutex_;
  std::int64_t next_ = 0;
  std::int64_t end_ = 0;
  std::int64_t floor_ = 0;        // no block begins below it
  std::vector<Waiting> waiting_;  // for a block under way
  bool reserving_ = false;
  std::condition_variable idle_;
};

}  // namespace fluxmq::core
