// Which fetch session goes when there is no room, and that memory is bounded.
#include <gtest/gtest.h>

#include "fetch_session.h"

namespace fluxmq::api_data {
namespace {

using namespace protocol;

constexpr std::int16_t kVersion = 12;

FetchRequest full_fetch(std::int32_t partitions) {
  FetchRequest request;
  request.session_epoch = 0;
  auto& topic = request.topics.emplace_back();
  topic.topic = "t";
  for (std::int32_t i = 0; i < partitions; ++i) topic.partitions.emplace_back().partition = i;
  return request;
}

std::int32_t create(FetchSessionCache& cache, std::int32_t partitions, std::int64_t now_ms) {
  const auto request = full_fetch(partitions);
  auto context = cache.open(request, kVersion, now_ms);
  for (auto& each : context.fetched.partitions) {
    each.answer.partition_index = each.asked.partition;
  }
  return cache.close(context, now_ms);
}

ErrorCode go_on(FetchSessionCache& cache, std::int32_t id, std::int32_t epoch,
                std::int64_t now_ms) {
  FetchRequest request;
  request.session_id = id;
  request.session_epoch = epoch;
  auto context = cache.open(request, kVersion, now_ms);
  if (context.error == ErrorCode::NONE) cache.close(context, now_ms);
  return context.error;
}

TEST(FetchSessionCacheTest, YoungSessionsStay) {
  FetchSessionCache cache(2);
  EXPECT_NE(create(cache, 1, 0), 0);
  EXPECT_NE(create(cache, 1, 0), 0);
  EXPECT_EQ(create(cache, 100, FetchSessionCache::kEvictionMs), 0);
}

TEST(FetchSessionCacheTest, TheLongestUnusedGoesFirst) {
  FetchSessionCache cache(2);
  const auto idle = create(cache, 9, 0);
  const auto busy = create(cache, 1, 0);
  EXPECT_EQ(go_on(cache, busy, 1, 60'000), ErrorCode::NONE);
  EXPECT_NE(create(cache, 1, FetchSessionCache::kEvictionMs + 1), 0);
  EXPECT_EQ(go_on(cache, idle, 1, FetchSessionCache::kEvictionMs + 1),
            ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
  EXPECT_EQ(go_on(cache, busy, 2, FetchSessionCache::kEvictionMs + 1), ErrorCode::NONE);
}

TEST(FetchSessionCacheTest, AnOldOneGoesForALargerOne) {
  constexpr std::int64_t kLater = FetchSessionCache::kEvictionMs + 1;
  FetchSessionCache cache(2);
  const auto large = create(cache, 5, 0);
  const auto small = create(cache, 2, 0);
  // Both are in use, and old enough.
  EXPECT_EQ(go_on(cache, large, 1, kLater), ErrorCode::NONE);
  EXPECT_EQ(go_on(cache, small, 1, kLater), ErrorCode::NONE);
  EXPECT_EQ(create(cache, 2, kLater), 0);
  EXPECT_NE(create(cache, 3, kLater), 0);
  EXPECT_EQ(go_on(cache, small, 2, kLater), ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
  EXPECT_EQ(go_on(cache, large, 2, kLater), ErrorCode::NONE);
}

TEST(FetchSessionCacheTest, PartitionsOfAllSessionsAreBounded) {
  constexpr auto kHalf = static_cast<std::int32_t>(FetchSessionCache::kMaxPartitions / 2);
  FetchSessionCache cache(1000);
  const auto first = create(cache, kHalf, 0);
  EXPECT_NE(first, 0);
  EXPECT_NE(create(cache, kHalf, 0), 0);
  EXPECT_EQ(create(cache, 1, 0), 0);
  // A session that grows past the bound is over: its client begins anew.
  FetchRequest growing;
  growing.session_id = first;
  growing.session_epoch = 1;
  growing.topics.emplace_back().topic = "u";
  growing.topics[0].partitions.emplace_back();
  EXPECT_EQ(cache.open(growing, kVersion, 0).error, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
  EXPECT_NE(create(cache, kHalf, 0), 0);
}

TEST(FetchSessionCacheTest, AnAnswerThatWasOvertakenIsAnError) {
  FetchSessionCache cache(2);
  const auto id = create(cache, 1, 0);
  FetchRequest request;
  request.session_id = id;
  request.session_epoch = 1;
  auto slow = cache.open(request, kVersion, 0);
  request.session_epoch = 2;
  auto fast = cache.open(request, kVersion, 0);
  EXPECT_EQ(cache.close(fast, 0), id);
  EXPECT_EQ(fast.error, ErrorCode::NONE);
  cache.close(slow, 0);
  EXPECT_EQ(slow.error, ErrorCode::INVALID_FETCH_SESSION_EPOCH);
}

TEST(FetchSessionTest, TheEpochWrapsTo1) {
  FetchSession session(1, false, 0);
  EXPECT_EQ(session.epoch(), 1);
  session.advance_epoch();
  EXPECT_EQ(session.epoch(), 2);
  EXPECT_EQ(FetchSession::epoch_after(std::numeric_limits<std::int32_t>::max()), 1);
}

}  // namespace
}  // namespace fluxmq::api_data
