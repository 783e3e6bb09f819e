// Fetches, as the tests of Fetch ask for them.
#pragma once
#include "api_test.h"
#include "fluxmq/protocol/messages/fetch.h"

namespace fluxmq::api_tests {

class FetchKit : public ApiTest {
 protected:
  struct Place {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::int32_t max_bytes = 1 << 20;
  };

  static FetchRequest fetch_request(const NewTopic& topic, const std::vector<Place>& places,
                                    std::int32_t max_wait_ms = 0) {
    FetchRequest request;
    request.replica_id = -1;
    request.max_wait_ms = max_wait_ms;
    request.min_bytes = 1;
    request.max_bytes = 1 << 24;
    if (places.empty()) return request;
    auto& asked = request.topics.emplace_back();
    asked.topic = topic.name;
    asked.topic_id = topic.id;
    for (const auto& place : places) {
      auto& partition = asked.partitions.emplace_back();
      partition.partition = place.partition;
      partition.fetch_offset = place.offset;
      partition.partition_max_bytes = place.max_bytes;
    }
    return request;
  }

  // The answer's only partition.
  static const FetchResponse::PartitionData& only(const Answer<FetchResponse>& answer) {
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_EQ(answer->responses.size(), 1u);
    EXPECT_EQ(answer->responses.at(0).partitions.size(), 1u);
    return answer->responses.at(0).partitions.at(0);
  }
  static std::vector<std::string> values(const FetchResponse::PartitionData& partition) {
    return values_of(partition.records.bytes);
  }
};

using Values = std::vector<std::string>;

}  // namespace fluxmq::api_tests
