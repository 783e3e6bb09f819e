// The end of a deleted topic: its logs, then the record that says that they are to be removed.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "environment.h"
#include "partition.h"

namespace fluxmq::core {

// `removed` runs once that is durable, or where a log could not be removed, which the next start
// tries again; on any thread.
void remove_logs(Environment& environment, const fluxmq_metadata_store* store,
                 const protocol::Uuid& id, const std::vector<std::shared_ptr<Partition>>& logs,
                 std::function<void()> removed);

}  // namespace fluxmq::core
