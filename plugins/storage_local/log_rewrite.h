// One segment in the place of several: what compaction leaves of them.
//
// It is written beside them (.cleaned), brought to the disk, and then takes their place in steps
// that a recovery can end, whatever the machine made of them: the new files are named .swap, which
// is durable before anything else happens; the old ones .deleted; the new ones get their own name.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "fluxmq/protocol/record_batch.h"
#include "log.h"

namespace fluxmq::storage_local {

class LogRewrite {
 public:
  // `segments` follow each other in the log; their offsets end before `end_offset`.
  LogRewrite(std::shared_ptr<Log> log, std::vector<std::shared_ptr<LogSegment>> segments,
             std::int64_t end_offset, const fluxmq_log_config& config);
  // Without a commit nothing is left of it.
  ~LogRewrite();

  Log& log() { return *log_; }
  ErrorCode write(protocol::Bytes batches);
  void commit();

 private:
  const std::shared_ptr<Log> log_;
  const std::vector<std::shared_ptr<LogSegment>> replaced_;
  const std::int64_t end_offset_;
  const fluxmq_log_config config_;
  const std::shared_ptr<LogSegment> replacement_;
  bool committed_ = false;
};

}  // namespace fluxmq::storage_local
