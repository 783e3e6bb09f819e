// ConvertedRead: a read for a client that doesn't know what is stored. It takes a batch of the log
// at a time, and holds no more than that and the answer.
#pragma once
#include <cstdint>
#include <vector>

#include "fluxmq/abi/log_store.h"
#include "partition.h"

namespace fluxmq::core {

struct Partition::ConvertedRead {
  ConvertedRead(Partition& owner, const fluxmq_read_request& read_request, std::int64_t read_bound,
                const fluxmq_read_result& state, fluxmq_read_done read_done, void* read_context)
      : partition(owner.shared_from_this()),
        request(read_request),
        bound(read_bound),
        result(state),
        done(read_done),
        context(read_context),
        position(read_request.fetch_offset) {}

  // Looks at what the log gave. False: nothing of it is for the client, but there is more to read.
  bool convert();
  // Gives the log back and answers.
  void finish();

  const std::shared_ptr<Partition> partition;
  const fluxmq_read_request request;
  const std::int64_t bound;
  fluxmq_read_result result;
  const fluxmq_read_done done;
  void* const context;
  std::int64_t position;                 // where the log is to be read
  std::vector<fluxmq_segment> segments;  // what it gave
  std::vector<std::uint8_t> messages;    // the answer, converted

 private:
  bool convert_batches();
  bool add(const protocol::RecordBatch& batch);
  void cut_before_zstd();
  void fail(ErrorCode error);
};

}  // namespace fluxmq::core
