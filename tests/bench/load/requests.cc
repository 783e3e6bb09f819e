// See requests.h. The versions are the newest that name topics rather than give their ids, so that
// a frame can be built before the topic exists.
#include "load/requests.h"

#include "load/client.h"

namespace bench {
namespace {

enum ApiKey {
  kProduce = 0,
  kFetch = 1,
  kListOffsets = 2,
  kMetadata = 3,
  kApiVersions = 18,
  kCreateTopics = 19,
  kIncrementalAlterConfigs = 44
};
constexpr int kTopicAlreadyExists = 36;
constexpr int kTimeoutMs = 30'000;

Writer request_header(ApiKey key, int version, bool flexible) {
  Writer out;
  out.i32(0).i16(key).i16(version).i32(0).string("bench");
  if (flexible) out.no_tags();
  return out;
}

Bytes finish(Writer& out) {
  write_be32(out.bytes.data(), static_cast<uint32_t>(out.bytes.size() - 4));
  return std::move(out.bytes);
}

void expect_no_error(int code, const char* api) {
  if (code != 0) fail(std::string(api) + " was answered with error " + std::to_string(code));
}

std::vector<std::pair<std::string, std::string>> split_configs(const std::string& configs) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (size_t at = 0; at < configs.size();) {
    size_t end = std::min(configs.find(',', at), configs.size());
    size_t equals = configs.find('=', at);
    if (equals > end) fail("configs are key=value, not " + configs);
    pairs.emplace_back(configs.substr(at, equals - at),
                       configs.substr(equals + 1, end - equals - 1));
    at = end + 1;
  }
  return pairs;
}

struct PartitionMetadata {
  int error;
  int leader;
};

PartitionMetadata read_partition_metadata(Reader& in) {
  PartitionMetadata partition{};
  partition.error = in.i16();
  in.i32();  // partition index
  partition.leader = in.i32();
  in.i32();                               // leader epoch
  for (int list = 0; list < 3; list++) {  // replicas, in-sync replicas, offline replicas
    in.take(size_t{in.compact_length()} * 4);
  }
  in.skip_tags();
  return partition;
}

// Calls `topic(name, error, partitions with a leader)` for each topic of a Metadata v12 answer.
void for_each_topic(std::span<const uint8_t> body,
                    const std::function<void(std::string_view, int, int)>& topic) {
  Reader in(body);
  in.skip_tags();
  in.i32();  // throttle time
  for (uint32_t brokers = in.compact_length(); brokers > 0; brokers--) {
    in.i32();
    in.compact_string();
    in.i32();
    in.compact_string();
    in.skip_tags();
  }
  in.compact_string();  // cluster id
  in.i32();             // controller id
  for (uint32_t topics = in.compact_length(); topics > 0; topics--) {
    int error = in.i16();
    std::string_view name = in.compact_string();
    in.take(16);  // topic id
    in.i8();      // internal
    int led = 0;
    for (uint32_t partitions = in.compact_length(); partitions > 0; partitions--) {
      PartitionMetadata partition = read_partition_metadata(in);
      if (partition.error == 0 && partition.leader >= 0) led++;
    }
    in.i32();  // authorized operations
    in.skip_tags();
    topic(name, error, led);
  }
}

}  // namespace

RequestFrame produce_request(const std::string& topic, int partition, int acks,
                             const Bytes& batch) {
  Writer out = request_header(kProduce, 9, true);
  out.unsigned_varint(0).i16(acks).i32(kTimeoutMs);  // no transactional id
  out.compact_array(1).compact_string(topic).compact_array(1).i32(partition);
  out.unsigned_varint(batch.size() + 1);
  RequestFrame request;
  request.patch_at = out.bytes.size();
  out.bytes.insert(out.bytes.end(), batch.begin(), batch.end());
  out.no_tags().no_tags().no_tags();
  request.bytes = finish(out);
  return request;
}

int64_t read_produce_answer(std::span<const uint8_t> body) {
  Reader in(body);
  in.skip_tags();
  if (in.compact_length() != 1) fail("a produce answer without its topic");
  in.compact_string();
  if (in.compact_length() != 1) fail("a produce answer without its partition");
  in.i32();  // partition index
  expect_no_error(in.i16(), "Produce");
  return in.i64();
}

RequestFrame fetch_request(const std::string& topic, int partition, FetchLimits limits) {
  constexpr int kSessionless = -1;
  Writer out = request_header(kFetch, 12, true);
  // Replica id, limits, isolation level, session id and epoch.
  out.i32(-1).i32(limits.max_wait_ms).i32(limits.min_bytes).i32(50 * 1024 * 1024).i8(0);
  out.i32(0).i32(kSessionless);
  out.compact_array(1).compact_string(topic).compact_array(1).i32(partition).i32(-1);
  RequestFrame request;
  request.patch_at = out.bytes.size();
  // Fetch offset, last fetched epoch, log start offset.
  out.i64(0).i32(-1).i64(-1).i32(limits.partition_max_bytes).no_tags().no_tags();
  out.compact_array(0).compact_string("").no_tags();  // forgotten topics, rack
  request.bytes = finish(out);
  return request;
}

std::span<const uint8_t> read_fetch_answer(std::span<const uint8_t> body) {
  Reader in(body);
  in.skip_tags();
  in.i32();  // throttle time
  expect_no_error(in.i16(), "Fetch");
  in.i32();  // session id
  if (in.compact_length() != 1) fail("a fetch answer without its topic");
  in.compact_string();
  if (in.compact_length() != 1) fail("a fetch answer without its partition");
  in.i32();  // partition index
  expect_no_error(in.i16(), "Fetch of the partition");
  in.take(24);  // high watermark, last stable offset, log start offset
  in.take(size_t{in.compact_length()} *
          17);  // aborted transactions, each with an empty tag section
  in.i32();     // preferred read replica
  return in.compact_bytes();
}

RequestFrame metadata_request(const std::string& topic) {
  Writer out = request_header(kMetadata, 12, true);
  out.compact_array(1).i64(0).i64(0).unsigned_varint(topic.size() + 1);
  RequestFrame request;
  request.patch_at = out.bytes.size();
  out.raw(topic).no_tags().i8(0).i8(0).no_tags();  // no auto creation, no authorized operations
  request.bytes = finish(out);
  return request;
}

int read_metadata_answer(std::span<const uint8_t> body, const std::string& topic) {
  int led = -1;
  for_each_topic(body, [&](std::string_view name, int error, int partitions) {
    if (name == topic && error == 0) led = partitions;
  });
  return led;
}

Bytes metadata_of_all_request() {
  Writer out = request_header(kMetadata, 12, true);
  out.unsigned_varint(0).i8(0).i8(0).no_tags();
  return finish(out);
}

int count_partitions(std::span<const uint8_t> body, const std::string& prefix) {
  int led = 0;
  for_each_topic(body, [&](std::string_view name, int error, int partitions) {
    if (error == 0 && name.starts_with(prefix)) led += partitions;
  });
  return led;
}

Bytes api_versions_request() {
  Writer out = request_header(kApiVersions, 3, true);
  out.compact_string("bench").compact_string("1").no_tags();
  return finish(out);
}

void read_api_versions_answer(std::span<const uint8_t> body) {
  Reader in(body);
  expect_no_error(in.i16(), "ApiVersions");
  if (in.compact_length() < 10) fail("ApiVersions lists hardly any API");
}

std::string numbered(const std::string& prefix, int index) {
  std::string digits = std::to_string(index);
  return prefix + std::string(6 - std::min<size_t>(6, digits.size()), '0') + digits;
}

Bytes create_topics_request(const NewTopics& topics, int first, int count) {
  Writer out = request_header(kCreateTopics, 4, false);
  out.i32(count);
  for (int i = first; i < first + count; i++) {
    out.string(topics.count == 1 ? topics.prefix : numbered(topics.prefix, i));
    out.i32(topics.partitions).i16(1).i32(0);  // replication factor, no assignments
    auto configs = split_configs(topics.configs);
    out.i32(static_cast<int64_t>(configs.size()));
    for (const auto& [key, value] : configs) out.string(key).string(value);
  }
  out.i32(kTimeoutMs).i8(0);
  return finish(out);
}

void read_create_topics_answer(std::span<const uint8_t> body) {
  Reader in(body);
  in.i32();  // throttle time
  for (int32_t left = in.i32(); left > 0; left--) {
    std::string name(in.string());
    int error = in.i16();
    std::string message(in.string());
    if (error != 0 && error != kTopicAlreadyExists) {
      fail("creating " + name + ": error " + std::to_string(error) + " " + message);
    }
  }
}

void create_topics(int fd, const NewTopics& topics, int first, int count) {
  read_create_topics_answer(call(fd, create_topics_request(topics, first, count)));
}

int64_t latest_offset(int fd, const std::string& topic, int partition) {
  constexpr int kLatest = -1;
  Writer out = request_header(kListOffsets, 1, false);
  out.i32(-1).i32(1).string(topic).i32(1).i32(partition).i64(kLatest);
  Bytes answer = call(fd, finish(out));
  Reader in(answer);
  if (in.i32() != 1) fail("a ListOffsets answer without its topic");
  in.string();
  if (in.i32() != 1) fail("a ListOffsets answer without its partition");
  in.i32();  // partition index
  int error = in.i16();
  in.i64();  // timestamp
  return error == 0 ? in.i64() : -1;
}

void create_topic(int port, const std::string& name, int partitions, const std::string& configs) {
  int fd = connect_to(port);
  create_topics(fd, {.prefix = name, .partitions = partitions, .configs = configs}, 0, 1);
  int64_t deadline = now_ns() + int64_t{kTimeoutMs} * 1'000'000;
  for (int partition = 0; partition < partitions; partition++) {
    while (latest_offset(fd, name, partition) < 0) {
      if (now_ns() > deadline) fail("topic " + name + " is not served");
    }
  }
  close(fd);
}

void alter_topic(int port, const std::string& name, const std::string& configs) {
  constexpr int kTopic = 2;
  constexpr int kSet = 0;
  Writer out = request_header(kIncrementalAlterConfigs, 0, false);
  auto pairs = split_configs(configs);
  out.i32(1).i8(kTopic).string(name).i32(static_cast<int64_t>(pairs.size()));
  for (const auto& [key, value] : pairs) out.string(key).i8(kSet).string(value);
  out.i8(0);  // not only validated
  int fd = connect_to(port);
  Bytes answer = call(fd, finish(out));
  close(fd);
  Reader in(answer);
  in.i32();  // throttle time
  if (in.i32() != 1) fail("an IncrementalAlterConfigs answer without its topic");
  expect_no_error(in.i16(), "IncrementalAlterConfigs");
}

}  // namespace bench
