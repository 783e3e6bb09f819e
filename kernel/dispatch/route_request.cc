#include "dispatch/route_request.h"

#include "dispatch/request_header.h"

namespace fluxmq::kernel {
namespace {

constexpr const char* kNotServed = "which no enabled plugin serves";

// A frame without a header (fluxmq_session::set_bare_api).
const char* route_bare(const Router& router, int16_t api_key, std::span<uint8_t> frame,
                       Request* request) {
  request->route = router.find(api_key);
  request->api_key = api_key;
  request->api_version = FLUXMQ_BARE;
  request->correlation_id = 0;
  request->client_id = {nullptr, 0};
  request->body = {frame.data(), frame.size()};
  return request->route->is_served ? nullptr : kNotServed;
}

}  // namespace

const char* route_request(const Router& router, const Session& session, std::span<uint8_t> frame,
                          Request* request) {
  if (session.bare_api() != FLUXMQ_NO_API)
    return route_bare(router, session.bare_api(), frame, request);

  RequestHeader header = read_fixed_header(frame);
  const Route* route = router.find(header.api_key);
  bool is_whole = read_rest_of_header(
      frame, route->is_served && route->is_flexible(header.api_version), &header);
  request->route = route;
  request->api_key = header.api_key;
  request->api_version = header.api_version;
  request->correlation_id = header.correlation_id;
  request->client_id = to_abi(header.client_id);
  request->body = {frame.data() + header.size, frame.size() - header.size};

  if (!route->is_served) return kNotServed;
  if (!route->serves(header.api_version)) return "a version that is not served";
  if (!is_whole) return "with a header that can't be parsed";
  if ((route->api.flags & FLUXMQ_API_BEFORE_AUTHENTICATION) == 0 && !session.is_authenticated())
    return "before it was authenticated";
  return nullptr;
}

}  // namespace fluxmq::kernel
