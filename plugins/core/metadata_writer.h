// Commits to the metadata store with a callable to go on with.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "fluxmq/metadata_store.h"

namespace fluxmq::core {

using Committed = std::function<void(std::int16_t error)>;

// `done` runs once the transaction is durable, or failed; on any thread.
inline void commit(const fluxmq_metadata_store* store, const MetadataTransaction& transaction,
                   Committed done) {
  const auto operations = transaction.operations();
  store->commit(
      store->self, operations.data(), operations.size(),
      [](void* context, std::int16_t error) {
        const std::unique_ptr<Committed> committed(static_cast<Committed*>(context));
        (*committed)(error);
      },
      new Committed(std::move(done)));
}

}  // namespace fluxmq::core
