// Loading plugins, refusing them, and the two seams that later plugins fill: authentication and
// authorization.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "broker_process.h"
#include "client.h"

namespace fluxmq::kernel_tests {
namespace {

namespace fs = std::filesystem;

constexpr int kSession = 504;
constexpr int kAuthorized = 508;
constexpr int kAuthenticate = 600;

// What --check-config says with these plugins; creating them needs a start.
Outcome check_with(const std::vector<std::string>& plugins,
                   const std::vector<std::string>& arguments = {"--check-config"}) {
  TemporaryFolder folder;
  std::string path = folder.path() + "/plugins";
  fs::create_directories(path);
  for (const std::string& plugin : plugins) folder.add_plugin(plugin);
  std::vector<std::string> all{"--port", "0", "--set", "plugin.path=" + path};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run_fluxmq(all);
}

void expect_refused(const Outcome& outcome, const std::string& why) {
  EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
  EXPECT_NE(outcome.errors.find(why), std::string::npos) << outcome.errors;
  EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
}

TEST(Plugins, AreRefusedForWhatTheyExport) {
  expect_refused(check_with({"wrong_magic"}), "its magic is 0x12345678, not 0x464c5558");
  expect_refused(check_with({"wrong_major"}), "it was built for ABI 2, and this is ABI 1");
  expect_refused(check_with({"without_entry"}), "it has no symbol fluxmq_plugin_entry");
  expect_refused(check_with({"misnamed"}), "it calls itself other, which is not the file's name");
}

TEST(Plugins, AreRefusedForWhatTheyRequire) {
  expect_refused(check_with({"lonely"}),
                 "plugin lonely requires fluxmq.nowhere/1, which no enabled plugin provides");
  expect_refused(check_with({"circle_a", "circle_b"}),
                 "plugins require each other in a circle: circle_a, circle_b");
}

TEST(Plugins, AreRefusedForWhatOthersProvide) {
  expect_refused(check_with({"log_a", "log_b"}),
                 "plugins log_a and log_b both provide fluxmq.log_store/1: enable one of them");
  expect_refused(check_with({"echo", "same_key"}, {}),
                 "plugins echo and same_key both serve API key 500");
}

// Runs `fluxmq words…` with these plugins.
Outcome run_command(const std::vector<std::string>& plugins,
                    const std::vector<std::string>& words) {
  TemporaryFolder folder;
  std::string path = folder.path() + "/plugins";
  fs::create_directories(path);
  for (const std::string& plugin : plugins) folder.add_plugin(plugin);
  std::vector<std::string> all = words;
  all.insert(all.end(), {"--set", "plugin.path=" + path});
  return run_fluxmq(all);
}

TEST(Commands, RunWithTheirWordsAndTheConfigOfTheBroker) {
  const auto plain = run_command({"greet", "log_a"}, {"greet", "Ann", "--loud", "Bob"});
  EXPECT_EQ(plain.exit_code, 3);
  EXPECT_EQ(plain.output, "hello Ann\nhello --loud\nhello Bob\n");
  EXPECT_EQ(plain.errors, "");
  const auto configured =
      run_command({"greet", "log_a"}, {"greet", "--set", "greet.word=good day", "Ann"});
  EXPECT_EQ(configured.exit_code, 1);
  EXPECT_EQ(configured.output, "good day Ann\n");
  expect_refused(run_command({"greet", "log_a"}, {"greet"}), "nobody to greet");
}

TEST(Commands, OnlyCreateWhatTheyStandOn) {
  EXPECT_EQ(run_command({"greet", "log_a", "unwilling"}, {"greet", "Ann"}).output, "hello Ann\n");
  expect_refused(run_command({"greet", "echo"}, {"greet", "Ann"}),
                 "plugin greet requires fluxmq.log_store/1, which no enabled plugin provides");
  EXPECT_EQ(check_with({"greet"}).exit_code, 0) << "a broker does without";
}

TEST(Commands, AreListedAndUnknownOnesRefused) {
  const auto help = run_command({"greet", "log_a"}, {"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.output.find("greet      Greets people."), std::string::npos) << help.output;
  expect_refused(run_command({"greet", "log_a"}, {"great"}),
                 "unknown command great; there are greet");
  expect_refused(run_command({"echo"}, {"great"}), "no enabled plugin has one");
  expect_refused(run_command({"greet", "greet_too", "log_a"}, {"greet"}),
                 "plugins greet and greet_too both provide fluxmq.command/1:greet");
}

TEST(Plugins, AreRefusedIfOthersMayWriteThem) {
  TemporaryFolder folder;
  std::string path = folder.path() + "/plugins";
  fs::create_directories(path);
  std::string file = path + "/echo.so";
  fs::copy_file(fs::path(FLUXMQ_TEST_PLUGINS) / "echo.so", file);
  std::vector<std::string> arguments{"--check-config", "--set", "plugin.path=" + path};
  ::chmod(path.c_str(), 0755);
  ::chmod(file.c_str(), 0757);
  expect_refused(run_fluxmq(arguments), file + " may be written by everybody");
  ::chmod(file.c_str(), 0755);
  ::chmod(path.c_str(), 0777);
  expect_refused(run_fluxmq(arguments), path + " may be written by everybody");
  ::chmod(path.c_str(), 0755);
  EXPECT_EQ(run_fluxmq(arguments).exit_code, 0);
  if (::geteuid() != 0) return;  // only root may give files away
  ASSERT_EQ(::chown(file.c_str(), 12345, 0), 0);
  expect_refused(run_fluxmq(arguments), file + " is owned by user 12345");
  ASSERT_EQ(::chown(file.c_str(), 0, 12345), 0);
  ::chmod(file.c_str(), 0775);
  expect_refused(run_fluxmq(arguments), file + " may be written by group 12345");
}

TEST(Plugins, ThatCannotStartStopTheBroker) {
  expect_refused(check_with({"echo", "unwilling"}, {}),
                 "plugin unwilling can't start: the stars are wrong");
  expect_refused(
      check_with({"without_table"}, {}),
      "plugin without_table says it provides fluxmq.log_store/1, but has no table of it");
}

TEST(Plugins, AreSwitchedByTheirFiles) {
  TemporaryFolder folder;
  folder.add_plugin("echo");
  folder.add_plugin("unwilling");
  std::string config = folder.write("fluxmq.conf", "plugin.path=" + folder.path() + "/plugins\n");
  folder.write("plugins.d/unwilling.conf", "enabled=false\nunwilling.key=is not looked at\n");
  folder.write("plugins.d/echo.conf", "enabled = true\necho.number = 8\n");
  folder.write("plugins.d/not_there.conf", "enabled=false\n");
  Outcome outcome = run_fluxmq({"--config", config, "--print-config"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("echo.conf:2\necho.number=8\n"), std::string::npos);
  EXPECT_EQ(outcome.output.find("unwilling.key"), std::string::npos);

  expect_refused(
      run_fluxmq({"--config", config, "--check-config", "--set", "unwilling.key=x"}),
      "command line: unwilling.key is a key of the plugin unwilling, which is not enabled");
  outcome =
      run_fluxmq({"--config", config, "--port", "0", "--set", "plugin.unwilling.enabled=true"});
  expect_refused(outcome, "the stars are wrong");

  folder.write("plugins.d/not_there.conf", "enabled=true\n");
  expect_refused(run_fluxmq({"--config", config, "--check-config"}),
                 "plugins.d/not_there.conf:1: the plugin not_there is enabled, but there is no "
                 "not_there.so in plugin.path");
  folder.write("plugins.d/not_there.conf", "some.key=1\n");
  expect_refused(run_fluxmq({"--config", config, "--check-config"}), "there is no not_there.so");
}

TEST(Plugins, ConsumerGroupsHaveAFlag) {
  Outcome outcome = check_with({"echo", "api_groups"},
                               {"--print-config", "--set", "plugin.api_groups.enabled=false"});
  EXPECT_NE(outcome.output.find("plugin.api_groups.enabled=false"), std::string::npos);
  outcome = check_with({"echo", "api_groups"}, {"--print-config", "--enable-consumer-groups",
                                                "--set", "plugin.api_groups.enabled=false"});
  EXPECT_NE(outcome.output.find("plugin.api_groups.enabled=true"), std::string::npos);
}

TEST(Plugins, ASessionTellsWhoTheClientIs) {
  BrokerProcess broker;
  Client client(broker.port());
  EXPECT_EQ(client.ask({.api_key = kSession}),
            "PLAINTEXT PLAINTEXT 127.0.0.1 / User:ANONYMOUS tester 1");
  EXPECT_EQ(client.ask({.api_key = kSession, .body = "software apache-kafka-java"}),
            "PLAINTEXT PLAINTEXT 127.0.0.1 apache-kafka-java/1.0 User:ANONYMOUS tester 1");
  EXPECT_EQ(client.ask({.api_key = kSession, .body = "principal User:alice", .client_id = "other"}),
            "PLAINTEXT PLAINTEXT 127.0.0.1 apache-kafka-java/1.0 User:alice other 1");
  Client another(broker.port());
  EXPECT_EQ(another.ask({.api_key = kSession}),
            "PLAINTEXT PLAINTEXT 127.0.0.1 / User:ANONYMOUS tester 1");
}

TEST(Plugins, NothingPassesBeforeAuthentication) {
  TemporaryFolder folder;
  folder.add_plugin("echo");
  BrokerProcess broker(
      {"listeners=SASL_PLAINTEXT://127.0.0.1:0,PLAIN://127.0.0.1:0",
       "listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,PLAIN:PLAINTEXT",
       "plugin.path=" + folder.add_plugin("password")});
  Client stranger(broker.ports().at(0));
  stranger.send(frame({.body = "let me in"}));
  EXPECT_TRUE(stranger.is_closed_by_server());
  broker.wait_for_log("asked for API 500 (Echo) version 0, before it was authenticated: closed");

  Client guest(broker.ports().at(0));
  EXPECT_EQ(guest.ask({.api_key = kSession}),
            "SASL_PLAINTEXT SASL_PLAINTEXT 127.0.0.1 / User:ANONYMOUS tester 0");
  EXPECT_EQ(guest.ask({.api_key = kAuthenticate, .body = "alice:please"}), "error 58");
  // Sent in one go: each request sees what the one before it did.
  guest.send(frame({.api_key = kAuthenticate, .body = "alice:open sesame"}) +
             frame({.body = "now I am in"}) + frame({.api_key = kSession}));
  EXPECT_EQ(guest.receive().body, "welcome");
  EXPECT_EQ(guest.receive().body, "now I am in");
  EXPECT_EQ(guest.receive().body, "SASL_PLAINTEXT SASL_PLAINTEXT 127.0.0.1 / User:alice tester 1");

  Client large(broker.ports().at(0));
  large.send(int32(600000));
  EXPECT_TRUE(large.is_closed_by_server());
  Client plain(broker.ports().at(1));
  EXPECT_EQ(plain.ask({.body = "no need"}), "no need");
}

TEST(Plugins, AnAuthorizerIsFoundByHandlers) {
  TemporaryFolder folder;
  std::string allowed = folder.write("allowed", "User:alice diary\n");
  folder.add_plugin("echo");
  BrokerProcess broker(
      {"plugin.path=" + folder.add_plugin("file_authorizer"), "file.authorizer.path=" + allowed});
  Client client(broker.port());
  EXPECT_EQ(client.ask({.api_key = kAuthorized, .body = "diary"}), "denied");
  client.ask({.api_key = kSession, .body = "principal User:alice"});
  EXPECT_EQ(client.ask({.api_key = kAuthorized, .body = "diary"}), "allowed");
  EXPECT_EQ(client.ask({.api_key = kAuthorized, .body = "other"}), "denied");
  // Without a provider everything is allowed.
  BrokerProcess open;
  Client anybody(open.port());
  EXPECT_EQ(anybody.ask({.api_key = kAuthorized, .body = "diary"}), "allowed");
}

}  // namespace
}  // namespace fluxmq::kernel_tests
