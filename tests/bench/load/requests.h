// The few Kafka requests that the load client sends, and the reading of their answers.
#pragma once

#include <functional>
#include <string>

#include "load/record_batch.h"

namespace bench {

// A frame, and where in it lies the one field that changes from request to request.
struct RequestFrame {
  Bytes bytes;
  size_t patch_at = 0;
};

// patch_at: the record batch.
RequestFrame produce_request(const std::string& topic, int partition, int acks, const Bytes& batch);
// Returns the base offset; any error ends the program.
int64_t read_produce_answer(std::span<const uint8_t> body);

// Fetch's limits in the words of the protocol.
struct FetchLimits {
  int max_wait_ms = 500;
  int min_bytes = 1;
  int partition_max_bytes = 1024 * 1024;
};
// patch_at: the fetch offset.
RequestFrame fetch_request(const std::string& topic, int partition, FetchLimits limits);
std::span<const uint8_t> read_fetch_answer(std::span<const uint8_t> body);

// patch_at: the topic's name, which may be replaced by another one of that length.
RequestFrame metadata_request(const std::string& topic);
// Returns how many partitions have a leader; -1 if the topic isn't known (yet).
int read_metadata_answer(std::span<const uint8_t> body, const std::string& topic);
// All topics: how many partitions with a leader those that start with `prefix` have between them.
Bytes metadata_of_all_request();
int count_partitions(std::span<const uint8_t> body, const std::string& prefix);

Bytes api_versions_request();
void read_api_versions_answer(std::span<const uint8_t> body);

struct NewTopics {
  std::string prefix;  // the name, when there is just one
  int count = 1;
  int partitions = 1;
  std::string configs = "";  // key=value, separated by commas
};
std::string numbered(const std::string& prefix, int index);
// Topics first..first+count-1 of the numbered ones; an existing topic is no error.
Bytes create_topics_request(const NewTopics& topics, int first, int count);
void read_create_topics_answer(std::span<const uint8_t> body);
void create_topics(int fd, const NewTopics& topics, int first, int count);
// The offset that the next record will get; -1 while the partition isn't served (yet).
int64_t latest_offset(int fd, const std::string& topic, int partition);
// One topic named exactly `name`, waiting until each of its partitions is served.
void create_topic(int port, const std::string& name, int partitions, const std::string& configs);
// Sets configs, key=value separated by commas, of a topic.
void alter_topic(int port, const std::string& name, const std::string& configs);

}  // namespace bench
