// The table, and where logs lie.
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/testing/log_store/fixture.h"

namespace fluxmq::testing {

TEST_F(LogStoreConformance, TableIsWhole) {
  ASSERT_NE(store(), nullptr);
  EXPECT_GE(store()->size, sizeof(fluxmq_log_store));
}

TEST_F(LogStoreConformance, TellsWhereLogsLie) {
  fluxmq_log_dir log_dir{};
  log_dir.size = sizeof(log_dir);
  store()->log_dir(store()->self, &log_dir);
  EXPECT_EQ(log_dir.error, 0);
  EXPECT_GT(log_dir.path.size, 0u);
  EXPECT_GE(log_dir.usable_bytes, -1);
  EXPECT_GE(log_dir.total_bytes, log_dir.usable_bytes);
}

TEST_F(LogStoreConformance, TellsWhichFolderALogLiesIn) {
  std::vector<std::string> paths;
  store()->visit_log_dirs(
      store()->self,
      [](void* context, const fluxmq_log_dir* log_dir) {
        EXPECT_EQ(log_dir->error, 0);
        static_cast<std::vector<std::string>*>(context)->emplace_back(view(log_dir->path));
      },
      &paths);
  ASSERT_FALSE(paths.empty());
  EXPECT_EQ(std::set<std::string>(paths.begin(), paths.end()).size(), paths.size());
  fluxmq_log_dir first{};
  first.size = sizeof(first);
  store()->log_dir(store()->self, &first);
  EXPECT_EQ(view(first.path), paths.front());

  const auto log_dir_of = [this](std::string_view topic) {
    return store()->log_dir_of(store()->self, to_abi(topic), {}, 0);
  };
  TestLog log(store());
  log.append({});
  const auto here = log_dir_of("topic");
  EXPECT_GE(here, 0);
  EXPECT_LT(here, static_cast<std::int32_t>(paths.size()));
  EXPECT_EQ(store()->is_offline(store()->self, to_abi("topic"), {}, 0), 0);
  EXPECT_EQ(store()->is_short_of_space(store()->self, log.handle()), 0);
  log.close();
  EXPECT_EQ(log_dir_of("topic"), here);
  EXPECT_LT(log_dir_of("other"), static_cast<std::int32_t>(paths.size()));
}

TEST_F(LogStoreConformance, TellsTheSizeOfAnyLog) {
  const auto size = [this](std::string_view topic) {
    return store()->size_by_name(store()->self, to_abi(topic), {}, 0);
  };
  EXPECT_EQ(size("topic"), 0);
  TestLog log(store());
  EXPECT_EQ(size("topic"), 0);
  const auto bytes = static_cast<std::int64_t>(join(fill(log, 20)).size());
  EXPECT_EQ(size("topic"), bytes);
  log.close();
  EXPECT_EQ(size("topic"), bytes);
  EXPECT_EQ(size("other"), 0);
}

}  // namespace fluxmq::testing
