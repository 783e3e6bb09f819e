// A metadata store that outlives the broker, and of which each commit is a change of the disk.
//
// storage_local's own one is LMDB, which maps its files itself and so can't lie on the simulated
// disk. That a commit is there as a whole or not at all, and for good once it is answered, is what
// LMDB promises and what is taken for granted here.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "fluxmq/metadata_store.h"
#include "fluxmq/plugin.h"
#include "fluxmq/protocol/errors.h"

namespace fluxmq::core_model {

class DurableMetadata {
 public:
  using Pairs = std::map<std::string, std::string>;

  explicit DurableMetadata(Pairs pairs) : pairs_(std::move(pairs)) {
    table_ = {sizeof(fluxmq_metadata_store),
              0,
              this,
              trampoline<&DurableMetadata::get>,
              trampoline<&DurableMetadata::scan>,
              trampoline<&DurableMetadata::commit>};
  }
  DurableMetadata(const DurableMetadata&) = delete;

  const fluxmq_metadata_store* table() const { return &table_; }
  const Pairs& pairs() const { return pairs_; }
  // Called after each commit, before it is answered.
  void on_change(std::function<void()> observer) { observer_ = std::move(observer); }
  // The process is dead: nothing is committed any more.
  void kill() { dead_ = true; }

 private:
  static fluxmq_bytes to_bytes(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
  void get(fluxmq_bytes key, fluxmq_metadata_visitor visitor, void* context) {
    const auto found = pairs_.find(std::string(text(key)));
    if (found != pairs_.end()) visitor(context, key, to_bytes(found->second));
  }
  void scan(fluxmq_bytes prefix, fluxmq_metadata_visitor visitor, void* context) {
    const std::string begin(text(prefix));
    for (auto at = pairs_.lower_bound(begin); at != pairs_.end() && at->first.starts_with(begin);
         ++at) {
      if (visitor(context, to_bytes(at->first), to_bytes(at->second)) == 0) return;
    }
  }
  void commit(const fluxmq_metadata_operation* operations, std::uint64_t count,
              fluxmq_metadata_done done, void* context) {
    if (dead_) return done(context, protocol::to_int16(protocol::ErrorCode::KAFKA_STORAGE_ERROR));
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto& operation = operations[i];
      std::string key(text(operation.key));
      if (operation.kind == FLUXMQ_METADATA_PUT) pairs_[key] = text(operation.value);
      if (operation.kind == FLUXMQ_METADATA_DELETE) pairs_.erase(key);
    }
    if (observer_) observer_();
    done(context, 0);
  }

  fluxmq_metadata_store table_{};
  Pairs pairs_;
  std::function<void()> observer_;
  bool dead_ = false;
};

}  // namespace fluxmq::core_model
