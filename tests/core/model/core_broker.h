// A broker's core over storage_local's logs on a simulated disk. All that it does runs on the
// test's thread, one thing after the other, so that the same calls make the same changes each time;
// its time is what the test says.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "append_group.h"
#include "catalog.h"
#include "compaction/log_cleaner.h"
#include "durable_metadata.h"
#include "environment.h"
#include "faulty_file_system.h"
#include "fluxmq/partition.h"
#include "fluxmq/testing/fake_host.h"
#include "log_dirs.h"
#include "log_store.h"
#include "partition.h"
#include "timed_flushes.h"

namespace fluxmq::core_model {

using protocol::ErrorCode;

// Runs nothing on its own: what is posted waits until the test lets it run, oldest first, and what
// is deferred to the end of a loop's turn waits until nothing else is left.
class QueueHost : public testing::FakeHost {
 public:
  QueueHost();

  Host host() const { return Host(&table_); }
  void run_all();
  // From now on what is posted runs in the call: the stores wait for it when they start and stop.
  void run_at_once(bool at_once) { at_once_ = at_once; }

 private:
  using Tasks = std::deque<std::pair<fluxmq_task, void*>>;
  static QueueHost& of(void* self) {
    return *static_cast<QueueHost*>(static_cast<FakeHost*>(self));
  }
  static bool run_first(Tasks& tasks);

  fluxmq_host table_;
  Tasks posted_, deferred_;
  bool at_once_ = true;
};

class CoreBroker {
 public:
  using Configs = std::map<std::string, std::string>;
  struct Append {
    std::vector<std::uint8_t> batch;
    AppendOptions options;
    std::optional<AppendResult> result{};
  };

  CoreBroker(storage_faults::FaultyFileSystem& files, DurableMetadata& metadata,
             std::int64_t now_ms);
  ~CoreBroker();

  // The clean end; else the process dies, for which the test kills files and metadata first.
  void stop();
  void set_now_ms(std::int64_t now_ms) { now_ms_ = now_ms; }
  // Returns once nothing is left to be done.
  void settle() { host_.run_all(); }

  core::TopicReference find(const std::string& topic) { return catalog_.topics().find(topic); }
  ErrorCode create(const std::string& topic, fluxmq_uuid id, std::int32_t leader_epoch,
                   const Configs& configs);
  ErrorCode remove(const core::TopicVersion& topic);
  ErrorCode alter(const std::string& topic, const std::vector<fluxmq_config_change>& changes);

  // All of them in one turn. Each is answered, or it throws.
  void append(core::Partition& partition, std::vector<Append>& appends);
  // The log under it, while nothing else uses it: fn(const fluxmq_log_store*, fluxmq_log*).
  template <class Fn>
  void look_at_log(core::Partition& partition, Fn fn) {
    const auto use = partition.begin_cleaning(false);
    if (use.log == nullptr) throw std::runtime_error("the log isn't open");
    fn(environment_.log_store, use.log);
    partition.end_cleaning(use);
  }
  // Lets the cleaner choose a log; whether one was cleaned.
  bool clean_dirtiest();
  void retain(core::Partition& partition);
  // Time that only the log store notices: it writes its checkpoints, and deletes files.
  void checkpoint();

 private:
  QueueHost host_;
  std::int64_t now_ms_;
  storage_local::LogDirs dirs_;
  storage_local::LogStore logs_;
  core::AppendGroupPool groups_;
  core::TimedFlushes timed_flushes_;
  core::Environment environment_;
  core::Catalog catalog_;
  core::LogCleaner cleaner_;
  bool stopped_ = false;
};

}  // namespace fluxmq::core_model
