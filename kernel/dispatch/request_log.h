// What the log says of clients and their requests.
#pragma once

#include <cstdint>
#include <string>

#include "dispatch/request.h"
#include "dispatch/session.h"
#include "host/log.h"

namespace fluxmq::kernel {

std::string describe_client(const Session& session);

// Lines that clients can bring about are limited in their rate.
void log_refused_frame(const Session& session, int32_t length, int32_t min_bytes,
                       int32_t max_bytes);
void log_refused_request(const Session& session, const Request& request, const char* why);

// A request and its answer, while requests are traced.
void log_answer(LogComponent& log, const Session& session, const Request& request,
                uint64_t answer_bytes);

}  // namespace fluxmq::kernel
