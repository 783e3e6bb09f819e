#include "dispatch/request_log.h"

#include <utility>

namespace fluxmq::kernel {
namespace {

LogRateLimit refused_frames;
LogRateLimit refused_requests;

}  // namespace

std::string describe_client(const Session& session) {
  return std::string(from_abi(session.listener_name)) + " client " +
         std::string(from_abi(session.peer_address)) + ":" + std::to_string(session.peer_port);
}

void log_refused_frame(const Session& session, int32_t length, int32_t min_bytes,
                       int32_t max_bytes) {
  log_limited(refused_frames, LogLevel::warn,
              describe_client(session) + " sent a frame of " + std::to_string(length) +
                  " bytes, not within " + std::to_string(min_bytes) + " and " +
                  std::to_string(max_bytes) + ": closed");
}

void log_refused_request(const Session& session, const Request& request, const char* why) {
  std::string line = describe_client(session) + " with client id \"" +
                     std::string(cut_for_log(from_abi(request.client_id))) + "\"";
  if (session.client_software_name.size > 0) {
    line += " (" + std::string(cut_for_log(from_abi(session.client_software_name))) + " " +
            std::string(cut_for_log(from_abi(session.client_software_version))) + ")";
  }
  line += " asked for API " + std::to_string(request.api_key);
  if (request.route->is_served) line += std::string(" (") + request.route->api.name + ")";
  line += " version " + std::to_string(request.api_version) + ", " + why + ": closed";
  log_limited(refused_requests, LogLevel::warn, std::move(line));
}

void log_answer(LogComponent& log, const Session& session, const Request& request,
                uint64_t answer_bytes) {
  bool is_served = request.route->is_served;
  log.write(
      LogLevel::debug,
      (is_served ? std::string(request.route->api.name)
                 : "API " + std::to_string(request.api_key)) +
          " v" + std::to_string(request.api_version) + " of " + describe_client(session) + " \"" +
          std::string(
              cut_for_log(request.client_id.data == nullptr ? "" : from_abi(request.client_id))) +
          "\": " + std::to_string(request.frame_bytes) + " bytes, answered with " +
          std::to_string(answer_bytes) + " after " +
          std::to_string(steady_now_us() - request.received_us) + " us");
}

}  // namespace fluxmq::kernel
