// The configuration: what is taken, and the one line that says what isn't.
#include "config/config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "broker_process.h"
#include "config/listeners.h"

namespace fluxmq::kernel_tests {
namespace {

using kernel::Config;
using kernel::ConfigError;

// The error line of the program for these arguments.
std::string refusal(const std::vector<std::string>& arguments) {
  TemporaryFolder folder;
  std::vector<std::string> all{"--check-config", "--set",
                               "plugin.path=" + folder.add_plugin("echo")};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Outcome outcome = run_fluxmq(all);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
  EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
  return outcome.errors;
}

TEST(ConfigRefusal, NamesTheFlagAndTheNearest) {
  EXPECT_EQ(refusal({"--prot", "1"}),
            "fluxmq: command line: unknown flag --prot; did you mean --port?\n");
  EXPECT_EQ(refusal({"--enable-consumer-group"}),
            "fluxmq: command line: unknown flag --enable-consumer-group; did you mean "
            "--enable-consumer-groups?\n");
  EXPECT_EQ(refusal({"--quux"}), "fluxmq: command line: unknown flag --quux\n");
  EXPECT_EQ(refusal({"stray"}),
            "fluxmq: command line: a command comes before all flags; see --help\n");
  EXPECT_EQ(refusal({"--set", "novalue"}),
            "fluxmq: command line: --set novalue is not of the form key=value\n");
}

TEST(ConfigRefusal, NamesTheKeyItsPlaceAndTheNearest) {
  EXPECT_EQ(refusal({"--set", "max.conections=1"}),
            "fluxmq: command line: unknown key max.conections; did you mean max.connections?\n");
  EXPECT_EQ(refusal({"--set", "echo.nubmer=1"}),
            "fluxmq: command line: unknown key echo.nubmer; did you mean echo.number?\n");
  TemporaryFolder folder;
  std::string file = folder.write("some.conf", "# comment\n\nlog.levle=info\n");
  EXPECT_EQ(refusal({"--config", file}),
            "fluxmq: " + file + ":3: unknown key log.levle; did you mean log.level?\n");
  folder.write("plugins.d/echo.conf", "echo.number=1\necho.number=2\n");
  folder.write("some.conf", "");
  EXPECT_EQ(refusal({"--config", file}),
            "fluxmq: " + folder.path() + "/plugins.d/echo.conf:2: echo.number is set already at " +
                folder.path() + "/plugins.d/echo.conf:1\n");
  folder.write("plugins.d/echo.conf", "just words\n");
  EXPECT_EQ(refusal({"--config", file}), "fluxmq: " + folder.path() +
                                             "/plugins.d/echo.conf:1: \"just words\" is not of the "
                                             "form key=value\n");
  EXPECT_EQ(refusal({"--config", "/nowhere/fluxmq.conf"}),
            "fluxmq: /nowhere/fluxmq.conf: can't be read\n");
}

TEST(ConfigRefusal, NamesTheValueAndWhatIsRight) {
  EXPECT_EQ(refusal({"--set", "max.connections=many"}),
            "fluxmq: command line: max.connections=many: the value is not a whole number from 1 to "
            "2147483647\n");
  EXPECT_EQ(refusal({"--set", "echo.number=10"}),
            "fluxmq: command line: echo.number=10: the value is not a whole number from 1 to 9\n");
  EXPECT_EQ(refusal({"--log-level", "dbug"}),
            "fluxmq: command line: log.level=dbug: the value is not one of trace, debug, info, "
            "warn, error; did you mean debug?\n");
  EXPECT_EQ(refusal({"--set", "echo.choice=rihgt"}),
            "fluxmq: command line: echo.choice=rihgt: the value is not one of left, right; did you "
            "mean right?\n");
  EXPECT_EQ(refusal({"--set", "plugin.echo.enabled=yes"}),
            "fluxmq: command line: plugin.echo.enabled=yes: the value is neither true nor false\n");
  EXPECT_EQ(refusal({"--port", "70000"}),
            "fluxmq: command line: --port \"70000\" is not a port, 0 to 65535\n");
}

TEST(ConfigRefusal, SaysWhatListenersLack) {
  EXPECT_EQ(
      refusal({"--set", "listeners=SSL://:9093"}),
      "fluxmq: listeners: \"SSL\" has the protocol SSL, and this release does not serve TLS\n");
  EXPECT_EQ(refusal({"--set", "listeners=SASL_PLAINTEXT://:9093"}),
            "fluxmq: listeners: \"SASL_PLAINTEXT\" has the protocol SASL_PLAINTEXT, and no enabled "
            "plugin provides fluxmq.sasl_mechanism/1\n");
  EXPECT_EQ(refusal({"--set", "listeners=INTERNAL://:9093"}),
            "fluxmq: listeners: \"INTERNAL\" has no entry in listener.security.protocol.map\n");
  EXPECT_EQ(refusal({"--set", "advertised.listeners=OTHER://example:9093"}),
            "fluxmq: advertised.listeners: \"OTHER\" is not one of the listeners\n");
  EXPECT_EQ(refusal({"--set", "advertised.listeners=PLAINTEXT://0.0.0.0:9093"}),
            "fluxmq: advertised.listeners: \"PLAINTEXT\" advertises an address nobody can connect "
            "to\n");
}

TEST(ConfigPrint, TellsValuesAndWhereTheyAreFrom) {
  TemporaryFolder folder;
  std::string file = folder.write("fluxmq.conf", "echo.number = \\\n  3\necho.secret=hush\n");
  Outcome outcome =
      run_fluxmq({"--print-config", "--config", file, "--set",
                  "plugin.path=" + folder.add_plugin("echo"), "--set", "max.connections=5"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  auto has = [&](const std::string& text) {
    return outcome.output.find(text) != std::string::npos;
  };
  EXPECT_TRUE(has("# " + file + ":1\necho.number=3\n")) << outcome.output;
  EXPECT_TRUE(has("# command line\nmax.connections=5\n"));
  EXPECT_TRUE(has("# default\nconnections.max.idle.ms=600000\n"));
  EXPECT_TRUE(has("echo.secret=(hidden)\n"));
  EXPECT_FALSE(has("hush"));
}

TEST(ConfigPrint, DescribesAllKeysAsMarkdown) {
  TemporaryFolder folder;
  Outcome outcome =
      run_fluxmq({"--print-config=markdown", "--set", "plugin.path=" + folder.add_plugin("echo"),
                  "--set", "plugin.echo.enabled=false"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("## The plugin echo\n\n### `echo.choice`\n\nA choice.\n\nType "
                                "string, left, right, default `left`.\n"),
            std::string::npos)
      << outcome.output;
  EXPECT_NE(outcome.output.find("### `max.connections`"), std::string::npos);
}

TEST(ConfigPrint, ChecksVersionAndHelp) {
  TemporaryFolder folder;
  std::string plugins = "plugin.path=" + folder.add_plugin("echo");
  Outcome outcome = run_fluxmq({"--check-config", "--data-dir", "/some/where", "--set", plugins});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output, "configuration ok: 1 plugin, data in /some/where\n");
  EXPECT_TRUE(run_fluxmq({"--version"}).output.starts_with("fluxmq "));
  std::string help = run_fluxmq({"--help"}).output;
  for (const char* flag :
       {"--port", "--host", "--data-dir", "--config", "--log-level", "--enable-consumer-groups",
        "--check-config", "--print-config", "--version", "--set", "--help"}) {
    EXPECT_NE(help.find(flag), std::string::npos) << flag;
  }
}

constexpr const char* kMap = "PLAINTEXT:PLAINTEXT, internal:SASL_PLAINTEXT";

TEST(Listeners, AreParsedAsKafkaDoes) {
  auto parsed = kernel::parse_listeners(" PLAINTEXT://10.0.0.1:9092 , internal://[fe80::1%eth0]:0 ",
                                        "INTERNAL://broker.example.org:19093", kMap);
  ASSERT_EQ(parsed.size(), 2u);
  EXPECT_EQ(parsed[0].name, "PLAINTEXT");
  EXPECT_EQ(parsed[0].host, "10.0.0.1");
  EXPECT_EQ(parsed[0].port, 9092);
  EXPECT_EQ(parsed[0].advertised_host, "10.0.0.1");
  EXPECT_EQ(parsed[0].advertised_port, 0);
  EXPECT_EQ(parsed[1].name, "INTERNAL");
  EXPECT_EQ(parsed[1].security_protocol, "SASL_PLAINTEXT");
  EXPECT_EQ(parsed[1].host, "fe80::1%eth0");
  EXPECT_EQ(parsed[1].advertised_host, "broker.example.org");
  EXPECT_EQ(parsed[1].advertised_port, 19093);
  // Nobody can connect to "all addresses".
  EXPECT_FALSE(kernel::parse_listeners("PLAINTEXT://:1", "", kMap)[0].advertised_host.empty());
}

TEST(Listeners, AreRefusedIfMalformed) {
  for (const char* wrong :
       {"", "PLAINTEXT", "PLAINTEXT://", "PLAINTEXT://host", "://host:1", "PLAINTEXT://host:x",
        "PLAINTEXT://host:65536", "PLAINTEXT://::1:9092", "PLAINTEXT://[host]:1",
        "PLAINTEXT://[::1:1", "PLAINTEXT://a b:1", "PLAINTEXT://a:1,PLAINTEXT://b:2"}) {
    EXPECT_THROW(kernel::parse_listeners(wrong, "", kMap), std::runtime_error) << wrong;
  }
  EXPECT_THROW(kernel::parse_listeners("PLAINTEXT://a:1", "", "PLAINTEXT"), std::runtime_error);
  EXPECT_THROW(kernel::parse_listeners("PLAINTEXT://a:1", "", "PLAINTEXT:TELNET"),
               std::runtime_error);
}

fluxmq_config_key key(const char* name, uint32_t type, const char* value) {
  return {name, type, 0, value, 0, 0, nullptr, ""};
}

TEST(ConfigKeys, ThatTwoDeclareMustAgree) {
  Config config;
  config.declare("one", key("shared", FLUXMQ_CONFIG_STRING, "a"));
  config.declare("two", key("shared", FLUXMQ_CONFIG_LIST, "b"));
  EXPECT_EQ(config.text("shared"), "a");
  EXPECT_THROW(config.declare("three", key("shared", FLUXMQ_CONFIG_INT, "1")), ConfigError);
  EXPECT_THROW(config.declare("four", key("wrong", FLUXMQ_CONFIG_INT, "x")), ConfigError);
}

TEST(ConfigKeys, HaveTypes) {
  Config config;
  config.declare("one", key("flag", FLUXMQ_CONFIG_BOOLEAN, "true"));
  config.declare("one", key("long", FLUXMQ_CONFIG_LONG, "1"));
  config.declare("one", key("int", FLUXMQ_CONFIG_INT, "1"));
  config.declare("one", key("double", FLUXMQ_CONFIG_DOUBLE, "1"));
  config.set({"flag", "False", "here"});
  EXPECT_EQ(config.text("flag"), "false");
  config.set({"long", "-9223372036854775808", "here"});
  config.set({"double", "0.25", "here"});
  EXPECT_EQ(config.find("long")->place, "here");
  EXPECT_THROW(config.set({"int", "2147483648", "here"}), ConfigError);
  EXPECT_THROW(config.set({"int", "1 ", "here"}), ConfigError);
  EXPECT_THROW(config.set({"int", "", "here"}), ConfigError);
  EXPECT_THROW(config.set({"long", "9223372036854775808", "here"}), ConfigError);
  EXPECT_THROW(config.set({"double", "a quarter", "here"}), ConfigError);
}

}  // namespace
}  // namespace fluxmq::kernel_tests
