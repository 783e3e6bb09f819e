#include "metadata_store.h"

#include <algorithm>

#include "fluxmq/metadata_store.h"
#include "fluxmq/plugin.h"
#include "fluxmq/protocol/errors.h"

namespace fluxmq::storage_memory {
namespace {

constexpr std::uint64_t kMaxKeyBytes = 511;  // as the interface says

fluxmq_bytes to_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

const fluxmq_metadata_store MetadataStore::kFunctions = {
    sizeof(fluxmq_metadata_store),
    0,
    nullptr,
    trampoline<&MetadataStore::get>,
    trampoline<&MetadataStore::scan>,
    trampoline<&MetadataStore::commit>,
};

MetadataStore::MetadataStore() : table_(kFunctions) {
  table_.self = this;
}

void MetadataStore::get(fluxmq_bytes key, fluxmq_metadata_visitor visitor, void* context) {
  const std::lock_guard lock(mutex_);
  const auto found = pairs_.find(text(key));
  if (found != pairs_.end()) visitor(context, key, to_bytes(found->second));
}

void MetadataStore::scan(fluxmq_bytes prefix, fluxmq_metadata_visitor visitor, void* context) {
  const std::lock_guard lock(mutex_);
  for (auto at = pairs_.lower_bound(text(prefix));
       at != pairs_.end() && at->first.starts_with(text(prefix)); ++at) {
    if (visitor(context, to_bytes(at->first), to_bytes(at->second)) == 0) return;
  }
}

bool MetadataStore::is_acceptable(const fluxmq_metadata_operation& operation) const {
  if (operation.key.size == 0 || operation.key.size > kMaxKeyBytes) return false;
  if (operation.kind != FLUXMQ_METADATA_EXPECT) return operation.kind < FLUXMQ_METADATA_EXPECT;
  const auto found = pairs_.find(text(operation.key));
  if (found == pairs_.end()) return operation.value.data == nullptr;
  return operation.value.data != nullptr && found->second == text(operation.value);
}

void MetadataStore::commit(const fluxmq_metadata_operation* operations, std::uint64_t count,
                           fluxmq_metadata_done done, void* context) {
  const std::span<const fluxmq_metadata_operation> all(operations, count);
  bool accepted = false;
  {
    const std::lock_guard lock(mutex_);
    accepted = std::all_of(all.begin(), all.end(),
                           [this](const auto& operation) { return is_acceptable(operation); });
    for (const auto& operation : all) {
      if (!accepted) break;
      if (operation.kind == FLUXMQ_METADATA_PUT) {
        pairs_.insert_or_assign(std::string(text(operation.key)),
                                std::string(text(operation.value)));
      } else if (operation.kind == FLUXMQ_METADATA_DELETE) {
        if (const auto found = pairs_.find(text(operation.key)); found != pairs_.end()) {
          pairs_.erase(found);
        }
      }
    }
  }
  done(context, static_cast<std::int16_t>(accepted ? protocol::ErrorCode::NONE
                                                   : protocol::ErrorCode::INVALID_REQUEST));
}

}  // namespace fluxmq::storage_memory
