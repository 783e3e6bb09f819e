// A plugin for the kernel's tests: made-up APIs that answer in every way a handler can.
//
//   500 Echo       answers its body; versions 0-3, flexible from 2
//   501 Later      int32 delay_ms, then what to answer, from a thread of the blocking pool or a
//   timer 502 Segments   commands, see Command 503 AnyVersion answers the version it was asked with
//   504 Session    shows and changes the session
//   505 Deferred   answers at the end of the turn with the number of requests that shared it
//   508 Authorized asks the authorizer, if there is one
//   509 Loop       tells the loop it is on
//   510 Peak       tells the most requests and bytes that Later had at a time
//   506 Hold       is answered when a Release (507) comes, or the plugin stops
#include <fcntl.h>
#include <fluxmq/abi/api_handler.h>
#include <fluxmq/abi/authorizer.h>
#include <fluxmq/abi/plugin.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

namespace {

const fluxmq_host* host = nullptr;
std::atomic<int64_t>* leases_held = nullptr;  // a counter, so that tests can read it
std::vector<fluxmq_request*> deferred[64];
std::mutex held_mutex;
std::vector<fluxmq_request*> held;

int32_t load_int32(const uint8_t* p) {
  return static_cast<int32_t>((uint32_t{p[0]} << 24) | (uint32_t{p[1]} << 16) |
                              (uint32_t{p[2]} << 8) | p[3]);
}

fluxmq_segment memory(const void* data, size_t size) {
  return {FLUXMQ_SEGMENT_MEMORY, -1, static_cast<const uint8_t*>(data), 0, size, nullptr, nullptr};
}

void answer(fluxmq_request* request, const std::string& text) {
  fluxmq_segment segment = memory(text.data(), text.size());
  request->complete(request, FLUXMQ_ANSWER, &segment, 1);
}

void echo(void*, fluxmq_request* request) {
  fluxmq_segment segment = memory(request->body.data, request->body.size);
  request->complete(request, FLUXMQ_ANSWER, &segment, 1);
}

std::mutex peak_mutex;
int64_t later_requests = 0;
int64_t later_bytes = 0;
int64_t peak_requests = 0;
int64_t peak_bytes = 0;

void count_later(int64_t sign, uint64_t bytes) {
  std::lock_guard lock(peak_mutex);
  later_requests += sign;
  later_bytes += sign * static_cast<int64_t>(bytes);
  peak_requests = std::max(peak_requests, later_requests);
  peak_bytes = std::max(peak_bytes, later_bytes);
}

void answer_later(void* context) {
  auto* request = static_cast<fluxmq_request*>(context);
  count_later(-1, request->body.size);
  fluxmq_segment segment = memory(request->body.data + 4, request->body.size - 4);
  request->complete(request, FLUXMQ_ANSWER, &segment, 1);
}

void later(void*, fluxmq_request* request) {
  int32_t delay_ms = load_int32(request->body.data);
  count_later(1, request->body.size);
  if (delay_ms < 0) {
    host->post_blocking(host->self, answer_later, request);
  } else {
    host->start_timer(host->self, delay_ms, answer_later, request);
  }
}

void free_lease(void* context) {
  std::free(context);
  --*leases_held;
}

struct FileLease {
  int fd;
};

void close_lease(void* context) {
  auto* lease = static_cast<FileLease*>(context);
  ::close(lease->fd);
  delete lease;
  --*leases_held;
}

fluxmq_segment leased_memory(size_t size, uint8_t fill) {
  auto* data = static_cast<uint8_t*>(std::malloc(size));
  std::memset(data, fill, size);
  ++*leases_held;
  return {FLUXMQ_SEGMENT_MEMORY, -1, data, 0, size, free_lease, data};
}

int make_file(const std::vector<uint8_t>& bytes) {
  char name[] = "/tmp/fluxmq-echo-XXXXXX";
  int fd = ::mkstemp(name);
  ::unlink(name);
  if (::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
  return fd;
}

int file_of(size_t size, uint8_t fill) {
  std::vector<uint8_t> bytes(size + 100, fill);
  std::memset(bytes.data(), '!', 100);
  return make_file(bytes);
}

// Each byte says where it is; and not in the page cache, unless the file system is that.
int cold_file_of(size_t size) {
  std::vector<uint8_t> bytes(size + 100);
  for (size_t i = 100; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>((i - 100) % 251);
  int fd = make_file(bytes);
  ::fdatasync(fd);
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  return fd;
}

// 'n' no answer, 'c' close, 'm' leased memory, 'f' leased file, 'b' all kinds in one answer,
// 'F' a file without a lease, 'd' a leased file that is on the disk only; then int32 size.
void segments(void*, fluxmq_request* request) {
  uint8_t command = request->body.data[0];
  auto size = static_cast<size_t>(load_int32(request->body.data + 1));
  std::vector<fluxmq_segment> parts;
  int unleased = -1;
  if (command == 'n') return request->complete(request, FLUXMQ_NO_ANSWER, nullptr, 0);
  if (command == 'c') return request->complete(request, FLUXMQ_CLOSE, nullptr, 0);
  if (command == 'm' || command == 'b') parts.push_back(leased_memory(size, 'm'));
  if (command == 'b') parts.push_back(memory("-between-", 9));
  if (command == 'f' || command == 'b' || command == 'd') {
    ++*leases_held;
    int fd = command == 'd' ? cold_file_of(size) : file_of(size, 'f');
    parts.push_back({FLUXMQ_SEGMENT_FILE, fd, nullptr, 100, size, close_lease, new FileLease{fd}});
  }
  if (command == 'F') {
    unleased = file_of(size, 'F');
    parts.push_back({FLUXMQ_SEGMENT_FILE, unleased, nullptr, 100, size, nullptr, nullptr});
  }
  request->complete(request, FLUXMQ_ANSWER, parts.data(), static_cast<uint32_t>(parts.size()));
  if (unleased >= 0) ::close(unleased);
}

void any_version(void*, fluxmq_request* request) {
  answer(request, "version " + std::to_string(request->api_version) + " body " +
                      std::to_string(request->body.size));
}

std::string text(fluxmq_string s) {
  return {s.data, s.size};
}

// "software NAME VERSION", "principal NAME", or nothing: answers with what the session says.
void session(void*, fluxmq_request* request) {
  fluxmq_session* session = request->session;
  std::string body(reinterpret_cast<const char*>(request->body.data), request->body.size);
  if (body.rfind("software ", 0) == 0) {
    session->set_client_software(session, {body.data() + 9, body.size() - 9}, {"1.0", 3});
  }
  if (body.rfind("principal ", 0) == 0) {
    session->set_principal(session, {body.data() + 10, body.size() - 10});
  }
  if (body == "state") {
    ++*leases_held;
    session->set_authentication_state(session, leases_held, [](void*) { --*leases_held; });
  }
  answer(request, text(session->listener_name) + " " + text(session->security_protocol) + " " +
                      text(session->peer_address) + " " + text(session->client_software_name) +
                      "/" + text(session->client_software_version) + " " +
                      text(session->principal) + " " + text(request->client_id) + " " +
                      std::to_string(session->authenticated));
}

void answer_deferred(void*) {
  std::vector<fluxmq_request*> together;
  together.swap(deferred[host->current_loop(host->self)]);
  for (fluxmq_request* request : together) answer(request, std::to_string(together.size()));
}

void defer(void*, fluxmq_request* request) {
  auto& together = deferred[host->current_loop(host->self)];
  together.push_back(request);
  if (together.size() == 1) host->defer(host->self, answer_deferred, nullptr);
}

void release_held() {
  std::vector<fluxmq_request*> released;
  {
    std::lock_guard lock(held_mutex);
    released.swap(held);
  }
  for (fluxmq_request* request : released) answer(request, "released");
}

void hold(void*, fluxmq_request* request) {
  std::lock_guard lock(held_mutex);
  held.push_back(request);
}

void release(void*, fluxmq_request* request) {
  release_held();
  answer(request, std::to_string(leases_held->load()));
}

// What an API handler does with the authorizer: "" or "denied".
void authorized(void*, fluxmq_request* request) {
  auto* authorizer =
      static_cast<const fluxmq_authorizer*>(host->find_interface(host->self, FLUXMQ_AUTHORIZER, 0));
  fluxmq_action action{FLUXMQ_OPERATION_READ,
                       FLUXMQ_ACL_RESOURCE_TOPIC,
                       {reinterpret_cast<const char*>(request->body.data), request->body.size}};
  uint8_t allowed = 1;
  if (authorizer != nullptr) {
    authorizer->authorize(authorizer->self, request->session, &action, 1, &allowed);
  }
  answer(request, allowed != 0 ? "allowed" : "denied");
}

void loop(void*, fluxmq_request* request) {
  answer(request, std::to_string(host->current_loop(host->self)));
}

void peak(void*, fluxmq_request* request) {
  std::lock_guard lock(peak_mutex);
  answer(request, std::to_string(peak_requests) + " " + std::to_string(peak_bytes));
}

constexpr uint32_t kOpen = FLUXMQ_API_BEFORE_AUTHENTICATION;
const fluxmq_api apis[] = {
    {500, 0, 3, 0, 2, 0, 0, "Echo", echo},
    {501, 0, 0, 0, INT16_MAX, 0, 0, "Later", later},
    {502, 0, 0, 0, INT16_MAX, 0, 0, "Segments", segments},
    {503, 0, 4, 0, 3, 0, kOpen | FLUXMQ_API_ANY_VERSION | FLUXMQ_API_PLAIN_RESPONSE_HEADER,
     "AnyVersion", any_version},
    {504, 0, 0, 0, INT16_MAX, 0, kOpen, "Session", session},
    {505, 0, 0, 0, INT16_MAX, 0, 0, "Deferred", defer},
    {506, 0, 0, 0, INT16_MAX, 0, 0, "Hold", hold},
    {507, 0, 0, 0, INT16_MAX, 0, 0, "Release", release},
    {508, 0, 0, 0, INT16_MAX, 0, 0, "Authorized", authorized},
    {509, 0, 0, 0, INT16_MAX, 0, 0, "Loop", loop},
    {510, 0, 0, 0, INT16_MAX, 0, 0, "Peak", peak},
};
const fluxmq_api_handler handler = {sizeof(fluxmq_api_handler), sizeof(fluxmq_api), nullptr, apis,
                                    sizeof(apis) / sizeof(apis[0])};

void* create(const fluxmq_host* given) {
  host = given;
  static_assert(sizeof(std::atomic<int64_t>) == sizeof(int64_t));
  leases_held = reinterpret_cast<std::atomic<int64_t>*>(
      host->counter(host->self, {"echo_leases", 11}, {"", 0}, {"", 0}));
  return &host;
}

const char* const provides[] = {FLUXMQ_API_HANDLER, nullptr};
const char* const requires_none[] = {nullptr};
const fluxmq_config_key keys[] = {
    {"echo.number", FLUXMQ_CONFIG_INT, 0, "7", 1, 9, nullptr, "A number."},
    {"echo.secret", FLUXMQ_CONFIG_PASSWORD, 0, "", 0, 0, nullptr, "A secret."},
    {"echo.choice", FLUXMQ_CONFIG_STRING, 0, "left", 0, 0, "left,right", "A choice."},
};

}  // namespace

extern "C" FLUXMQ_EXPORT const fluxmq_plugin fluxmq_plugin_entry;
const fluxmq_plugin fluxmq_plugin_entry = {
    FLUXMQ_MAGIC,
    FLUXMQ_ABI_MAJOR,
    FLUXMQ_SDK_MINOR,
    sizeof(fluxmq_plugin),
    sizeof(fluxmq_config_key),
    "echo",
    "1.0",
    "Made-up APIs for tests",
    provides,
    requires_none,
    keys,
    3,
    create,
    [](void*, const char* id) -> const void* {
      return std::strcmp(id, FLUXMQ_API_HANDLER) == 0 ? &handler : nullptr;
    },
    [](void*) { release_held(); },
    [](void*) {},
    nullptr,
};
