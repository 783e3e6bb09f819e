// What the kernel must not know: any API of Kafka, any plugin, the codec.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

namespace fluxmq::kernel_tests {
namespace {

namespace fs = std::filesystem;

void for_each_source(
    const std::function<void(const std::string& name, const std::string&)>& visit) {
  int count = 0;
  for (const auto& file : fs::recursive_directory_iterator(FLUXMQ_KERNEL_SOURCES)) {
    if (file.path().extension() != ".h" && file.path().extension() != ".cc") continue;
    std::ifstream stream(file.path());
    std::stringstream text;
    text << stream.rdbuf();
    visit(file.path().string(), text.str());
    ++count;
  }
  EXPECT_GT(count, 30);
}

TEST(Borders, TheKernelIncludesNothingOfTheSdkButTheAbi) {
  const std::regex include(R"(#include ["<]([^">]+)[">])");
  for_each_source([&](const std::string& name, const std::string& text) {
    for (std::sregex_iterator match(text.begin(), text.end(), include), end; match != end;
         ++match) {
      std::string header = (*match)[1];
      EXPECT_TRUE(header.rfind("fluxmq/", 0) != 0 || header.rfind("fluxmq/abi/", 0) == 0)
          << name << " includes " << header;
      EXPECT_EQ(header.find("plugins/"), std::string::npos) << name << " includes " << header;
    }
  });
}

TEST(Borders, TheKernelNamesNoApiOfKafka) {
  // As a word of their own or in an identifier, in prose that has a capital letter, too.
  const std::regex api(
      "ApiVersions|Produce[^dr]|\\bFetch|ListOffsets|Metadata[A-Z]|\\bMetadata\\b|OffsetCommit|"
      "OffsetFetch|FindCoordinator|JoinGroup|SyncGroup|LeaveGroup|Heartbeat|DescribeGroups|"
      "ListGroups|DeleteGroups|SaslHandshake|SaslAuthenticate|CreateTopics|DeleteTopics|"
      "CreatePartitions|InitProducerId|DescribeConfigs|AlterConfigs|DescribeCluster|"
      "DeleteRecords|AddPartitionsToTxn|EndTxn");
  for_each_source([&](const std::string& name, const std::string& text) {
    std::smatch match;
    EXPECT_FALSE(std::regex_search(text, match, api)) << name << " says " << match.str();
  });
}

}  // namespace
}  // namespace fluxmq::kernel_tests
