// Fetch sessions (KIP-227): the broker remembers what a client fetches, so that the client sends
// only what changes and is sent only what changed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "fluxmq/protocol/messages/fetch.h"

namespace fluxmq::api_data {

inline constexpr std::int16_t kFirstFetchVersionWithTopicIds = 13;

// The topic of a fetched partition, as the client named it. `name` is empty where it gave an id.
struct FetchedTopic {
  std::string_view name;
  protocol::Uuid id;
  std::shared_ptr<const void> owner;  // of the name; none if it lies in the request
};

// One partition that is to be read, for whoever remembers it, the request or a session.
struct FetchedPartition {
  std::size_t topic = 0;  // its place in Fetched::topics
  protocol::FetchRequest::FetchPartition asked;
  protocol::FetchResponse::PartitionData answer;
  bool is_told = true;  // false: the client knows the answer already
};

// Partitions in the order in which they are read; those of a topic mostly lie together.
struct Fetched {
  std::vector<FetchedTopic> topics;
  std::vector<FetchedPartition> partitions;
};

class FetchSession {
 public:
  FetchSession(std::int32_t session_id, bool uses_topic_ids, std::int64_t created_ms)
      : id(session_id), uses_ids(uses_topic_ids), created(created_ms) {}

  const std::int32_t id;
  const bool uses_ids;
  const std::int64_t created;

  // Adds and updates what `message` names, then forgets what it wants forgotten.
  void update(const protocol::FetchRequest& message);
  // What an answered full fetch leaves for the next one.
  void remember(const Fetched& fetched);
  void collect(Fetched& fetched) const;
  // Leaves in `fetched` what the client doesn't know, and moves what has records to the end, so
  // that the next fetch begins with another partition.
  void prune(Fetched& fetched);

  std::int32_t epoch() const { return epoch_; }
  void advance_epoch() { epoch_ = epoch_after(epoch_); }
  static std::int32_t epoch_after(std::int32_t epoch);
  std::size_t partition_count() const { return partitions_.size(); }

 private:
  struct CachedTopic;
  struct CachedPartition {
    const CachedTopic* topic = nullptr;
    protocol::FetchRequest::FetchPartition asked;
    std::int64_t told_high_watermark = -1;
    std::int64_t told_log_start_offset = -1;
  };
  using Partitions = std::list<CachedPartition>;
  struct CachedTopic {
    std::string name;
    protocol::Uuid id;
    std::unordered_map<std::int32_t, Partitions::iterator> partitions;
  };

  // Names and ids are one kind of key: a session has either.
  static std::string_view key_of(std::string_view name, const protocol::Uuid& id, bool uses_ids);
  CachedPartition& put(std::string_view name, const protocol::Uuid& id,
                       const protocol::FetchRequest::FetchPartition& asked);
  void forget(std::string_view name, const protocol::Uuid& id, std::int32_t partition);
  Partitions::iterator find(const FetchedTopic& topic, std::int32_t partition);
  bool tell(CachedPartition& cached, const protocol::FetchResponse::PartitionData& answer);

  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>()(key);
    }
  };

  std::int32_t epoch_ = 1;
  Partitions partitions_;
  std::unordered_map<std::string, std::shared_ptr<CachedTopic>, KeyHash, std::equal_to<>> topics_;
};

// One fetch, from what it asks for to what it is told.
class FetchContext {
 public:
  protocol::ErrorCode error{};
  Fetched fetched;

 private:
  friend class FetchSessionCache;
  std::int32_t session_id_ = 0;      // of an incremental fetch; else 0
  std::int32_t expected_epoch_ = 0;  // of the session when the answer is made
  bool creates_session_ = false;
  bool uses_ids_ = false;
};

// The sessions of all clients: at most `slots`, with at most kMaxPartitions in all.
class FetchSessionCache {
 public:
  // About 200 bytes each: beyond that clients do without sessions.
  static constexpr std::size_t kMaxPartitions = 500'000;
  // A session is evicted once it was idle for so long; or, for a larger one, once it is so old.
  static constexpr std::int64_t kEvictionMs = 120'000;

  explicit FetchSessionCache(std::size_t slots) : slots_(slots) {}

  FetchContext open(const protocol::FetchRequest& message, std::int16_t version,
                    std::int64_t now_ms);
  // Drops from `context` what needn't be told; returns the session id to answer with.
  std::int32_t close(FetchContext& context, std::int64_t now_ms);

 private:
  struct Entry {
    std::unique_ptr<FetchSession> session;
    std::int64_t last_used_ms = 0;
    std::list<std::int32_t>::iterator used;
    std::size_t counted_partitions = 0;
    bool is_evictable = false;
  };
  using Sessions = std::unordered_map<std::int32_t, Entry>;

  void open_incremental(const protocol::FetchRequest& message, FetchContext& context,
                        std::int64_t now_ms);
  std::int32_t create(const FetchContext& context, std::int64_t now_ms);
  bool make_room(std::size_t partitions, std::int64_t now_ms);
  void touch(Entry& entry, std::int64_t now_ms);
  void remove(Sessions::iterator session);

  const std::size_t slots_;
  std::mutex mutex_;
  Sessions sessions_;
  std::list<std::int32_t> by_use_;                            // the longest unused first
  std::set<std::pair<std::size_t, std::int32_t>> evictable_;  // the smallest first
  std::size_t partition_total_ = 0;
  std::mt19937 random_{std::random_device()()};
};

}  // namespace fluxmq::api_data
