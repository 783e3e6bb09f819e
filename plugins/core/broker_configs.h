// The dynamic configs of this broker and of all brokers: kept in the metadata store, changed by
// clients, and told to whoever acts by them.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "broker_values.h"
#include "change_queue.h"
#include "environment.h"
#include "fluxmq/abi/catalog.h"

namespace fluxmq::core {

class BrokerConfigs {
 public:
  // Reads what the store holds, and puts it in use.
  BrokerConfigs(Environment& environment, const fluxmq_metadata_store* store);

  // Called after each change, before it is answered.
  void on_change(std::function<void()> changed) { changed_ = std::move(changed); }

  std::shared_ptr<const BrokerValues> values() const;

  using Done = std::function<void(const Outcome& outcome)>;
  // Of this broker, or of all brokers if `of_cluster`. With FLUXMQ_REPLACE_CONFIGS what isn't named
  // goes back to its default.
  void alter(bool of_cluster, const fluxmq_config_change* changes, std::uint64_t count,
             std::uint32_t flags, Done done);

  // Blocks until no change is under way.
  void wait() { queue_.wait(); }

 private:
  void use(std::shared_ptr<const BrokerValues> values);
  Outcome apply(const fluxmq_config_change& change, KeyValues& values) const;
  Outcome check(const KeyValues& before, const KeyValues& after) const;

  Environment& environment_;
  const fluxmq_metadata_store* store_;
  const BrokerKeys keys_;
  std::function<void()> changed_;
  ChangeQueue queue_;
  mutable std::mutex mutex_;
  std::shared_ptr<const BrokerValues> values_;
};

}  // namespace fluxmq::core
