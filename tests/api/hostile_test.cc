// Requests that are cut off, changed or not what they claim: the broker stays, and serves others.
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "api_test.h"
#include "fluxmq/protocol/messages/api_versions.h"
#include "vectors.h"

namespace fluxmq::api_tests {
namespace {

using HostileTest = ApiTest;

struct Frame {
  std::string where;
  std::vector<std::uint8_t> bytes;  // with its length
};

// The golden requests of all APIs and versions that the broker serves.
std::vector<Frame> golden_frames(Client& client) {
  const auto served = client.call<ApiVersionsResponse>(ApiVersionsRequest{}, 0);
  std::vector<Frame> frames;
  for (const auto& text : testing::read_lines(testing::vectors_folder() / "frames-by-api.jsonl")) {
    const auto line = nlohmann::json::parse(text);
    if (line["type"] != "request") continue;
    const std::int16_t key = line["key"];
    const std::int16_t version = line["version"];
    const bool is_served =
        std::any_of(served->api_keys.begin(), served->api_keys.end(), [&](const auto& api) {
          return api.api_key == key && api.min_version <= version && api.max_version >= version;
        });
    if (!is_served) continue;
    frames.push_back({line["api"].get<std::string>() + " " + std::to_string(version),
                      testing::from_hex(line["hex"].get<std::string>())});
  }
  return frames;
}

void set_length(std::vector<std::uint8_t>& frame) {
  const auto length = static_cast<std::uint32_t>(frame.size() - 4);
  for (std::size_t i = 0; i < 4; ++i) {
    frame[i] = static_cast<std::uint8_t>(length >> (8 * (3 - i)));
  }
}

// Waits for the answer or the end of the connection; but some of these requests may wait for as
// long as they like.
void send(const std::vector<std::uint8_t>& frame, std::uint16_t port) {
  try {
    Client hostile(port);
    hostile.send_frame(frame);
    hostile.close_sending();
    static_cast<void>(hostile.is_silent(20));
  } catch (const std::runtime_error&) {
    // The broker closed sooner.
  }
}

TEST_F(HostileTest, GoldenRequestsWithArbitraryValues) {
  const auto frames = golden_frames(client);
  EXPECT_GT(frames.size(), 80u);
  for (const auto& frame : frames) {
    SCOPED_TRACE(frame.where);
    send(frame.bytes, broker().port());
    ASSERT_EQ(client.call<ApiVersionsResponse>(ApiVersionsRequest{}, 0)->error_code, 0);
  }
}

TEST_F(HostileTest, TruncatedRequests) {
  for (const auto& frame : golden_frames(client)) {
    SCOPED_TRACE(frame.where);
    const std::size_t step = std::max<std::size_t>(1, (frame.bytes.size() - 8) / 12);
    for (std::size_t size = 8; size < frame.bytes.size(); size += step) {
      std::vector<std::uint8_t> cut(frame.bytes.begin(),
                                    frame.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      set_length(cut);
      send(cut, broker().port());
    }
    ASSERT_EQ(client.call<ApiVersionsResponse>(ApiVersionsRequest{}, 0)->error_code, 0);
  }
}

TEST_F(HostileTest, MutatedRequests) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const auto& frame : golden_frames(client)) {
    SCOPED_TRACE(frame.where);
    for (int round = 0; round < 12; ++round) {
      auto changed = frame.bytes;
      const std::size_t changes = 1 + random() % 4;
      for (std::size_t i = 0; i < changes && changed.size() > 12; ++i) {
        changed[12 + random() % (changed.size() - 12)] = static_cast<std::uint8_t>(random());
      }
      send(changed, broker().port());
    }
    ASSERT_EQ(client.call<ApiVersionsResponse>(ApiVersionsRequest{}, 0)->error_code, 0);
  }
}

}  // namespace
}  // namespace fluxmq::api_tests
