// The plugin: its APIs and what they share.
#include "plugin.h"

#include "fluxmq/protocol/messages/create_partitions.h"
#include "fluxmq/protocol/messages/create_topics.h"
#include "fluxmq/protocol/messages/delete_topics.h"

namespace fluxmq::api_topics {
namespace {

constexpr std::array apis{
    serve<protocol::CreateTopicsRequest, create_topics>(),
    serve<protocol::DeleteTopicsRequest, delete_topics>(),
    serve<protocol::CreatePartitionsRequest, create_partitions>(),
};

}  // namespace

ApiTopics::ApiTopics(Host broker)
    : host(broker),
      catalog(broker),
      authorizer(broker),
      delete_enabled(broker.config_bool("delete.topic.enable")),
      handler_(this, apis) {}

const void* ApiTopics::query(std::string_view interface_id) const {
  return interface_id == FLUXMQ_API_HANDLER ? handler_.table() : nullptr;
}

}  // namespace fluxmq::api_topics

FLUXMQ_PLUGIN(fluxmq::api_topics::ApiTopics);
