// storage_memory keeps to its limit, and gives back what leaves the logs.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/loaded_plugin.h"
#include "fluxmq/testing/test_log.h"

namespace fluxmq::testing {
namespace {

TEST(MemoryLimit, FullStoreRefusesUntilThereIsRoom) {
  FakeHost host(FakeHost::Config{{"storage.memory.max.bytes", "100000"}});
  const LoadedPlugin plugin(host, STORAGE_MEMORY);
  const auto* store = plugin.query<fluxmq_log_store>(FLUXMQ_LOG_STORE);
  auto config = default_log_config();
  config.segment_bytes = 10'000;
  TestLog log(store, "topic", 0, config), other(store, "other");

  const auto next = [&] {
    return make_batch({.base_offset = log.end_offset(), .value_bytes = 1000});
  };
  while (log.append_bytes({next()}).error == 0) {
  }
  EXPECT_EQ(log.append_bytes({next()}).error, 56);
  EXPECT_EQ(other.append_bytes({make_batch({.value_bytes = 60'000})}).error, 56);
  const auto full = log.state();
  EXPECT_GT(full.size_bytes, 40'000);
  EXPECT_LE(full.size_bytes, 100'000);
  EXPECT_EQ(static_cast<std::int64_t>(log.read_all(0).size()), full.size_bytes);

  config.retention_bytes = 0;
  log.configure(config);
  ASSERT_EQ(log.apply_retention(0), 0);
  EXPECT_EQ(log.append_bytes({next()}).error, 0);
  EXPECT_EQ(other.append_bytes({make_batch({.value_bytes = 5000})}).error, 0);
}

TEST(MemoryLimit, WhatReadersHoldCounts) {
  FakeHost host(FakeHost::Config{{"storage.memory.max.bytes", "100000"}});
  const LoadedPlugin plugin(host, STORAGE_MEMORY);
  const auto* store = plugin.query<fluxmq_log_store>(FLUXMQ_LOG_STORE);
  TestLog log(store);
  const auto large = [&] {
    return make_batch({.base_offset = log.end_offset(), .value_bytes = 80'000});
  };
  ASSERT_EQ(log.append_bytes({large()}).error, 0);
  std::vector<fluxmq_segment> held;
  const fluxmq_log_read_request request{sizeof request, 1, 0, INT64_MAX, 1 << 20};
  store->read(
      store->self, log.handle(), &request,
      [](void* context, std::int16_t, const fluxmq_segment* segments, std::uint32_t count) {
        static_cast<std::vector<fluxmq_segment>*>(context)->assign(segments, segments + count);
      },
      &held);
  ASSERT_EQ(log.truncate(0), 0);
  EXPECT_EQ(log.append_bytes({large()}).error, 56);
  EXPECT_GT(take_bytes(held.data(), static_cast<std::uint32_t>(held.size())).size(), 80'000u);
  EXPECT_EQ(log.append_bytes({large()}).error, 0);
}

}  // namespace
}  // namespace fluxmq::testing
