// A request on its way: the public part that handlers see, and what the kernel keeps about it.
#pragma once

#include <cstdint>
#include <vector>

#include "dispatch/router.h"
#include "fluxmq/abi/api_handler.h"
#include "host/event_loop.h"
#include "net/buffer_pool.h"

namespace fluxmq::kernel {

class Connection;

// As a LoopNode it travels from the thread that completed it to its connection's loop.
struct Request : fluxmq_request, LoopNode {
  Request* next = nullptr;  // in the connection's order, or in the free list
  Connection* connection = nullptr;
  const Route* route = nullptr;
  Buffer* buffer = nullptr;  // the frame lies in it
  int64_t frame_bytes = 0;
  int64_t received_us = 0;  // only while requests are traced
  bool is_completed = false;
  // The answer, while earlier requests of the connection aren't answered.
  uint32_t outcome = FLUXMQ_NO_ANSWER;
  std::vector<fluxmq_segment> held;

  Request() : fluxmq_request{} {}
};

}  // namespace fluxmq::kernel
