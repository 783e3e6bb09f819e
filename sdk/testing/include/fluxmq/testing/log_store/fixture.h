// LogStoreConformance: the plugin under test, and what its tests fill logs with.
#pragma once
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "fluxmq/testing/plugin_under_test.h"
#include "fluxmq/testing/test_log.h"

namespace fluxmq::testing {

class LogStoreConformance : public ::testing::Test {
 protected:
  const fluxmq_log_store* store() { return plugin_.query<fluxmq_log_store>(FLUXMQ_LOG_STORE); }

  static std::int16_t code(protocol::ErrorCode error) { return static_cast<std::int16_t>(error); }
  static std::string join(const std::vector<std::string>& batches, std::size_t begin = 0) {
    std::string all;
    for (std::size_t i = begin; i < batches.size(); ++i) all += batches[i];
    return all;
  }
  // Batches of different sizes; offsets advance by one to three.
  static std::vector<std::string> fill(TestLog& log, int count, std::int64_t timestamp_ms = 1000) {
    std::vector<std::string> batches;
    for (int i = 0; i < count; ++i) {
      batches.push_back(log.append({.record_count = 1 + i % 3,
                                    .timestamp_ms = timestamp_ms + 10 * i,
                                    .value_bytes = static_cast<std::size_t>(i % 7) * 100}));
    }
    return batches;
  }
  static std::int64_t base_offset(const std::string& batch) {
    return protocol::load_big_endian<std::int64_t>(
        reinterpret_cast<const std::uint8_t*>(batch.data()));
  }
  // Segments of a few batches.
  static fluxmq_log_config small_segments() {
    auto config = default_log_config();
    config.segment_bytes = 2000;
    config.index_interval_bytes = 300;
    return config;
  }

  PluginUnderTest plugin_;
};

}  // namespace fluxmq::testing
