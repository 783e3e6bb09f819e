// Fetch: reads record batches from partitions; short of min_bytes it waits for more.
#include "fluxmq/protocol/messages/fetch.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_data {
namespace {

using namespace protocol;
using PartitionAnswer = FetchResponse::PartitionData;

// A client that has gone is noticed when its wait is over.
constexpr std::int64_t kMaxWaitMs = 300'000;
constexpr std::int16_t kFirstVersionWithMagic1 = 2;
constexpr std::int16_t kFirstVersionWithMaxBytes = 3;
constexpr std::int16_t kFirstVersionWithBatches = 4;
constexpr std::int16_t kFirstVersionWithZstd = 10;
constexpr std::int16_t kFirstVersionWithLeaders = 16;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// What a client of a version can read.
std::uint32_t format_of(std::int16_t version) {
  if (version >= kFirstVersionWithZstd) return FLUXMQ_READ_AS_STORED;
  if (version >= kFirstVersionWithBatches) return FLUXMQ_READ_WITHOUT_ZSTD;
  return version >= kFirstVersionWithMagic1 ? FLUXMQ_READ_MAGIC_1 : FLUXMQ_READ_MAGIC_0;
}

// One fetch. Topics are held while their partitions are read and waited for.
class Fetch {
 public:
  Fetch(const ApiData& plugin, const Request& request, const FetchRequest& message,
        FetchContext& context)
      : plugin_(plugin),
        request_(request),
        message_(message),
        context_(context),
        max_bytes_(std::clamp<std::int64_t>(message.max_bytes, 0, plugin.fetch_max_bytes)) {}
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;
  ~Fetch() { release_segments(); }

  // Finds all partitions; those that can't be read are answered already.
  void find_partitions() {
    auto& fetched = context_.fetched;
    held_.reserve(fetched.topics.size());
    for (const auto& topic : fetched.topics) find_topic(topic);
    partitions_.reserve(fetched.partitions.size());
    for (auto& each : fetched.partitions) {
      each.answer.partition_index = each.asked.partition;
      const auto& [topic, error] = held_[each.topic];
      Partition partition;
      if (error == ErrorCode::NONE) {
        partition = plugin_.catalog.partition(topic, each.asked.partition);
      }
      if (partition && is_from_replica()) {
        // No broker is a replica of this one's partitions.
        fail(each.answer, ErrorCode::NOT_LEADER_OR_FOLLOWER, partition);
        partition = {};
      } else if (partition) {
        ++readable_count_;
      } else {
        refuse(each.answer,
               error != ErrorCode::NONE ? error : ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
      }
      partitions_.push_back(partition);
    }
  }

  // A round of reads: next() is asked until it has no more.
  void start_round() {
    release_segments();
    next_ = 0;
    read_bytes_ = 0;
    must_answer_ = false;
  }
  bool next() {
    while (next_ < partitions_.size() && !partitions_[next_]) ++next_;
    return next_ < partitions_.size();
  }
  auto read() const {
    const auto& asked = context_.fetched.partitions[next_].asked;
    fluxmq_read_request read{};
    read.isolation = isolation();
    read.fetch_offset = asked.fetch_offset;
    read.max_bytes = std::clamp<std::int64_t>(asked.partition_max_bytes, 0, bytes_left());
    read.current_leader_epoch = asked.current_leader_epoch;
    read.last_fetched_epoch = asked.last_fetched_epoch;
    // The first batch is returned even if it is larger than the limits, so that a reader gets on.
    // Older clients take their limits for promises.
    const bool may_pass_limits = request_.api_version() >= kFirstVersionWithMaxBytes;
    read.minimum_one_batch = may_pass_limits && read_bytes_ == 0 ? 1 : 0;
    read.format = format_of(request_.api_version());
    return partitions_[next_].read(read);
  }
  void take(ReadResult result) {
    const std::size_t i = next_++;
    auto& answer = context_.fetched.partitions[i].answer;
    if (result.error != ErrorCode::NONE) {
      fail(answer, result.error, partitions_[i]);
      must_answer_ = true;
      return;
    }
    answer.error_code = 0;
    answer.high_watermark = result.high_watermark;
    answer.last_stable_offset = result.last_stable_offset;
    answer.log_start_offset = result.log_start_offset;
    answer.aborted_transactions.reset();
    if (isolation() == FLUXMQ_READ_COMMITTED) {
      auto& aborted = answer.aborted_transactions.emplace();
      for (const auto& each : result.aborted_transactions) {
        aborted.push_back({each.producer_id, each.first_offset});
      }
    }
    if (result.diverging_epoch >= 0) {
      answer.diverging_epoch = {result.diverging_epoch, result.diverging_end_offset};
      must_answer_ = true;
    }
    read_bytes_ += static_cast<std::int64_t>(result.size_bytes());
    answer.records.segments = std::exchange(result.segments, {});
  }

  bool is_satisfied() const {
    const std::int64_t min_bytes = std::min<std::int64_t>(message_.min_bytes, max_bytes_);
    return readable_count_ == 0 || must_answer_ || read_bytes_ >= min_bytes;
  }

  // What there is to wait for. What was read is read again after the wait.
  std::vector<WatchedPartition> watched() {
    std::vector<WatchedPartition> watched;
    watched.reserve(readable_count_);
    for (std::size_t i = 0; i < partitions_.size(); ++i) {
      if (!partitions_[i]) continue;
      const auto& answer = context_.fetched.partitions[i].answer;
      const bool committed = isolation() == FLUXMQ_READ_COMMITTED;
      watched.push_back(
          {partitions_[i], committed ? answer.last_stable_offset : answer.high_watermark});
    }
    release_segments();
    return watched;
  }

  std::uint32_t isolation() const {
    return message_.isolation_level == 1 ? FLUXMQ_READ_COMMITTED : FLUXMQ_READ_UNCOMMITTED;
  }

  // Moves the answers that the client is to be told into `response`, topic by topic.
  void fill(FetchResponse& response) {
    auto& fetched = context_.fetched;
    std::size_t last_topic = fetched.topics.size();
    for (auto& each : fetched.partitions) {
      if (!each.is_told) continue;
      if (each.topic != last_topic) {
        last_topic = each.topic;
        auto& topic = response.responses.emplace_back();
        topic.topic = fetched.topics[each.topic].name;
        topic.topic_id = fetched.topics[each.topic].id;
      }
      response.responses.back().partitions.push_back(std::exchange(each.answer, {}));
    }
  }

 private:
  struct HeldTopic {
    Topic topic;
    ErrorCode error = ErrorCode::NONE;
  };

  void find_topic(const FetchedTopic& asked) {
    auto& [topic, error] = held_.emplace_back();
    const bool by_id = request_.api_version() >= kFirstFetchVersionWithTopicIds;
    topic = by_id ? plugin_.catalog.find(asked.id) : plugin_.catalog.find(asked.name);
    if (by_id && !topic) {
      error = ErrorCode::UNKNOWN_TOPIC_ID;
    } else if (!plugin_.authorizer.allows_topic(request_.session(), FLUXMQ_OPERATION_READ,
                                                by_id ? topic.name() : asked.name)) {
      error = ErrorCode::TOPIC_AUTHORIZATION_FAILED;
    } else if (!topic) {
      error = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    }
  }

  static void refuse(PartitionAnswer& answer, ErrorCode error) {
    answer.error_code = to_int16(error);
    answer.high_watermark = -1;
    answer.last_stable_offset = -1;
    answer.log_start_offset = -1;
  }

  // The error of a partition that there is.
  void fail(PartitionAnswer& answer, ErrorCode error, const Partition& partition) const {
    refuse(answer, error);
    answer.aborted_transactions.reset();
    const bool other_leader =
        error == ErrorCode::NOT_LEADER_OR_FOLLOWER || error == ErrorCode::FENCED_LEADER_EPOCH;
    if (other_leader && request_.api_version() >= kFirstVersionWithLeaders) {
      const auto state = partition.state();
      answer.current_leader = {state.leader_id, state.leader_epoch};
    }
  }

  bool is_from_replica() const {
    return message_.replica_id >= 0 || message_.replica_state.replica_id >= 0;
  }

  std::int64_t bytes_left() const { return std::max<std::int64_t>(0, max_bytes_ - read_bytes_); }

  void release_segments() {
    for (auto& each : context_.fetched.partitions) {
      for (const auto& segment : each.answer.records.segments) {
        if (segment.release != nullptr) segment.release(segment.release_context);
      }
      each.answer.records.segments.clear();
    }
  }

  const ApiData& plugin_;
  const Request& request_;
  const FetchRequest& message_;
  FetchContext& context_;
  const std::int64_t max_bytes_;
  std::vector<HeldTopic> held_;
  std::vector<Partition> partitions_;  // as in the context; empty: answered with an error
  std::size_t readable_count_ = 0;
  std::size_t next_ = 0;
  std::int64_t read_bytes_ = 0;
  bool must_answer_ = false;
};

// An isolation level that there isn't, which Kafka fails at: the error on top, and of each
// partition where there is no top yet.
FetchResponse refuse_isolation_level(const FetchRequest& message, std::int16_t version) {
  FetchResponse response;
  response.error_code = to_int16(ErrorCode::UNKNOWN_SERVER_ERROR);
  if (version >= kFirstFetchVersionWithTopicIds) return response;
  for (const auto& topic : message.topics) {
    auto& answer = response.responses.emplace_back();
    answer.topic = topic.topic;
    for (const auto& asked : topic.partitions) {
      auto& partition = answer.partitions.emplace_back();
      partition.partition_index = asked.partition;
      partition.error_code = response.error_code;
      partition.high_watermark = partition.last_stable_offset = partition.log_start_offset = -1;
      partition.aborted_transactions.emplace();
    }
  }
  return response;
}

}  // namespace

Task fetch(ApiData& plugin, Request request) {
  const auto message = request.decode<FetchRequest>();
  if (message.isolation_level < 0 || message.isolation_level > 1) {
    request.answer(refuse_isolation_level(message, request.api_version()));
    co_return;
  }
  const std::int64_t started_ms = steady_ms();
  const std::int64_t deadline_ms =
      started_ms + std::clamp<std::int64_t>(message.max_wait_ms, 0, kMaxWaitMs);
  FetchContext context = plugin.fetch_sessions.open(message, request.api_version(), started_ms);
  FetchResponse response;

  if (context.error == ErrorCode::NONE) {
    Fetch fetch(plugin, request, message, context);
    fetch.find_partitions();
    for (;;) {
      fetch.start_round();
      while (fetch.next()) fetch.take(co_await fetch.read());
      const std::int64_t left_ms = deadline_ms - steady_ms();
      if (fetch.is_satisfied() || left_ms <= 0 || plugin.fetch_waits.is_stopped()) break;
      const auto watched = fetch.watched();
      co_await FetchWait(plugin.fetch_waits, watched, fetch.isolation(), left_ms);
    }
    response.session_id = plugin.fetch_sessions.close(context, steady_ms());
    if (context.error == ErrorCode::NONE) fetch.fill(response);
  }
  response.error_code = to_int16(context.error);
  request.answer(response);
}

}  // namespace fluxmq::api_data
