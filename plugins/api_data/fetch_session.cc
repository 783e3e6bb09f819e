#include "fetch_session.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>

namespace fluxmq::api_data {

using namespace protocol;

namespace {

constexpr std::int32_t kInitialEpoch = 0;  // asks for a session
constexpr std::int32_t kFinalEpoch = -1;   // asks for none

// What a request asks for, in its order.
Fetched fetched_by(const FetchRequest& message) {
  Fetched fetched;
  fetched.topics.reserve(message.topics.size());
  std::size_t count = 0;
  for (const auto& topic : message.topics) count += topic.partitions.size();
  fetched.partitions.reserve(count);
  // Of a partition that is named more than once the last one counts, in the first one's place.
  std::map<std::tuple<std::string_view, Uuid, std::int32_t>, std::size_t> places;
  for (const auto& topic : message.topics) {
    for (const auto& asked : topic.partitions) {
      const auto next = fetched.partitions.size();
      if (count > 1) {
        const std::tuple key(topic.topic, topic.topic_id, asked.partition);
        const auto [place, is_new] = places.try_emplace(key, next);
        if (!is_new) {
          fetched.partitions[place->second].asked = asked;
          continue;
        }
      }
      fetched.partitions.push_back({fetched.topics.size(), asked, {}, true});
    }
    fetched.topics.push_back({topic.topic, topic.topic_id, nullptr});
  }
  return fetched;
}

}  // namespace

std::string_view FetchSession::key_of(std::string_view name, const Uuid& id, bool uses_ids) {
  return uses_ids ? as_text(id.bytes) : name;
}

FetchSession::CachedPartition& FetchSession::put(std::string_view name, const Uuid& id,
                                                 const FetchRequest::FetchPartition& asked) {
  const auto key = key_of(name, id, uses_ids);
  auto topic = topics_.find(key);
  if (topic == topics_.end()) {
    auto cached = std::make_shared<CachedTopic>();
    cached->name = name;
    cached->id = id;
    topic = topics_.emplace(key, std::move(cached)).first;
  }
  const auto [known, is_new] = topic->second->partitions.try_emplace(asked.partition);
  if (is_new) {
    known->second = partitions_.insert(partitions_.end(), CachedPartition{topic->second.get(), {}});
  }
  known->second->asked = asked;
  return *known->second;
}

void FetchSession::forget(std::string_view name, const Uuid& id, std::int32_t partition) {
  const auto topic = topics_.find(key_of(name, id, uses_ids));
  if (topic == topics_.end()) return;
  const auto known = topic->second->partitions.find(partition);
  if (known == topic->second->partitions.end()) return;
  partitions_.erase(known->second);
  topic->second->partitions.erase(known);
  if (topic->second->partitions.empty()) topics_.erase(topic);
}

void FetchSession::update(const FetchRequest& message) {
  for (const auto& topic : message.topics) {
    for (const auto& asked : topic.partitions) put(topic.topic, topic.topic_id, asked);
  }
  for (const auto& topic : message.forgotten_topics_data) {
    for (const auto partition : topic.partitions) forget(topic.topic, topic.topic_id, partition);
  }
}

void FetchSession::remember(const Fetched& fetched) {
  for (const auto& each : fetched.partitions) {
    const auto& topic = fetched.topics[each.topic];
    tell(put(topic.name, topic.id, each.asked), each.answer);
  }
}

void FetchSession::collect(Fetched& fetched) const {
  fetched.partitions.reserve(partitions_.size());
  const CachedTopic* last = nullptr;
  for (const auto& cached : partitions_) {
    if (cached.topic != last) {
      last = cached.topic;
      const auto& owner = topics_.find(key_of(last->name, last->id, uses_ids))->second;
      fetched.topics.push_back({owner->name, owner->id, owner});
    }
    fetched.partitions.push_back({fetched.topics.size() - 1, cached.asked, {}, true});
  }
}

FetchSession::Partitions::iterator FetchSession::find(const FetchedTopic& topic,
                                                      std::int32_t partition) {
  const auto known = topics_.find(key_of(topic.name, topic.id, uses_ids));
  if (known == topics_.end()) return partitions_.end();
  const auto cached = known->second->partitions.find(partition);
  return cached == known->second->partitions.end() ? partitions_.end() : cached->second;
}

// Whether the client is to be told. Afterwards it knows.
bool FetchSession::tell(CachedPartition& cached, const FetchResponse::PartitionData& answer) {
  const bool has_failed = answer.error_code != 0;
  const bool diverges = answer.diverging_epoch.epoch >= 0;
  const bool is_news = answer.records.size() > 0 || has_failed || diverges ||
                       answer.high_watermark != cached.told_high_watermark ||
                       answer.log_start_offset != cached.told_log_start_offset;
  // After an error, whatever follows is news.
  cached.told_high_watermark = has_failed || diverges ? -1 : answer.high_watermark;
  cached.told_log_start_offset = answer.log_start_offset;
  return is_news;
}

void FetchSession::prune(Fetched& fetched) {
  for (auto& each : fetched.partitions) {
    const auto cached = find(fetched.topics[each.topic], each.answer.partition_index);
    if (cached == partitions_.end()) continue;  // told, since nobody knows better
    each.is_told = tell(*cached, each.answer);
    if (each.answer.records.size() > 0) {
      partitions_.splice(partitions_.end(), partitions_, cached);
    }
  }
}

// 0 and below ask for a full fetch.
std::int32_t FetchSession::epoch_after(std::int32_t epoch) {
  return epoch == std::numeric_limits<std::int32_t>::max() ? 1 : epoch + 1;
}

FetchContext FetchSessionCache::open(const FetchRequest& message, std::int16_t version,
                                     std::int64_t now_ms) {
  FetchContext context;
  context.uses_ids_ = version >= kFirstFetchVersionWithTopicIds;
  const bool is_full =
      message.session_epoch == kInitialEpoch || message.session_epoch == kFinalEpoch;
  if (is_full && message.session_id == 0) {
    context.creates_session_ = message.session_epoch == kInitialEpoch;
    context.fetched = fetched_by(message);
    return context;
  }
  const std::lock_guard lock(mutex_);
  if (is_full) {
    // A session that is named in a full fetch is over.
    if (const auto old = sessions_.find(message.session_id); old != sessions_.end()) remove(old);
    context.creates_session_ = message.session_epoch == kInitialEpoch;
    context.fetched = fetched_by(message);
  } else {
    open_incremental(message, context, now_ms);
  }
  return context;
}

void FetchSessionCache::open_incremental(const FetchRequest& message, FetchContext& context,
                                         std::int64_t now_ms) {
  const auto found = sessions_.find(message.session_id);
  if (found == sessions_.end()) {
    context.error = ErrorCode::FETCH_SESSION_ID_NOT_FOUND;
    return;
  }
  FetchSession& session = *found->second.session;
  if (session.epoch() != message.session_epoch) {
    context.error = ErrorCode::INVALID_FETCH_SESSION_EPOCH;
    return;
  }
  if (session.uses_ids != context.uses_ids_) {
    context.error = ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR;
    return;
  }
  session.update(message);
  if (session.partition_count() == 0) {
    remove(found);
    return;
  }
  touch(found->second, now_ms);
  session.advance_epoch();
  session.collect(context.fetched);
  context.session_id_ = session.id;
  context.expected_epoch_ = session.epoch();
  if (partition_total_ > kMaxPartitions) {
    // The client starts anew with a full fetch, which gets no session.
    remove(found);
    context.error = ErrorCode::FETCH_SESSION_ID_NOT_FOUND;
  }
}

std::int32_t FetchSessionCache::close(FetchContext& context, std::int64_t now_ms) {
  if (!context.creates_session_ && context.session_id_ == 0) return 0;
  const std::lock_guard lock(mutex_);
  if (context.creates_session_) return create(context, now_ms);

  const auto found = sessions_.find(context.session_id_);
  if (found == sessions_.end()) return context.session_id_;  // evicted meanwhile: tells all
  if (found->second.session->epoch() != context.expected_epoch_) {
    context.error = ErrorCode::INVALID_FETCH_SESSION_EPOCH;
    return context.session_id_;
  }
  found->second.session->prune(context.fetched);
  return context.session_id_;
}

std::int32_t FetchSessionCache::create(const FetchContext& context, std::int64_t now_ms) {
  const std::size_t count = context.fetched.partitions.size();
  if (!make_room(count, now_ms)) return 0;
  std::int32_t id = 0;
  std::uniform_int_distribution<std::int32_t> any_id(1, std::numeric_limits<std::int32_t>::max());
  do id = any_id(random_);
  while (sessions_.contains(id));

  Entry& entry = sessions_[id];
  entry.session = std::make_unique<FetchSession>(id, context.uses_ids_, now_ms);
  entry.session->remember(context.fetched);
  entry.used = by_use_.insert(by_use_.end(), id);
  touch(entry, now_ms);
  return id;
}

// A session that wasn't used for long goes first; else the smallest of the old ones, if it is
// smaller than the new one.
bool FetchSessionCache::make_room(std::size_t partitions, std::int64_t now_ms) {
  if (partitions > kMaxPartitions - std::min(partition_total_, kMaxPartitions)) return false;
  if (sessions_.size() < slots_) return true;
  if (sessions_.empty()) return false;
  const auto oldest = sessions_.find(by_use_.front());
  if (now_ms - oldest->second.last_used_ms > kEvictionMs) {
    remove(oldest);
    return true;
  }
  if (evictable_.empty() || evictable_.begin()->first >= partitions) return false;
  remove(sessions_.find(evictable_.begin()->second));
  return true;
}

void FetchSessionCache::touch(Entry& entry, std::int64_t now_ms) {
  entry.last_used_ms = now_ms;
  by_use_.splice(by_use_.end(), by_use_, entry.used);

  const FetchSession& session = *entry.session;
  const std::size_t count = session.partition_count();
  const bool is_evictable = now_ms - session.created > kEvictionMs;
  if (count == entry.counted_partitions && is_evictable == entry.is_evictable) return;
  if (entry.is_evictable) evictable_.erase({entry.counted_partitions, session.id});
  if (is_evictable) evictable_.insert({count, session.id});
  entry.is_evictable = is_evictable;
  partition_total_ += count - entry.counted_partitions;
  entry.counted_partitions = count;
}

void FetchSessionCache::remove(Sessions::iterator session) {
  Entry& entry = session->second;
  if (entry.is_evictable) evictable_.erase({entry.counted_partitions, session->first});
  partition_total_ -= entry.counted_partitions;
  by_use_.erase(entry.used);
  sessions_.erase(session);
}

}  // namespace fluxmq::api_data
