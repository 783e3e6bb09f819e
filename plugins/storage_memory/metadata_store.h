// "fluxmq.metadata_store/1" in a map. Everything is done during the call.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>

#include "fluxmq/abi/metadata_store.h"

namespace fluxmq::storage_memory {

class MetadataStore {
 public:
  MetadataStore();
  const fluxmq_metadata_store* table() const { return &table_; }

 private:
  void get(fluxmq_bytes key, fluxmq_metadata_visitor visitor, void* context);
  void scan(fluxmq_bytes prefix, fluxmq_metadata_visitor visitor, void* context);
  void commit(const fluxmq_metadata_operation* operations, std::uint64_t count,
              fluxmq_metadata_done done, void* context);
  bool is_acceptable(const fluxmq_metadata_operation& operation) const;  // under mutex_

  static const fluxmq_metadata_store kFunctions;

  fluxmq_metadata_store table_;
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> pairs_;
};

}  // namespace fluxmq::storage_memory
