// The broker's start and end, its signals, its log.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "broker_process.h"
#include "client.h"

namespace fluxmq::kernel_tests {
namespace {

constexpr int kLater = 501;
constexpr int kHold = 506;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Lifecycle, SaysWhereItListens) {
  BrokerProcess broker;
  EXPECT_EQ(broker.ready_line(), "fluxmq " FLUXMQ_VERSION " ready: PLAINTEXT://127.0.0.1:" +
                                     std::to_string(broker.port()) + ", data in " +
                                     broker.folder().path() + "/data");
}

TEST(Lifecycle, ListensOnSeveralAddresses) {
  BrokerProcess broker(
      {"listeners=PLAINTEXT://localhost:0,V6://[::1]:0,ALL://:0",
       "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,V6:PLAINTEXT,ALL:PLAINTEXT"});
  EXPECT_NE(broker.ready_line().find(", V6://[::1]:"), std::string::npos) << broker.ready_line();
  ASSERT_EQ(broker.ports().size(), 3u);
  Client by_name(broker.ports()[0], "127.0.0.1");
  EXPECT_EQ(by_name.ask({.body = "v4"}), "v4");
  Client by_v6(broker.ports()[1], "::1");
  EXPECT_EQ(by_v6.ask({.api_key = 504}), "V6 PLAINTEXT ::1 / User:ANONYMOUS tester 1");
  Client by_any(broker.ports()[2], "127.0.0.1");
  EXPECT_EQ(by_any.ask({.api_key = 504}), "ALL PLAINTEXT 127.0.0.1 / User:ANONYMOUS tester 1");
}

TEST(Lifecycle, RefusesAPortThatIsTaken) {
  BrokerProcess broker;
  Outcome outcome = run_fluxmq({"--port", std::to_string(broker.port()), "--set",
                                "plugin.path=" + broker.folder().path() + "/plugins"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors,
            "fluxmq: listener PLAINTEXT://127.0.0.1:" + std::to_string(broker.port()) +
                " can't listen: Address already in use\n");
}

TEST(Lifecycle, FinishesWhatIsInFlight) {
  for (int signal : {SIGTERM, SIGINT}) {
    BrokerProcess broker;
    Client client(broker.port());
    client.send(frame({.api_key = kLater, .body = int32(300) + "slow"}) +
                frame({.body = "behind"}));
    Client idle(broker.port());
    ASSERT_EQ(idle.ask({.body = "here"}), "here");
    broker.signal(signal);
    EXPECT_EQ(client.receive().body, "slow");
    EXPECT_EQ(client.receive().body, "behind");
    EXPECT_TRUE(client.is_closed_by_server());
    EXPECT_TRUE(idle.is_closed_by_server());
    EXPECT_EQ(broker.wait(), 0);
  }
}

TEST(Lifecycle, WhatWaitsIsAnsweredAtTheEndAndDoesNotHoldItUp) {
  // One loop: it has read the first request when it answers the second.
  BrokerProcess broker({"shutdown.timeout.ms=600000", "num.network.threads=1"});
  Client client(broker.port());
  client.send(frame({.api_key = kHold}));
  EXPECT_EQ(Client(broker.port()).ask({.body = "sync"}), "sync");
  broker.signal(SIGTERM);
  EXPECT_EQ(client.receive().body, "released");
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_EQ(broker.wait(), 0);
}

TEST(Lifecycle, TakesNoNewRequestsAtTheEnd) {
  BrokerProcess broker({"shutdown.timeout.ms=600000"});
  Client client(broker.port());
  client.send(frame({.api_key = kLater, .body = int32(600'000) + "never"}));
  EXPECT_EQ(Client(broker.port()).ask({.body = "sync"}), "sync");
  broker.signal(SIGTERM);
  broker.wait_for_log("ends on SIGTERM");
  EXPECT_THROW(
      {
        for (;;) Client(broker.port()).ask({.body = "late"});
      },
      std::runtime_error);
  broker.signal(SIGTERM);  // the second: at once
  EXPECT_EQ(broker.wait(), 128 + SIGTERM);
}

TEST(Lifecycle, ReadsLogLevelsAgain) {
  TemporaryFolder folder;
  std::string config =
      folder.write("fluxmq.conf", "plugin.path=" + folder.add_plugin("echo") + "\n");
  BrokerProcess broker({"plugin.path=" + folder.path() + "/plugins"}, {"--config", config});
  Client client(broker.port());
  client.ask({.body = "quiet"});
  folder.write("fluxmq.conf", "log.level=warn\nlog.level.request=debug\n");
  broker.signal(SIGHUP);
  // The kernel itself has fallen silent, and the trace of requests speaks.
  while (broker.log().find("request: Echo v0 of PLAINTEXT client 127.0.0.1:") ==
         std::string::npos) {
    client.ask({.body = "loud"});
  }
  EXPECT_NE(broker.log().find("\"tester\": 20 bytes, answered with 4 after "), std::string::npos)
      << broker.log();
  folder.write("fluxmq.conf", "log.level=loud\n");
  broker.signal(SIGHUP);
  broker.wait_for_log("the log stays as it is: ");
  broker.wait_for_log("fluxmq.conf:1: log.level=loud: the value is not one of");
  EXPECT_EQ(client.ask({.body = "still here"}), "still here");
}

TEST(Lifecycle, RotatesAndReopensItsLogFile) {
  TemporaryFolder folder;
  std::string file = folder.path() + "/broker.log";
  BrokerProcess broker({"log.file=" + file, "log.file.max.bytes=2000", "log.file.count=2",
                        "log.level.request=debug"});
  Client client(broker.port());
  while (!std::filesystem::exists(file + ".2")) client.ask({.body = "line"});
  EXPECT_LE(std::filesystem::file_size(file + ".1"), 2000u);
  EXPECT_FALSE(std::filesystem::exists(file + ".3"));
  EXPECT_NE(read_file(file + ".1").find("debug request: Echo v0"), std::string::npos);
  std::filesystem::rename(file, folder.path() + "/moved");
  broker.signal(SIGHUP);
  broker.wait_for_log("log files opened anew");
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(Lifecycle, NamesInTheLogCannotForgeLines) {
  BrokerProcess broker;
  Client client(broker.port());
  client.send(frame({.api_key = 499, .client_id = "evil\n2026-01-01 info kernel: all is well"}));
  EXPECT_TRUE(client.is_closed_by_server());
  broker.wait_for_log("evil\\x0a2026-01-01 info kernel: all is well");
}

// Every wake-up of a thread is a voluntary context switch.
int64_t wake_ups(pid_t pid) {
  int64_t sum = 0;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::string status = read_file(task.path().string() + "/status");
    size_t at = status.find("\nvoluntary_ctxt_switches:");
    if (at != std::string::npos) sum += std::stoll(status.substr(at + 25));
  }
  return sum;
}

TEST(Lifecycle, SleepsWhileNothingHappens) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "sanitizers have threads of their own";
#endif
  BrokerProcess broker;
  Client client(broker.port());
  EXPECT_EQ(client.ask({.body = "awake"}), "awake");
  // What a request leaves behind is over after some seconds: watch until two seconds were still.
  int still = 0;
  for (int64_t before = wake_ups(broker.pid()); still < 20;) {
    ::poll(nullptr, 0, 100);
    int64_t now = wake_ups(broker.pid());
    still = now == before ? still + 1 : 0;
    before = now;
  }
  EXPECT_EQ(client.ask({.body = "again"}), "again");
}

}  // namespace
}  // namespace fluxmq::kernel_tests
