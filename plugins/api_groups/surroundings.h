// Surroundings: what the protocol of groups asks of the world, which keeps it pure of I/O: the
// time, the log, and those who wait for an answer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "commands.h"
#include "deadlines.h"
#include "records.h"
#include "waiter.h"

namespace fluxmq::api_groups {

// Gets what became of a write; an error is already one for clients.
using WriteDone = std::function<void(ErrorCode)>;

// What a write must survive before it counts. A machine that dies takes the members of its groups
// away anyhow: they join again. So rebalances don't wait for the disk; commits and deletions do, if
// offsets.commit.required.acks says so.
enum class Durability : std::uint8_t { kProcess, kAsConfigured };

class Surroundings {
 public:
  virtual std::int64_t now_ms() = 0;        // for deadlines: never set back
  virtual std::int64_t wall_time_ms() = 0;  // for records
  virtual std::string random_uuid() = 0;
  virtual DeadlineQueue& deadlines() = 0;
  // `done` is called after the call, in the order of the writes, once the records are durable or
  // failed. Without records: once those before are.
  virtual void write(std::vector<CoordinatorRecord> records, Durability durability,
                     WriteDone done) = 0;
  virtual void answer(Waiter<JoinResult>* waiter, JoinResult result) = 0;
  virtual void answer(Waiter<SyncResult>* waiter, SyncResult result) = 0;
  virtual void answer(Waiter<ErrorList>* waiter, ErrorList result) = 0;
  virtual void answer(Waiter<ErrorCode>* waiter, ErrorCode result) = 0;
  virtual bool has_room(std::size_t more_bytes) = 0;  // in the memory that groups may take
  virtual void note(std::string_view event) = 0;      // for operators

  void write(CoordinatorRecord record, WriteDone done) {
    std::vector<CoordinatorRecord> records;
    records.push_back(std::move(record));
    write(std::move(records), Durability::kProcess, std::move(done));
  }
  void after_writes(WriteDone done) { write({}, Durability::kProcess, std::move(done)); }

 protected:
  ~Surroundings() = default;
};

}  // namespace fluxmq::api_groups
