// FindCoordinator: which broker coordinates a group. Here it is always this one.
#include "fluxmq/protocol/messages/find_coordinator.h"

#include <vector>

#include "plugin.h"

namespace fluxmq::api_groups {

namespace {

constexpr std::int16_t kFirstVersionWithKeys = 4;

constexpr std::int8_t kGroup = 0;
constexpr std::int8_t kTransaction = 1;
constexpr std::int8_t kShareGroup = 2;

// Where the clients of the listener that the request came by are told to connect to.
fluxmq_listener listener_of(const Host& host, const fluxmq_session& session) {
  const auto* const table = host.table();
  std::vector<fluxmq_listener> listeners(table->listeners(table->self, nullptr, 0));
  table->listeners(table->self, listeners.data(), static_cast<std::uint32_t>(listeners.size()));
  for (const auto& listener : listeners) {
    if (view(listener.name) == view(session.listener_name)) return listener;
  }
  return {};
}

struct Found {
  ErrorCode error = ErrorCode::NONE;
  std::int32_t node_id = -1;
  std::string_view host;
  std::int32_t port = -1;
};

Async<Found> find(ApiGroups& plugin, const Request& request, std::int8_t key_type,
                  std::string_view key) {
  Found found;
  if (key_type == kTransaction) {
    // Transactions aren't served: of all codes, only this one makes every client give up at once
    // instead of asking again.
    found.error = ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  } else if (key_type != kGroup) {
    found.error = ErrorCode::INVALID_REQUEST;
  } else if (!plugin.may(request, FLUXMQ_OPERATION_DESCRIBE, key)) {
    found.error = ErrorCode::GROUP_AUTHORIZATION_FAILED;
  } else {
    found.error = co_await plugin.coordinator.prepare();
  }
  if (found.error == ErrorCode::NONE) {
    const fluxmq_listener listener = listener_of(plugin.host, request.session());
    found.node_id = plugin.catalog.broker_id();
    found.host = view(listener.advertised_host);
    found.port = listener.advertised_port;
  }
  co_return found;
}

// Kafka's later versions keep silent about errors, but for key types that it doesn't know.
std::string_view message_of(const Found& found, std::int8_t key_type) {
  if (found.error == ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED) {
    return "This broker does not serve transactions.";
  }
  const bool is_known = key_type >= kGroup && key_type <= kShareGroup;
  return is_known ? "" : protocol::error_message(found.error);
}

}  // namespace

Task find_coordinator(ApiGroups& plugin, Request request) {
  const auto message = request.decode<protocol::FindCoordinatorRequest>();
  check_count(message.coordinator_keys.size());
  protocol::FindCoordinatorResponse response;
  if (request.api_version() >= kFirstVersionWithKeys) {
    for (const auto key : message.coordinator_keys) {
      const Found found = co_await find(plugin, request, message.key_type, key);
      response.coordinators.push_back({key, found.node_id, found.host, found.port,
                                       code(found.error), message_of(found, message.key_type)});
    }
  } else {
    const Found found = co_await find(plugin, request, message.key_type, message.key);
    response.error_code = code(found.error);
    response.error_message = protocol::error_message(found.error);
    if (found.error == ErrorCode::NONE) {
      response.error_message = protocol::error_name(found.error);
    } else if (message.key_type == kTransaction) {
      response.error_message = message_of(found, message.key_type);
    }
    response.node_id = found.node_id;
    response.host = found.host;
    response.port = found.port;
  }
  request.answer(response);
}

}  // namespace fluxmq::api_groups
