// InitProducerId: gives an idempotent producer an id that nobody had before.
#include "fluxmq/protocol/messages/init_producer_id.h"

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_data {
namespace {

using namespace protocol;

// Who may write to the cluster, or to any of its topics.
bool may_write(const ApiData& plugin, const fluxmq_session& session) {
  if (plugin.authorizer.allows_cluster(session, FLUXMQ_OPERATION_IDEMPOTENT_WRITE)) return true;
  bool may = false;
  plugin.catalog.visit_topics([&](const fluxmq_topic& topic) {
    may = may || plugin.authorizer.allows_topic(session, FLUXMQ_OPERATION_WRITE, view(topic.name));
  });
  return may;
}

ErrorCode check(const ApiData& plugin, const fluxmq_session& session,
                const InitProducerIdRequest& message) {
  if (message.transactional_id) {
    if (!plugin.authorizer.allows(session, FLUXMQ_OPERATION_WRITE,
                                  FLUXMQ_ACL_RESOURCE_TRANSACTIONAL_ID,
                                  *message.transactional_id)) {
      return ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    }
    if (message.transactional_id->empty()) return ErrorCode::INVALID_REQUEST;
    // Transactions aren't served. Clients take this one as final, and say what it says; they would
    // try again forever after an error of the coordinator's.
    return ErrorCode::UNSUPPORTED_VERSION;
  }
  if (!may_write(plugin, session)) return ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
  // A producer that names its id (KIP-360) gives both; without a transaction it gets a new one.
  const bool has_id = message.producer_id != -1;
  const bool has_epoch = message.producer_epoch != -1;
  return has_id == has_epoch ? ErrorCode::NONE : ErrorCode::INVALID_REQUEST;
}

}  // namespace

Task init_producer_id(ApiData& plugin, Request request) {
  const auto message = request.decode<InitProducerIdRequest>();
  ProducerIdResult allocated;
  allocated.error = check(plugin, request.session(), message);
  if (allocated.error == ErrorCode::NONE) {
    allocated = co_await plugin.catalog.allocate_producer_id();
  }
  InitProducerIdResponse response;
  response.error_code = to_int16(allocated.error);
  if (allocated.error == ErrorCode::NONE) {
    response.producer_id = allocated.producer_id;
    response.producer_epoch = 0;
  } else {
    response.producer_epoch = -1;
  }
  request.answer(response);
}

}  // namespace fluxmq::api_data
