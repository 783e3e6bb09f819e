// The plugin: its APIs and what they share.
#include "plugin.h"

#include "fluxmq/protocol/messages/delete_records.h"
#include "fluxmq/protocol/messages/describe_producers.h"
#include "fluxmq/protocol/messages/fetch.h"
#include "fluxmq/protocol/messages/init_producer_id.h"
#include "fluxmq/protocol/messages/list_offsets.h"
#include "fluxmq/protocol/messages/offset_for_leader_epoch.h"
#include "fluxmq/protocol/messages/produce.h"

namespace fluxmq::api_data {
namespace {

constexpr std::array apis{
    serve<protocol::ProduceRequest, produce>(),

    serve<protocol::FetchRequest, fetch>(),
    serve<protocol::ListOffsetsRequest, list_offsets>(),
    serve<protocol::OffsetForLeaderEpochRequest, offset_for_leader_epoch>(),
    serve<protocol::DeleteRecordsRequest, delete_records>(),
    serve<protocol::InitProducerIdRequest, init_producer_id>(),
    serve<protocol::DescribeProducersRequest, describe_producers>(),
};

}  // namespace

ApiData::ApiData(Host broker)
    : host(broker),
      catalog(broker),
      authorizer(broker),
      fetch_max_bytes(broker.config_int("fetch.max.bytes")),
      fetch_sessions(
          static_cast<std::size_t>(broker.config_int("max.incremental.fetch.session.cache.slots"))),
      fetch_waits(broker),
      handler_(this, apis) {}

const void* ApiData::query(std::string_view interface_id) const {
  return interface_id == FLUXMQ_API_HANDLER ? handler_.table() : nullptr;
}

}  // namespace fluxmq::api_data

FLUXMQ_PLUGIN(fluxmq::api_data::ApiData);
