// Runs operations on a broker's topics and on their models. At each change that an operation makes
// to the disk or the metadata, what a death of the process and a power loss would leave is kept,
// started and compared as well.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core_broker.h"
#include "operation.h"
#include "partition_model.h"

namespace fluxmq::core_model {

struct TopicModel {
  fluxmq_uuid id{};
  std::int32_t leader_epoch = 0;
  CoreBroker::Configs configs;
  PartitionModel partition;

  std::int64_t config(const char* key, std::int64_t otherwise) const;
  bool has_policy(const char* policy) const;
};

class ModelRun {
 public:
  ModelRun();
  ~ModelRun();

  // Throws std::runtime_error if something is wrong.
  void run(const Operations& operations);
  std::int64_t crash_points() const { return crash_points_; }

 private:
  using Model = std::optional<TopicModel>;  // none: there is no such topic
  using Models = std::vector<Model>;        // any of them may be what is found
  using During = std::array<Models, kTopics>;
  struct CrashPoint {
    std::shared_ptr<storage_faults::SimulatedDisk> disk;
    DurableMetadata::Pairs metadata;
    Crash crash;
    std::int64_t change;
    std::uint64_t seed;
  };

  // The operations.
  void perform(const Operation& operation);
  void append(Random& random, std::size_t index);
  Batch random_batch(Random& random, TopicModel& topic, std::uint32_t& flags);
  void give_records(Random& random, const TopicModel& topic, Batch& batch);
  void flush(std::size_t index);
  void clean();
  bool clean_once();
  void retain(std::size_t index);
  void delete_records(Random& random, std::size_t index);
  void configure(Random& random, std::size_t index);
  void create(Random& random, std::size_t index);
  void remove(std::size_t index);
  void restart(Random& random, Crash crash);

  // The broker and its crash points.
  void start(DurableMetadata::Pairs metadata);
  core::TopicReference find(CoreBroker& broker, std::size_t index) const;
  core::Partition& partition(std::size_t index);
  void take_crash_point();
  void check_crash_points();
  void check_crash_point(const CrashPoint& point);
  // Throws if what a broker has of the topic can be none of `models`; else which one it is.
  const Model& check_topic(CoreBroker& broker, std::size_t index, const Models& models,
                           Crash crash) const;
  void check_now();
  // What a crash left is what there is from now on.
  void adopt(std::size_t index, const Models& models, Crash crash);
  // Sends batches again, to learn which of them are still known; those that must be are.
  void adopt_producers(CoreBroker& broker, core::Partition& partition, const FoundPartition& found,
                       TopicModel& topic) const;

  std::shared_ptr<storage_faults::SimulatedDisk> disk_;
  std::unique_ptr<storage_faults::FaultyFileSystem> files_;
  std::unique_ptr<DurableMetadata> metadata_;
  std::unique_ptr<CoreBroker> broker_;
  std::array<Model, kTopics> models_;
  During during_;  // what the operation that is under way may make of them
  std::int64_t now_ms_;
  std::int64_t next_value_ = 0;  // no two records are the same

  std::uint64_t seed_ = 0;  // of the operation
  std::int64_t changes_ = 0;
  std::mutex taken_mutex_;
  std::vector<CrashPoint> taken_;
  std::vector<CrashPoint> last_;  // of the operation before, one of which a crash may go on from
  During last_during_;
  std::int64_t crash_points_ = 0;
};

}  // namespace fluxmq::core_model
