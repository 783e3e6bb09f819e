// The calls of the catalog and the log store that a command waits for.
#pragma once
#include <cstdint>
#include <string>

#include "fluxmq/abi/catalog.h"
#include "fluxmq/abi/log_store.h"

namespace fluxmq::storage_local {

struct Outcome {
  std::int16_t error;
  std::string message;

  // The message, or the error's name.
  std::string text() const;
};

Outcome create_topic(const fluxmq_catalog* catalog, const fluxmq_new_topic& topic);
Outcome skip_producer_ids(const fluxmq_catalog* catalog, std::int64_t first);
// Null if it can't be opened.
fluxmq_log* open_log(const fluxmq_log_store* logs, fluxmq_string topic, fluxmq_uuid id,
                     std::int32_t partition);
void remove_log(const fluxmq_log_store* logs, fluxmq_string topic, fluxmq_uuid id,
                std::int32_t partition);

}  // namespace fluxmq::storage_local
