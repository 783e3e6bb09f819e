#include "topic_deletion.h"

#include <atomic>
#include <utility>

#include "metadata_writer.h"
#include "topic_record.h"

namespace fluxmq::core {

void remove_logs(Environment& environment, const fluxmq_metadata_store* store,
                 const protocol::Uuid& id, const std::vector<std::shared_ptr<Partition>>& logs,
                 std::function<void()> removed) {
  struct Removal {
    std::atomic<std::size_t> left;
    std::atomic<bool> failed{false};
    std::function<void()> done;
  };
  auto removal = std::make_shared<Removal>();
  removal->left = logs.size() + 1;
  removal->done = std::move(removed);
  const auto one_less = [&environment, store, id, removal](std::int16_t error) {
    if (error != 0) removal->failed = true;
    if (removal->left.fetch_sub(1) != 1) return;
    if (removal->failed) {
      environment.host.error("not all logs of the deleted topic with the id ", id.to_string(),
                             " could be removed; the next start tries again");
      return removal->done();
    }
    MetadataTransaction transaction;
    transaction.remove(deleted_key(id));
    commit(store, transaction, [removal](std::int16_t) { removal->done(); });
  };
  for (const auto& log : logs) log->remove(one_less);
  one_less(0);
}

}  // namespace fluxmq::core
