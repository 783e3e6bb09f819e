// DescribeConfigs, IncrementalAlterConfigs and AlterConfigs.
#include <set>

#include "api_test.h"
#include "fluxmq/host.h"
#include "fluxmq/protocol/messages/alter_configs.h"
#include "fluxmq/protocol/messages/describe_configs.h"
#include "fluxmq/protocol/messages/incremental_alter_configs.h"
#include "fluxmq/protocol/messages/list_config_resources.h"

namespace fluxmq::api_tests {
namespace {

constexpr std::int8_t kTopic = 2;
constexpr std::int8_t kBroker = 4;
constexpr std::int8_t kSet = 0;
constexpr std::int8_t kDelete = 1;
constexpr std::int8_t kAppend = 2;
constexpr std::int8_t kBrokerLogger = 8;
constexpr std::int8_t kClientMetrics = 16;
constexpr std::int8_t kGroup = 32;
constexpr std::int8_t kUnknown[] = {0, 1, 3, 5, 64, 99};

class ConfigsTest : public ApiTest {
 protected:
  using Described = DescribeConfigsResponse::DescribeConfigsResourceResult;
  using Keys = std::optional<std::vector<std::string_view>>;

  Answer<DescribeConfigsResponse> describe(std::int8_t type, std::string_view name, Keys keys,
                                           std::int16_t version = 4, bool with_all = false) {
    DescribeConfigsRequest request;
    request.resources.push_back({type, name, std::move(keys)});
    request.include_synonyms = with_all;
    request.include_documentation = with_all;
    return client.call<DescribeConfigsResponse>(request, version);
  }
  // "value/source" of a topic's config.
  std::string config_of(std::string_view topic, std::string_view name) {
    const auto answer = describe(kTopic, topic, Keys{{name}});
    const Described& config = answer->results.at(0).configs.at(0);
    return std::string(config.value.value_or("null")) + "/" + std::to_string(config.config_source);
  }

  struct Change {
    std::string_view name;
    std::int8_t operation;
    std::optional<std::string_view> value;
  };
  std::pair<std::int16_t, std::string> alter(std::int8_t type, std::string_view name,
                                             const std::vector<Change>& changes,
                                             bool validate_only = false, std::int16_t version = 1) {
    IncrementalAlterConfigsRequest request;
    request.validate_only = validate_only;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = type;
    resource.resource_name = name;
    for (const auto& [key, operation, value] : changes) {
      resource.configs.push_back({key, operation, value});
    }
    const auto answer = client.call<IncrementalAlterConfigsResponse>(request, version);
    const auto& result = answer->responses.at(0);
    EXPECT_EQ(result.resource_type, type);
    EXPECT_EQ(result.resource_name, name);
    return {result.error_code, std::string(result.error_message.value_or(""))};
  }
  std::int16_t replace(std::string_view topic,
                       const std::vector<AlterConfigsRequest::AlterableConfig>& configs,
                       std::int16_t version = 2) {
    AlterConfigsRequest request;
    request.resources.push_back({kTopic, topic, configs});
    return client.call<AlterConfigsResponse>(request, version)->responses.at(0).error_code;
  }
};

TEST_F(ConfigsTest, DescribeATopicInEachVersion) {
  const auto topic = create_topic();
  alter(kTopic, topic.name, {{"retention.ms", kSet, "1000"}});
  for (std::int16_t version = 0; version <= 4; ++version) {
    for (const bool with_all : {false, true}) {
      const auto answer = describe(kTopic, topic.name, std::nullopt, version, with_all);
      const auto& result = answer->results.at(0);
      EXPECT_EQ(result.error_code, 0);
      EXPECT_EQ(result.error_message, "");
      EXPECT_EQ(result.resource_type, kTopic);
      EXPECT_EQ(result.resource_name, topic.name);
      bool has_cleanup_policy = false;
      for (const Described& config : result.configs) {
        has_cleanup_policy = has_cleanup_policy || config.name == "cleanup.policy";
        const bool is_set = config.name == "retention.ms";
        EXPECT_FALSE(config.read_only);
        EXPECT_FALSE(config.is_sensitive);
        if (version == 0) {
          EXPECT_EQ(config.is_default, !is_set);
        }
        if (version >= 1) {
          EXPECT_EQ(config.config_source, is_set ? 1 : 5) << config.name;
        }
        if (version < 1 || !with_all) {
          EXPECT_TRUE(config.synonyms.empty());
        }
        if (version >= 3) {
          EXPECT_EQ(config.documentation.has_value(), with_all);
        }
        if (version >= 3 && is_set) {
          EXPECT_EQ(config.config_type, 5);
        }
        if (version >= 1 && with_all && is_set) {
          EXPECT_EQ(config.synonyms.at(0).value, "1000");
          EXPECT_EQ(config.synonyms.at(0).source, 1);
        }
      }
      EXPECT_TRUE(has_cleanup_policy);
    }
  }
}

TEST_F(ConfigsTest, DescribeChosenKeys) {
  const auto topic = create_topic();
  auto answer = describe(kTopic, topic.name, Keys{{"segment.bytes", "no.such.key"}});
  ASSERT_EQ(answer->results.at(0).configs.size(), 1u);
  EXPECT_EQ(answer->results[0].configs[0].name, "segment.bytes");
  answer = describe(kTopic, topic.name, Keys{std::vector<std::string_view>{}});
  EXPECT_GT(answer->results.at(0).configs.size(), 10u);
}

TEST_F(ConfigsTest, DescribeABroker) {
  auto answer = describe(kBroker, "1", Keys{{"num.partitions", "log.retention.ms"}}, 4, true);
  EXPECT_EQ(answer->results.at(0).error_code, 0);
  EXPECT_EQ(answer->results[0].configs.size(), 2u);
  answer = describe(kBroker, "", std::nullopt);
  EXPECT_EQ(answer->results.at(0).error_code, 0);
}

TEST_F(ConfigsTest, DescribeErrors) {
  const auto error = [&](std::int8_t type, std::string_view name) {
    const auto answer = describe(type, name, std::nullopt);
    EXPECT_TRUE(answer->results.at(0).configs.empty());
    return answer->results.at(0).error_code;
  };
  EXPECT_EQ(error(kTopic, "nowhere"), code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  EXPECT_EQ(error(kTopic, "a/b"), code(ErrorCode::INVALID_TOPIC_EXCEPTION));
  EXPECT_EQ(error(kBroker, "7"), code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(error(kBroker, "one"), code(ErrorCode::INVALID_REQUEST));
  for (const std::int8_t type : kUnknown) {
    EXPECT_EQ(error(type, "1"), code(ErrorCode::INVALID_REQUEST));
  }
  EXPECT_EQ(error(kBrokerLogger, ""), code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(error(kBrokerLogger, "7"), code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(error(kGroup, ""), code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(error(kGroup, "g"), 0);
  EXPECT_EQ(error(kClientMetrics, ""), code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(error(kClientMetrics, "m"), 0);
  EXPECT_TRUE(client.call<DescribeConfigsResponse>(DescribeConfigsRequest{}, 4)->results.empty());
}

TEST_F(ConfigsTest, AnUnknownTypeMakesAllOfARequestWrong) {
  const auto topic = create_topic();
  DescribeConfigsRequest request;
  request.resources.push_back({kTopic, topic.name, std::nullopt});
  request.resources.push_back({99, "x", std::nullopt});
  const auto answer = client.call<DescribeConfigsResponse>(request, 4);
  ASSERT_EQ(answer->results.size(), 2u);
  for (const auto& result : answer->results) {
    EXPECT_EQ(result.error_code, code(ErrorCode::INVALID_REQUEST));
    EXPECT_TRUE(result.configs.empty());
  }
}

TEST_F(ConfigsTest, BrokerConfigsChangeWhileItRuns) {
  const auto topic = create_topic();
  const auto config_of_broker = [&](std::string_view broker, std::string_view name) {
    const auto answer = describe(kBroker, broker, Keys{{name}}, 4, true);
    std::string told;
    for (const auto& config : answer->results.at(0).configs) {
      told += concat(config.value.value_or("null"), config.read_only ? " fixed" : "");
      for (const auto& synonym : config.synonyms) {
        told += concat(" ", synonym.name, "=", synonym.value.value_or("null"), ":",
                       static_cast<int>(synonym.source));
      }
    }
    return told;
  };
  const Change set{"log.index.interval.bytes", kSet, "5000"};
  const Change unset{"log.index.interval.bytes", kDelete, std::nullopt};
  EXPECT_EQ(config_of_broker("", "log.index.interval.bytes"), "");
  EXPECT_EQ(alter(kBroker, "", {set}).first, 0);
  EXPECT_EQ(config_of_broker("", "log.index.interval.bytes"),
            "5000 log.index.interval.bytes=5000:3");
  EXPECT_EQ(config_of(topic.name, "index.interval.bytes"), "5000/3");
  EXPECT_EQ(alter(kBroker, "1", {{"log.index.interval.bytes", kSet, "6000"}}).first, 0);
  EXPECT_EQ(config_of_broker("1", "log.index.interval.bytes"),
            "6000 log.index.interval.bytes=6000:2 log.index.interval.bytes=5000:3 "
            "log.index.interval.bytes=4096:5");
  EXPECT_EQ(config_of(topic.name, "index.interval.bytes"), "6000/2");
  EXPECT_EQ(alter(kBroker, "1", {unset}).first, 0);
  EXPECT_EQ(alter(kBroker, "", {unset}).first, 0);
  EXPECT_EQ(config_of(topic.name, "index.interval.bytes"), "4096/5");
  EXPECT_EQ(config_of_broker("1", "num.partitions"), "1 fixed num.partitions=1:5");
}

TEST_F(ConfigsTest, LoggersGetTheirLevels) {
  const auto level_of = [&](std::string_view name) {
    const auto answer = describe(kBrokerLogger, "1", Keys{{name}});
    const auto& configs = answer->results.at(0).configs;
    if (configs.empty()) return std::string();
    EXPECT_EQ(configs[0].config_source, 6);
    return std::string(configs[0].value.value_or("null"));
  };
  EXPECT_EQ(level_of("core"), "INFO");
  EXPECT_EQ(level_of("root"), "INFO");
  EXPECT_EQ(level_of("nobody"), "");
  EXPECT_EQ(alter(kBrokerLogger, "1", {{"core", kSet, "DEBUG"}}, true).first, 0);
  EXPECT_EQ(level_of("core"), "INFO");
  EXPECT_EQ(alter(kBrokerLogger, "1", {{"core", kSet, "DEBUG"}}).first, 0);
  EXPECT_EQ(level_of("core"), "DEBUG");
  EXPECT_EQ(alter(kBrokerLogger, "1", {{"root", kSet, "FATAL"}}).first, 0);
  EXPECT_EQ(level_of("api_configs"), "FATAL");
  EXPECT_EQ(level_of("core"), "DEBUG");
  EXPECT_EQ(alter(kBrokerLogger, "1", {{"core", kDelete, std::nullopt}}).first, 0);
  EXPECT_EQ(level_of("core"), "FATAL");
  EXPECT_EQ(alter(kBrokerLogger, "1", {{"root", kSet, "INFO"}}).first, 0);

  using Result = std::pair<std::int16_t, std::string>;
  const auto bad_config = code(ErrorCode::INVALID_CONFIG);
  const auto invalid = code(ErrorCode::INVALID_REQUEST);
  EXPECT_EQ(alter(kBrokerLogger, "1", {{"nobody", kSet, "INFO"}}),
            Result(bad_config, "Logger nobody does not exist!"));
  EXPECT_EQ(alter(kBrokerLogger, "1", {{"core", kSet, "loud"}}).first, bad_config);
  EXPECT_EQ(alter(kBrokerLogger, "1", {{"core", kAppend, "INFO"}}),
            Result(invalid, "APPEND operation is not allowed for the BROKER_LOGGER resource"));
  EXPECT_EQ(alter(kBrokerLogger, "1", {{"root", kDelete, std::nullopt}}).first, invalid);
  EXPECT_EQ(alter(kBrokerLogger, "2", {{"core", kSet, "INFO"}}).first, invalid);
}

TEST_F(ConfigsTest, GroupsAndClientMetricsHaveNoConfigs) {
  using Result = std::pair<std::int16_t, std::string>;
  EXPECT_EQ(alter(kGroup, "g", {{"x", kSet, "1"}}),
            Result(code(ErrorCode::INVALID_CONFIG), "Unknown group config name: x"));
  EXPECT_EQ(alter(kClientMetrics, "m", {{"x", kSet, "1"}}),
            Result(code(ErrorCode::INVALID_REQUEST), "Unknown client metrics configuration: x"));
  EXPECT_EQ(alter(kGroup, "g", {{"x", kDelete, std::nullopt}}).first, 0);
  EXPECT_EQ(alter(kGroup, "", {}).first, code(ErrorCode::INVALID_REQUEST));
}

TEST_F(ConfigsTest, AlterIncrementally) {
  const auto topic = create_topic();
  const auto standard = config_of(topic.name, "retention.ms");
  for (std::int16_t version = 0; version <= 1; ++version) {
    EXPECT_EQ(alter(kTopic, topic.name, {{"retention.ms", kSet, "1000"}}, false, version).first, 0);
    EXPECT_EQ(config_of(topic.name, "retention.ms"), "1000/1");
    EXPECT_EQ(alter(kTopic, topic.name, {{"retention.ms", kSet, "7"}}, true, version).first, 0);
    EXPECT_EQ(config_of(topic.name, "retention.ms"), "1000/1");
    EXPECT_EQ(
        alter(kTopic, topic.name, {{"retention.ms", kDelete, std::nullopt}}, false, version).first,
        0);
    EXPECT_EQ(config_of(topic.name, "retention.ms"), standard);
  }
}

TEST_F(ConfigsTest, AlterErrors) {
  const auto topic = create_topic();
  using Result = std::pair<std::int16_t, std::string>;
  const auto invalid = code(ErrorCode::INVALID_REQUEST);
  EXPECT_EQ(alter(kTopic, topic.name, {{"retention.ms", kSet, std::nullopt}}),
            Result(invalid, "Null value not supported for : retention.ms"));
  EXPECT_EQ(alter(kTopic, topic.name, {{"retention.ms", kSet, "1"}, {"retention.ms", kSet, "2"}}),
            Result(invalid, "Error due to duplicate config keys"));
  EXPECT_EQ(alter(kTopic, topic.name, {{"retention.ms", 9, "1"}}).first,
            code(ErrorCode::UNKNOWN_SERVER_ERROR));
  EXPECT_EQ(alter(kTopic, "", {{"retention.ms", kSet, "1"}}).first, invalid);
  EXPECT_EQ(alter(kTopic, "nowhere", {{"retention.ms", kSet, "1"}}).first,
            code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  const auto bad_config = code(ErrorCode::INVALID_CONFIG);
  EXPECT_EQ(alter(kTopic, topic.name, {{"retention.ms", kSet, "soon"}}).first, bad_config);
  EXPECT_EQ(alter(kTopic, topic.name, {{"retention.ms", kAppend, "1"}}).first, bad_config);
  EXPECT_EQ(alter(kTopic, topic.name, {{"no.such.key", kSet, "1"}}).first, bad_config);
  for (const std::int8_t type : kUnknown) {
    EXPECT_EQ(alter(type, "1", {{"x", kSet, "1"}}).first, invalid);
  }
  EXPECT_EQ(alter(kBroker, "9", {{"num.partitions", kSet, "1"}}).first, invalid);
}

TEST_F(ConfigsTest, EachResourceAppearsOnce) {
  const auto topic = create_topic();
  IncrementalAlterConfigsRequest request;
  request.resources.push_back({kTopic, topic.name, {{"retention.ms", kSet, "1"}}});
  request.resources.push_back({kTopic, topic.name, {{"segment.ms", kSet, "9"}}});
  const auto answer = client.call<IncrementalAlterConfigsResponse>(request, 1);
  ASSERT_EQ(answer->responses.size(), 2u);
  for (const auto& each : answer->responses) {
    EXPECT_EQ(each.error_code, code(ErrorCode::INVALID_REQUEST));
    EXPECT_EQ(each.error_message, "Each resource must appear at most once.");
  }
}

TEST_F(ConfigsTest, AlterReplacesAll) {
  for (std::int16_t version = 0; version <= 2; ++version) {
    const auto topic = create_topic();
    const auto standard = config_of(topic.name, "segment.ms");
    EXPECT_EQ(replace(topic.name, {{"retention.ms", "5000"}, {"segment.ms", "6000"}}, version), 0);
    EXPECT_EQ(config_of(topic.name, "segment.ms"), "6000/1");
    EXPECT_EQ(replace(topic.name, {{"retention.ms", "7000"}}, version), 0);
    EXPECT_EQ(config_of(topic.name, "retention.ms"), "7000/1");
    EXPECT_EQ(config_of(topic.name, "segment.ms"), standard);
    EXPECT_EQ(replace(topic.name, {{"no.such.key", "1"}}, version),
              code(ErrorCode::INVALID_CONFIG));
    EXPECT_EQ(config_of(topic.name, "retention.ms"), "7000/1");
    EXPECT_EQ(replace(topic.name, {}, version), 0);
    EXPECT_NE(config_of(topic.name, "retention.ms"), "7000/1");
    EXPECT_EQ(replace("nowhere", {}, version), code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  }
}

TEST_F(ConfigsTest, ListConfigResourcesByType) {
  const auto topic = create_topic();
  using Listed = std::set<std::pair<std::int8_t, std::string>>;
  const auto list = [this](std::vector<std::int8_t> types, std::int16_t version = 1) {
    ListConfigResourcesRequest request;
    request.resource_types = std::move(types);
    const auto answer = client.call<ListConfigResourcesResponse>(request, version);
    EXPECT_EQ(answer->error_code, 0);
    Listed listed;
    for (const auto& [name, type] : answer->config_resources) listed.emplace(type, name);
    return listed;
  };
  const auto all = list({});
  EXPECT_TRUE(all.contains({4, "1"}));
  EXPECT_TRUE(all.contains({2, topic.name}));
  EXPECT_EQ(list({4}), (Listed{{4, "1"}}));
  EXPECT_EQ(list({4, 4}), (Listed{{4, "1"}}));
  EXPECT_TRUE(list({2}).contains({2, topic.name}));
  EXPECT_FALSE(list({2}).contains({4, "1"}));
  EXPECT_TRUE(list({16}).empty());
  EXPECT_TRUE(list({}, 0).empty()) << "version 0 asks for client metrics";

  for (const std::int8_t unknown : {std::int8_t{0}, std::int8_t{3}, std::int8_t{-1}}) {
    ListConfigResourcesRequest request;
    request.resource_types = {2, unknown};
    const auto answer = client.call<ListConfigResourcesResponse>(request, 1);
    EXPECT_EQ(answer->error_code, code(ErrorCode::UNSUPPORTED_VERSION));
    EXPECT_TRUE(answer->config_resources.empty());
  }
}

}  // namespace
}  // namespace fluxmq::api_tests
