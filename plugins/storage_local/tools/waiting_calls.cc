#include "waiting_calls.h"

#include <future>

#include "fluxmq/host.h"
#include "fluxmq/protocol/errors.h"

namespace fluxmq::storage_local {

std::string Outcome::text() const {
  return message.empty() ? std::string(protocol::error_name(protocol::ErrorCode{error})) : message;
}

Outcome create_topic(const fluxmq_catalog* catalog, const fluxmq_new_topic& topic) {
  struct Call {
    const fluxmq_catalog* catalog;
    std::promise<Outcome> outcome;
  };
  Call call{catalog, {}};
  auto outcome = call.outcome.get_future();
  catalog->create_topic(
      catalog->self, &topic,
      [](void* context, std::int16_t error, fluxmq_string message, const fluxmq_topic* created) {
        auto& call = *static_cast<Call*>(context);
        if (created != nullptr) call.catalog->release_topic(call.catalog->self, created);
        call.outcome.set_value({error, std::string(view(message))});
      },
      &call);
  return outcome.get();
}

Outcome skip_producer_ids(const fluxmq_catalog* catalog, std::int64_t first) {
  std::promise<Outcome> call;
  auto outcome = call.get_future();
  catalog->skip_producer_ids(
      catalog->self, first,
      [](void* context, std::int16_t error, fluxmq_string message) {
        static_cast<std::promise<Outcome>*>(context)->set_value(
            {error, std::string(view(message))});
      },
      &call);
  return outcome.get();
}

fluxmq_log* open_log(const fluxmq_log_store* logs, fluxmq_string topic, fluxmq_uuid id,
                     std::int32_t partition) {
  // Only what recovery asks for; the topic's own comes with its next opening.
  constexpr fluxmq_log_config config = {
      sizeof(fluxmq_log_config), 1 << 30, INT64_MAX, 4096, 10 << 20, -1, -1, 0};
  std::promise<fluxmq_log*> call;
  auto opened = call.get_future();
  logs->open(
      logs->self, topic, id, partition, &config,
      [](void* context, std::int16_t, fluxmq_log* log) {
        static_cast<std::promise<fluxmq_log*>*>(context)->set_value(log);
      },
      &call);
  return opened.get();
}

void remove_log(const fluxmq_log_store* logs, fluxmq_string topic, fluxmq_uuid id,
                std::int32_t partition) {
  std::promise<void> call;
  auto removed = call.get_future();
  logs->remove_by_name(
      logs->self, topic, id, partition,
      [](void* context, std::int16_t) { static_cast<std::promise<void>*>(context)->set_value(); },
      &call);
  removed.get();
}

}  // namespace fluxmq::storage_local
