// The session of a connection, and the software that clients say they are.
#include "dispatch/session.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>

#include "host/counters.h"
#include "host/log.h"

namespace fluxmq::kernel {
namespace {

constexpr std::string_view kAnonymous = "User:ANONYMOUS";
// Names of software come from clients: a bounded number is told apart, the rest is "other".
constexpr size_t kMaxClientSoftware = 256;
constexpr size_t kMaxSoftwareNameBytes = 100;

struct ClientSoftware {
  std::string name;
  std::string version;
  int64_t* connections = nullptr;
};

std::string escape_label(std::string_view value) {
  std::string escaped;
  for (char c : value) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// One entry for each name and version ever seen: sessions refer to it, and it counts them.
class SoftwareTable {
 public:
  const ClientSoftware& find(std::string_view name, std::string_view version) {
    std::lock_guard lock(mutex_);
    auto key = std::make_pair(std::string(name.substr(0, kMaxSoftwareNameBytes)),
                              std::string(version.substr(0, kMaxSoftwareNameBytes)));
    auto found = table_.find(key);
    if (found != table_.end()) return *found->second;
    if (table_.size() >= kMaxClientSoftware) key = {"other", ""};
    auto& entry = table_[key];
    if (!entry) {
      entry = std::make_unique<ClientSoftware>(ClientSoftware{key.first, key.second, nullptr});
      entry->connections = counter_cell("fluxmq_client_connections",
                                        "software=\"" + escape_label(key.first) + "\",version=\"" +
                                            escape_label(key.second) + "\"",
                                        "Connections by what the clients say they are (KIP-511).");
    }
    return *entry;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<ClientSoftware>> table_;
};

SoftwareTable& software_table() {
  static auto* table = new SoftwareTable;
  return *table;
}

std::atomic<uint64_t> next_connection_id{1};

}  // namespace

Session::Session(const SessionOrigin& origin) : fluxmq_session{}, peer_address_{} {
  size = sizeof(fluxmq_session);
  peer_port = origin.peer_port;
  connection_id = next_connection_id.fetch_add(1, std::memory_order_relaxed);
  listener_name = to_abi(origin.listener_name);
  security_protocol = to_abi(origin.security_protocol);
  size_t length = std::min(origin.peer_address.size(), peer_address_.size());
  std::memcpy(peer_address_.data(), origin.peer_address.data(), length);
  peer_address = {peer_address_.data(), length};
  client_software_name = to_abi(std::string_view(""));
  client_software_version = to_abi(std::string_view(""));
  principal = to_abi(kAnonymous);
  authenticated = origin.must_authenticate ? 0 : 1;
  set_client_software = set_client_software_of;
  set_principal = set_principal_of;
  set_authentication_state = set_authentication_state_of;
  set_bare_api = set_bare_api_of;
}

Session::~Session() {
  if (release_authentication_state != nullptr) release_authentication_state(authentication_state);
}

void Session::set_client_software_of(fluxmq_session* session, fluxmq_string name,
                                     fluxmq_string version) {
  if (from_abi(session->client_software_name) == from_abi(name) &&
      from_abi(session->client_software_version) == from_abi(version)) {
    return;
  }
  const ClientSoftware& software = software_table().find(from_abi(name), from_abi(version));
  session->client_software_name = to_abi(software.name);
  session->client_software_version = to_abi(software.version);
  __atomic_fetch_add(software.connections, 1, __ATOMIC_RELAXED);
  if (kernel_log().enabled(LogLevel::debug)) {
    kernel_log().write(LogLevel::debug, "connection " + std::to_string(session->connection_id) +
                                            " from " +
                                            std::string(from_abi(session->peer_address)) + ":" +
                                            std::to_string(session->peer_port) + " is " +
                                            software.name + " " + software.version);
  }
}

void Session::set_principal_of(fluxmq_session* session, fluxmq_string principal) {
  auto* self = static_cast<Session*>(session);
  if (from_abi(session->principal) != from_abi(principal)) {
    self->principals_.push_back(std::make_unique<std::string>(from_abi(principal)));
    session->principal = to_abi(*self->principals_.back());
  }
  __atomic_store_n(&session->authenticated, 1, __ATOMIC_RELEASE);
}

void Session::set_authentication_state_of(fluxmq_session* session, void* state,
                                          void (*release)(void* state)) {
  if (session->release_authentication_state != nullptr && session->authentication_state != state) {
    session->release_authentication_state(session->authentication_state);
  }
  session->authentication_state = state;
  session->release_authentication_state = release;
}

// Read on the connection's loop once the request is completed: until then no frame is taken.
void Session::set_bare_api_of(fluxmq_session* session, int16_t api_key) {
  static_cast<Session*>(session)->bare_api_ = api_key;
}

}  // namespace fluxmq::kernel
