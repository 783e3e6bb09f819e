// Which handler a frame is for.
#pragma once

#include <cstdint>
#include <span>

#include "dispatch/request.h"
#include "dispatch/router.h"
#include "dispatch/session.h"

namespace fluxmq::kernel {

// Fills in what the header says of the request, and its route. Returns why it isn't served, as what
// follows "asked for API 1 version 2, "; null if it is.
const char* route_request(const Router& router, const Session& session, std::span<uint8_t> frame,
                          Request* request);

}  // namespace fluxmq::kernel
