// docs/apis.md tells what the broker serves, and is held to it here. FLUXMQ_WRITE_PAGES=1 makes the
// table anew.
#include <fstream>
#include <sstream>

#include "api_test.h"
#include "fluxmq/host.h"
#include "fluxmq/protocol/api_keys.h"
#include "fluxmq/protocol/messages/api_versions.h"

namespace fluxmq::api_tests {
namespace {

constexpr const char* kPage = FLUXMQ_DOCS "/apis.md";
constexpr std::string_view kTableHead = "| key | API | versions |\n|---|---|---|\n";

std::string read_page() {
  std::ostringstream text;
  text << std::ifstream(kPage).rdbuf();
  return text.str();
}

// With the plugins too that have to be switched on.
std::string served_table() {
  BrokerProcess broker(with_broker_plugins({"plugin.api_sasl.enabled=true"}));
  const auto served = Client(broker.port()).call<ApiVersionsResponse>(ApiVersionsRequest{}, 0);
  std::string table(kTableHead);
  for (const auto& [key, min, max] : served->api_keys) {
    table += concat("| ", key, " | ", api_name(key), " | ", min);
    table += min == max ? " |\n" : concat("-", max, " |\n");
  }
  return table;
}

TEST(ApisPage, TellsWhatIsServed) {
  const auto table = served_table();
  const auto page = read_page();
  const auto begin = page.find(kTableHead);
  ASSERT_NE(begin, std::string::npos);
  const auto end = std::min(page.size(), page.find("\n\n", begin) + 1);
  if (std::getenv("FLUXMQ_WRITE_PAGES") != nullptr) {
    std::ofstream(kPage) << page.substr(0, begin) << table << page.substr(end);
    return;
  }
  EXPECT_EQ(page.substr(begin, end - begin), table)
      << "make it anew: FLUXMQ_WRITE_PAGES=1 build/release/bin/api_page_test";
}

}  // namespace
}  // namespace fluxmq::api_tests
