// Topic configs: what may be set, how it is told, and that it has effect on open logs.
#include <gtest/gtest.h>

#include <thread>

#include "test_broker.h"

namespace fluxmq::testing {
namespace {

struct Description {
  std::string value;
  int source = 0;
  int type = 0;
  bool read_only = false;
  std::vector<std::string> synonyms;  // "name=value:source"
};

std::map<std::string, Description> describe(const TestBroker& broker, std::string_view name,
                                            std::uint32_t resource_type = FLUXMQ_RESOURCE_TOPIC) {
  std::map<std::string, Description> all;
  const auto error = broker.catalog().describe_configs(
      resource_type, name, [&](const fluxmq_config_description& config) {
        auto& made = all[std::string(view(config.name))];
        made.value = config.value.data == nullptr ? "null" : std::string(view(config.value));
        made.source = config.source;
        made.type = config.type;
        made.read_only = config.is_read_only != 0;
        EXPECT_GT(config.documentation.size, 0u);
        for (std::uint64_t i = 0; i < config.synonym_count; ++i) {
          const auto& synonym = config.synonyms[i];
          made.synonyms.push_back(
              concat(view(synonym.name), "=", view(synonym.value), ":", synonym.source));
        }
      });
  EXPECT_EQ(error, ErrorCode::NONE);
  return all;
}

using Synonyms = std::vector<std::string>;

TEST(Configs, AreToldWithSourcesAndSynonyms) {
  TestBroker broker{{"log.retention.hours", "2"}, {"log.retention.minutes", "30"}};
  ASSERT_EQ(broker.create("t", 1, {{"segment.bytes", " 1048576 "}}).error, ErrorCode::NONE);
  auto configs = describe(broker, "t");
  EXPECT_EQ(configs.size(), 34u);
  EXPECT_EQ(configs["segment.bytes"].value, "1048576");
  EXPECT_EQ(configs["segment.bytes"].source, FLUXMQ_SOURCE_DYNAMIC_TOPIC);
  EXPECT_EQ(configs["segment.bytes"].type, 3);
  EXPECT_EQ(configs["segment.bytes"].synonyms,
            (Synonyms{"segment.bytes=1048576:1", "log.segment.bytes=1073741824:5"}));
  EXPECT_EQ(configs["retention.ms"].value, "1800000");
  // As Kafka tells it: minutes are no source of milliseconds.
  EXPECT_EQ(configs["retention.ms"].source, FLUXMQ_SOURCE_DEFAULT);
  EXPECT_EQ(configs["retention.ms"].synonyms, Synonyms{});
  EXPECT_EQ(configs["segment.ms"].value, "604800000");
  EXPECT_EQ(configs["segment.ms"].source, FLUXMQ_SOURCE_DEFAULT);
  EXPECT_EQ(configs["segment.ms"].synonyms, Synonyms{});
  EXPECT_EQ(configs["cleanup.policy"].value, "delete");
  EXPECT_EQ(configs["cleanup.policy"].type, 7);
  EXPECT_EQ(configs["cleanup.policy"].synonyms, (Synonyms{"log.cleanup.policy=delete:5"}));
  EXPECT_EQ(configs["message.timestamp.before.max.ms"].value, "9223372036854775807");
}

TEST(Configs, OfTheBrokerAreToldReadOnly) {
  TestBroker broker{{"num.partitions", "4"}};
  auto configs = describe(broker, "1", FLUXMQ_RESOURCE_BROKER);
  EXPECT_EQ(configs["num.partitions"].value, "4");
  EXPECT_EQ(configs["num.partitions"].synonyms,
            (Synonyms{"num.partitions=4:4", "num.partitions=1:5"}));
  EXPECT_TRUE(configs["num.partitions"].read_only);
  EXPECT_EQ(configs["log.retention.ms"].value, "null");
  EXPECT_TRUE(describe(broker, "", FLUXMQ_RESOURCE_BROKER).empty());
  EXPECT_EQ(broker.catalog().describe_configs(FLUXMQ_RESOURCE_BROKER, "2", [](const auto&) {}),
            ErrorCode::INVALID_REQUEST);
  const auto refused =
      broker.alter("1", {{FLUXMQ_CONFIG_SET, "num.partitions", "5"}}, 0, FLUXMQ_RESOURCE_BROKER);
  EXPECT_EQ(refused.error, ErrorCode::INVALID_REQUEST);
  EXPECT_EQ(refused.message, "Cannot update these configs dynamically: [num.partitions]");
}

TEST(Configs, OfBrokersChangeWhileTheyRun) {
  TestBroker broker{{"log.retention.hours", "2"}, {"log.flush.interval.messages", "9"}};
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  const auto alter = [&](std::string_view name, std::uint32_t operation, const char* key,
                         std::optional<std::string> value) {
    return broker.alter(name, {{operation, key, std::move(value)}}, 0, FLUXMQ_RESOURCE_BROKER);
  };
  ASSERT_EQ(alter("", FLUXMQ_CONFIG_SET, "log.retention.ms", "600000").error, ErrorCode::NONE);
  ASSERT_EQ(alter("1", FLUXMQ_CONFIG_SET, "log.retention.ms", " 700000 ").error, ErrorCode::NONE);
  for (int life = 0; life < 2; ++life) {
    EXPECT_EQ(describe(broker, "t")["retention.ms"].value, "700000");
    EXPECT_EQ(describe(broker, "t")["retention.ms"].synonyms,
              (Synonyms{"log.retention.ms= 700000 :2", "log.retention.ms=600000:3",
                        "log.retention.hours=2:4", "log.retention.hours=168:5"}));
    EXPECT_EQ(broker.host().host().config_int("log.retention.ms"), 700000);
    EXPECT_EQ(describe(broker, "", FLUXMQ_RESOURCE_BROKER).size(), 1u);
    broker.restart();
  }
  ASSERT_EQ(alter("1", FLUXMQ_CONFIG_DELETE, "log.retention.ms", std::nullopt).error,
            ErrorCode::NONE);
  EXPECT_EQ(describe(broker, "t")["retention.ms"].source, FLUXMQ_SOURCE_DYNAMIC_DEFAULT_BROKER);
  ASSERT_EQ(broker.alter("", {}, FLUXMQ_REPLACE_CONFIGS, FLUXMQ_RESOURCE_BROKER).error,
            ErrorCode::NONE);
  EXPECT_EQ(describe(broker, "t")["retention.ms"].value, "7200000");
  EXPECT_EQ(describe(broker, "t")["flush.messages"].source, FLUXMQ_SOURCE_STATIC_BROKER);
}

TEST(Configs, OfBrokersHaveEffectOnTopicsThatThereAre) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  ASSERT_EQ(broker.create("own", 1, {{"max.message.bytes", "100"}}).error, ErrorCode::NONE);
  const auto held = broker.partition("t");
  const auto own = broker.partition("own");
  const auto large = produced_batch({.record_count = 10});
  const auto set = [&](const char* value) {
    return broker
        .alter("1", {{FLUXMQ_CONFIG_SET, "message.max.bytes", value}}, 0, FLUXMQ_RESOURCE_BROKER)
        .error;
  };
  EXPECT_EQ(held.append(large).error, ErrorCode::NONE);
  ASSERT_EQ(set("100"), ErrorCode::NONE);
  EXPECT_EQ(held.append(large).error, ErrorCode::MESSAGE_TOO_LARGE);
  ASSERT_EQ(set("1000"), ErrorCode::NONE);
  EXPECT_EQ(held.append(large).error, ErrorCode::NONE);
  EXPECT_EQ(own.append(large).error, ErrorCode::MESSAGE_TOO_LARGE);
}

std::vector<std::uint8_t> keyed_batch(std::int64_t timestamp_ms) {
  protocol::RecordBatchBuilder builder;
  builder.append(timestamp_ms, protocol::as_bytes("key"), protocol::as_bytes("value"));
  const auto bytes = builder.finish();
  return {bytes.begin(), bytes.end()};
}

TEST(Configs, OfTheLogCleanerHaveEffectWithoutARestart) {
  TestBroker broker{{"log.cleaner.threads", "0"}};
  ASSERT_EQ(broker
                .create("t", 1,
                        {{"cleanup.policy", "compact"},
                         {"min.cleanable.dirty.ratio", "0"},
                         {"segment.ms", "1"}})
                .error,
            ErrorCode::NONE);
  const auto held = broker.partition("t");
  for (const std::int64_t timestamp_ms : {1000, 2000, 3000})
    ASSERT_EQ(held.append(keyed_batch(timestamp_ms)).error, ErrorCode::NONE);
  const auto alter = [&](const char* key, const char* value) {
    return broker.alter("", {{FLUXMQ_CONFIG_SET, key, value}}, 0, FLUXMQ_RESOURCE_BROKER).error;
  };
  const auto wait_for_batches = [&](std::size_t count) {
    while (held.base_offsets().size() != count) std::this_thread::yield();
  };
  wait_for_batches(3);
  ASSERT_EQ(alter("log.cleaner.backoff.ms", "1"), ErrorCode::NONE);
  ASSERT_EQ(alter("log.cleaner.threads", "2"), ErrorCode::NONE);
  wait_for_batches(2);  // the last segment isn't compacted
  ASSERT_EQ(alter("log.cleaner.threads", "0"), ErrorCode::NONE);
  ASSERT_EQ(alter("log.cleaner.threads", "1"), ErrorCode::NONE);
  ASSERT_EQ(held.append(keyed_batch(4000)).error, ErrorCode::NONE);
  wait_for_batches(2);
}

TEST(Configs, OfBrokersThatNobodyDeclaresAreKept) {
  TestBroker broker;
  const auto alter = [&](const std::string& key, std::uint32_t operation) {
    return broker.alter("1", {{operation, key.c_str(), "secret"}}, 0, FLUXMQ_RESOURCE_BROKER).error;
  };
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(alter("plugin.of.tomorrow." + std::to_string(i), FLUXMQ_CONFIG_SET), ErrorCode::NONE);
  EXPECT_EQ(alter("one.too.many", FLUXMQ_CONFIG_SET), ErrorCode::INVALID_CONFIG);
  auto configs = describe(broker, "1", FLUXMQ_RESOURCE_BROKER);
  ASSERT_TRUE(configs.contains("plugin.of.tomorrow.7"));
  EXPECT_EQ(configs["plugin.of.tomorrow.7"].value, "null");
  EXPECT_EQ(alter("plugin.of.tomorrow.7", FLUXMQ_CONFIG_DELETE), ErrorCode::NONE);
  EXPECT_FALSE(describe(broker, "1", FLUXMQ_RESOURCE_BROKER).contains("plugin.of.tomorrow.7"));
}

TEST(Configs, OfBrokersAreCheckedAsKafkaDoes) {
  TestBroker broker;
  const auto refusal = [&](std::uint32_t operation, const char* key, const char* value) {
    const auto answer =
        broker.alter("", {{operation, key, value}}, FLUXMQ_VALIDATE_ONLY, FLUXMQ_RESOURCE_BROKER);
    EXPECT_NE(answer.error, ErrorCode::NONE) << key;
    return answer.message;
  };
  EXPECT_EQ(refusal(FLUXMQ_CONFIG_SET, "log.retention.ms", "x"),
            "Invalid value x for configuration log.retention.ms: Not a number of type LONG");
  EXPECT_EQ(refusal(FLUXMQ_CONFIG_SET, "log.retention.ms", "0"),
            "requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal "
            "to 1");
  EXPECT_EQ(refusal(FLUXMQ_CONFIG_SET, "log.cleanup.policy", "x"),
            "Invalid value x for configuration log.cleanup.policy: String must be one of: compact, "
            "delete");
  EXPECT_EQ(refusal(FLUXMQ_CONFIG_SET, "message.max.bytes", "99999999999"),
            "Invalid value 99999999999 for configuration message.max.bytes: Not a number of type "
            "INT");
  EXPECT_EQ(refusal(FLUXMQ_CONFIG_SET, "log.cleaner.min.cleanable.ratio", "2"),
            "Invalid value 2.0 for configuration log.cleaner.min.cleanable.ratio: Value must be no "
            "more than 1");
  EXPECT_EQ(refusal(FLUXMQ_CONFIG_APPEND, "log.retention.ms", "5"),
            "Config value append is not allowed for config key: log.retention.ms");
  EXPECT_EQ(refusal(FLUXMQ_CONFIG_APPEND, "foo", "5"), "Unknown config name: foo");
  EXPECT_EQ(
      broker.alter("2", {{FLUXMQ_CONFIG_SET, "log.retention.ms", "5"}}, 0, FLUXMQ_RESOURCE_BROKER)
          .message,
      "Unexpected broker id, expected 1, but received 2");
}

struct BadConfig {
  std::string name;
  std::string value;
  std::string message;
};

TEST(Configs, AreCheckedAsKafkaDoes) {
  TestBroker broker;
  const std::string invalid = "Invalid value ";
  const std::vector<BadConfig> bad{
      {"foo", "1", "Unknown topic config name: foo"},
      {"retention.ms", "abc",
       invalid + "abc for configuration retention.ms: Not a number of type LONG"},
      {"retention.ms", "-2",
       invalid + "-2 for configuration retention.ms: Value must be at least -1"},
      {"cleanup.policy", "foo",
       invalid + "foo for configuration cleanup.policy: String must be one of: compact, delete"},
      {"segment.bytes", "10",
       invalid + "10 for configuration segment.bytes: Value must be at least 1048576"},
      {"segment.bytes", "2147483648",
       invalid + "2147483648 for configuration segment.bytes: Not a number of type INT"},
      {"segment.ms", "0", invalid + "0 for configuration segment.ms: Value must be at least 1"},
      {"message.timestamp.type", "foo",
       invalid + "foo for configuration message.timestamp.type: String must be one of: CreateTime, "
                 "LogAppendTime"},
      {"compression.type", "foo",
       invalid + "foo for configuration compression.type: String must be one of: uncompressed, "
                 "zstd, lz4, snappy, gzip, producer"},
      {"min.insync.replicas", "0",
       invalid + "0 for configuration min.insync.replicas: Value must be at least 1"},
      {"preallocate", "true",
       invalid + "true for configuration preallocate: not served by this broker, which takes space "
                 "as it writes"},
      {"preallocate", "maybe",
       invalid + "maybe for configuration preallocate: Expected value to be either true or false"},
      {"min.cleanable.dirty.ratio", "2",
       invalid + "2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1"},
      {"compression.gzip.level", "0",
       invalid + "0 for configuration compression.gzip.level: Value must be between 1 and 9 or "
                 "equal to -1"},
      {"leader.replication.throttled.replicas", "0:1,x",
       invalid + "[0:1, x] for configuration leader.replication.throttled.replicas: "
                 "leader.replication.throttled.replicas must be the literal '*' or a list of "
                 "replicas in the following format: [partitionId]:[brokerId],"
                 "[partitionId]:[brokerId],..."},
      {"cleanup.policy", "delete,", "Configuration 'cleanup.policy' values must not be empty."},
      {"remote.storage.enable", "true",
       "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with "
       "remote log storage."},
  };
  for (const auto& config : bad) {
    const auto answer = broker.create("x", 1, {{config.name, config.value}});
    EXPECT_EQ(answer.error, ErrorCode::INVALID_CONFIG) << config.name;
    EXPECT_EQ(answer.message, config.message);
  }
  EXPECT_EQ(broker.create("x", 1, {{"cleanup.policy", "delete, delete"}, {"retention.bytes", "-2"}})
                .error,
            ErrorCode::NONE);
}

TEST(Configs, AreChangedStepByStep) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  const auto code = [&](std::uint32_t operation, const char* name,
                        std::optional<std::string> value) {
    return broker.alter("t", {{operation, name, std::move(value)}});
  };
  EXPECT_EQ(code(FLUXMQ_CONFIG_SET, "retention.ms", "77").error, ErrorCode::NONE);
  EXPECT_EQ(describe(broker, "t")["retention.ms"].value, "77");
  EXPECT_EQ(code(FLUXMQ_CONFIG_DELETE, "retention.ms", std::nullopt).error, ErrorCode::NONE);
  EXPECT_EQ(describe(broker, "t")["retention.ms"].value, "604800000");
  EXPECT_EQ(code(FLUXMQ_CONFIG_DELETE, "foo", std::nullopt).error, ErrorCode::NONE);
  EXPECT_EQ(code(FLUXMQ_CONFIG_SET, "foo", "1").message, "Unknown topic config name: foo");
  EXPECT_EQ(code(FLUXMQ_CONFIG_SET, "retention.ms", std::nullopt).error,
            ErrorCode::INVALID_REQUEST);
  EXPECT_EQ(code(FLUXMQ_CONFIG_APPEND, "retention.ms", "1").message,
            "Can't APPEND to key retention.ms because its type is not LIST.");
  EXPECT_EQ(code(FLUXMQ_CONFIG_SUBTRACT, "retention.ms", "1").error, ErrorCode::INVALID_CONFIG);
  EXPECT_EQ(code(FLUXMQ_CONFIG_SUBTRACT, "cleanup.policy", "delete").error, ErrorCode::NONE);
  EXPECT_EQ(describe(broker, "t")["cleanup.policy"].value, "");
  EXPECT_EQ(code(FLUXMQ_CONFIG_APPEND, "cleanup.policy", "delete").error, ErrorCode::NONE);
  EXPECT_EQ(describe(broker, "t")["cleanup.policy"].value, "delete");
  EXPECT_EQ(broker
                .alter("t", {{FLUXMQ_CONFIG_SET, "retention.ms", "1"},
                             {FLUXMQ_CONFIG_SET, "retention.ms", "2"}})
                .message,
            "Error due to duplicate config keys");
  EXPECT_EQ(broker
                .alter("t", {{FLUXMQ_CONFIG_SET, "retention.ms", "1"},
                             {FLUXMQ_CONFIG_SET, "segment.bytes", "1"}})
                .error,
            ErrorCode::INVALID_CONFIG);
  EXPECT_EQ(
      broker.alter("t", {{FLUXMQ_CONFIG_SET, "retention.ms", "9"}}, FLUXMQ_VALIDATE_ONLY).error,
      ErrorCode::NONE);
  EXPECT_EQ(describe(broker, "t")["retention.ms"].value, "604800000");
  EXPECT_EQ(broker.alter("none", {{FLUXMQ_CONFIG_SET, "retention.ms", "1"}}).message,
            "The topic 'none' does not exist.");
  EXPECT_EQ(broker.alter("", {{FLUXMQ_CONFIG_SET, "retention.ms", "1"}}).message,
            "Default topic resources are not allowed.");
}

TEST(Configs, HaveEffectOnOpenPartitions) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t", 1, {{"max.message.bytes", "100"}}).error, ErrorCode::NONE);
  const auto held = broker.partition("t");
  const auto large = produced_batch({.record_count = 10});
  EXPECT_EQ(held.append(large).error, ErrorCode::MESSAGE_TOO_LARGE);
  ASSERT_EQ(broker.alter("t", {{FLUXMQ_CONFIG_SET, "max.message.bytes", "1000"}}).error,
            ErrorCode::NONE);
  EXPECT_EQ(held.append(large).error, ErrorCode::NONE);
  ASSERT_EQ(
      broker.alter("t", {{FLUXMQ_CONFIG_SET, "message.timestamp.type", "LogAppendTime"}}).error,
      ErrorCode::NONE);
  EXPECT_GT(held.append(large).log_append_time_ms, 0);
  broker.restart();
  EXPECT_GT(broker.partition("t").append(large).log_append_time_ms, 0);
}

TEST(Configs, FlushMessagesBringsThemToTheDiskBeforeTheyAreAnswered) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t", 1, {{"flush.messages", "3"}}).error, ErrorCode::NONE);
  const auto held = broker.partition("t");
  const int before = TestBroker::flush_count();
  for (int i = 1; i <= 9; ++i) {
    ASSERT_EQ(held.append(produced_batch(), {.acks = 1}).error, ErrorCode::NONE);
    EXPECT_EQ(TestBroker::flush_count() - before, i / 3);
  }
}

TEST(Configs, FlushMsBringsThemToTheDiskLater) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t", 1, {{"flush.ms", "1"}}).error, ErrorCode::NONE);
  const auto held = broker.partition("t");
  for (int i = 0; i < 3; ++i) {
    const int before = TestBroker::flush_count();
    ASSERT_EQ(held.append(produced_batch(), {.acks = 1}).error, ErrorCode::NONE);
    while (TestBroker::flush_count() == before) std::this_thread::yield();
  }
}

TEST(Configs, WriteCachingAnswersBeforeTheDisk) {
  TestBroker broker{{"write.caching", "true"}};
  ASSERT_EQ(broker.create("cached").error, ErrorCode::NONE);
  ASSERT_EQ(broker.create("safe", 1, {{"write.caching", "false"}}).error, ErrorCode::NONE);
  ASSERT_EQ(broker.create("__consumer_offsets", 1, {}, FLUXMQ_INTERNAL_TOPIC).error,
            ErrorCode::NONE);
  const auto flushes = [&](const char* topic) {
    const int before = TestBroker::flush_count();
    EXPECT_EQ(broker.partition(topic).append(produced_batch(), {.acks = -1}).error,
              ErrorCode::NONE);
    return TestBroker::flush_count() - before;
  };
  EXPECT_EQ(flushes("cached"), 0);
  EXPECT_EQ(flushes("safe"), 1);
  EXPECT_EQ(flushes("__consumer_offsets"), 1);
}

TEST(Configs, RetentionDeletesOldSegments) {
  TestBroker broker{{"log.retention.check.interval.ms", "20"}};
  ASSERT_EQ(broker.create("old", 1, {{"retention.ms", "1000"}, {"segment.ms", "1"}}).error,
            ErrorCode::NONE);
  const auto held = broker.partition("old");
  // Records of long ago, whose segments are done with as soon as the next one begins.
  while (held.read(held.partition.state().log_start_offset).log_start_offset < 3)
    ASSERT_EQ(held.append(produced_batch()).error, ErrorCode::NONE);
  EXPECT_EQ(held.read(0).error, ErrorCode::OFFSET_OUT_OF_RANGE);
}

}  // namespace
}  // namespace fluxmq::testing
