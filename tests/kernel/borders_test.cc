// What the kernel must not know: any API of Kafka, any plugin, the codec.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  constexpr std::string_view kInclude = "#include ";
  for_each_source([&](const std::string& name, const std::string& text) {
    for (size_t at = text.find(kInclude); at != std::string::npos;
         at = text.find(kInclude, at + 1)) {
      size_t begin = at + kInclude.size() + 1;
      std::string header = text.substr(begin, text.find_first_of("\">", begin) - begin);
      EXPECT_TRUE(!header.starts_with("fluxmq/") || header.starts_with("fluxmq/abi/"))
          << name << " includes " << header;
      EXPECT_EQ(header.find("plugins/"), std::string::npos) << name << " includes " << header;
    }
  });
}

std::set<std::string> words_of(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (char c : text + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, ""));
    }
  }
  return words;
}

TEST(Borders, TheKernelNamesNoApiOfKafka) {
  // English has these words too; as an API they stand alone, with a capital letter.
  const std::vector<std::string> words{"Produce", "Fetch", "Metadata", "Heartbeat"};
  const std::vector<std::string> names{
      "ApiVersions",      "ProduceRe",      "FetchRe",         "MetadataRe",       "ListOffsets",
      "OffsetCommit",     "OffsetFetch",    "FindCoordinator", "JoinGroup",        "SyncGroup",
      "LeaveGroup",       "DescribeGroups", "ListGroups",      "DeleteGroups",     "SaslHandshake",
      "SaslAuthenticate", "CreateTopics",   "DeleteTopics",    "CreatePartitions", "InitProducerId",
      "DescribeConfigs",  "AlterConfigs",   "DescribeCluster", "DeleteRecords",    "EndTxn"};
  for_each_source([&](const std::string& name, const std::string& text) {
    std::set<std::string> said = words_of(text);
    for (const std::string& word : words) EXPECT_FALSE(said.contains(word)) << name << ": " << word;
    for (const std::string& api : names) {
      EXPECT_EQ(text.find(api), std::string::npos) << name << ": " << api;
    }
  });
}

}  // namespace
}  // namespace fluxmq::kernel_tests
