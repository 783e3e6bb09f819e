// The command line, with Boost.Program_options.
#include "command_line.h"

#include <boost/program_options.hpp>
#include <iomanip>
#include <sstream>

namespace fluxmq::kernel {
namespace {

namespace po = boost::program_options;

constexpr const char* kPlace = "command line";

// What says how the broker, or a command, is set up.
void describe_setup(po::options_description& options) {
  auto add = options.add_options();
  add("data-dir", po::value<std::string>()->value_name("DIR"), "keep the data here (log.dirs)");
  add("config", po::value<std::string>()->value_name("FILE"),
      "read this file, and plugins.d/*.conf beside it, instead of /etc/fluxmq/fluxmq.conf");
  add("log-level", po::value<std::string>()->value_name("LEVEL"),
      "trace, debug, info, warn or error (log.level)");
  add("set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "set any config key; may be given several times");
}

po::options_description describe_options() {
  po::options_description options("fluxmq [flags]", 100, 60);
  auto add = options.add_options();
  add("port", po::value<std::string>()->value_name("PORT"),
      "listen on this port for plain connections (instead of the key listeners); 0: a free one");
  add("host", po::value<std::string>()->value_name("HOST"),
      "listen on this address or name (default 127.0.0.1)");
  describe_setup(options);
  add("enable-consumer-groups", "enable the plugin api_groups, whatever plugins.d says");
  add("check-config", "check configuration and plugins, and end");
  add("print-config", po::value<std::string>()->implicit_value("values")->value_name("[=markdown]"),
      "print all keys with their values and where these are from, and end; =markdown prints the "
      "page of all keys");
  add("version", "print the version, and end");
  add("help", "print this, and end");
  return options;
}

std::vector<std::string> option_names() {
  po::options_description options = describe_options();
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  return names;
}

po::variables_map parse(int argc, char** argv) {
  po::variables_map values;
  try {
    // No abbreviations: a flag that is added later would change what they mean.
    auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::options_description options = describe_options();
    auto parsed = po::command_line_parser(argc, argv)
                      .options(options)
                      .positional(po::positional_options_description())
                      .style(style)
                      .run();
    po::store(parsed, values);
    po::notify(values);
  } catch (const po::unknown_option& error) {
    std::string flag = error.get_option_name();
    throw ConfigError(std::string(kPlace) + ": unknown flag " + flag +
                      did_you_mean(flag, option_names()));
  } catch (const po::too_many_positional_options_error&) {
    throw ConfigError(std::string(kPlace) + ": a command comes before all flags; see --help");
  } catch (const po::error& error) {
    throw ConfigError(std::string(kPlace) + ": " + error.what());
  }
  return values;
}

Setting parse_setting(const std::string& text) {
  size_t separator = text.find('=');
  if (separator == 0 || separator == std::string::npos) {
    throw ConfigError(std::string(kPlace) + ": --set " + text + " is not of the form key=value");
  }
  return {text.substr(0, separator), text.substr(separator + 1), kPlace};
}

Action action_of(const po::variables_map& values) {
  if (values.count("help") > 0) return Action::kPrintHelp;
  if (values.count("version") > 0) return Action::kPrintVersion;
  if (values.count("check-config") > 0) return Action::kCheckConfig;
  if (values.count("print-config") == 0) return Action::kRun;
  const auto& form = values["print-config"].as<std::string>();
  if (form == "values") return Action::kPrintConfig;
  if (form == "markdown") return Action::kPrintMarkdown;
  throw ConfigError(std::string(kPlace) + ": --print-config=" + form +
                    " is not known; there are values and markdown");
}

// `fluxmq COMMAND words`: the flags of the setup are the kernel's, all else is the command's own.
po::variables_map parse_command(int argc, char** argv, CommandLine& line) {
  line.command = argv[1];
  // What a command has to say is its output: of the log only trouble is shown.
  line.settings.push_back({"log.level", "warn", kPlace});
  po::options_description options;
  describe_setup(options);
  po::variables_map values;
  try {
    auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    auto parsed = po::command_line_parser(argc - 1, argv + 1)
                      .options(options)
                      .style(style)
                      .allow_unregistered()
                      .run();
    line.command_arguments = po::collect_unrecognized(parsed.options, po::include_positional);
    po::store(parsed, values);
  } catch (const po::error& error) {
    throw ConfigError(std::string(kPlace) + ": " + error.what());
  }
  return values;
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  const bool has_command = argc > 1 && argv[1][0] != '-' && argv[1][0] != '\0';
  po::variables_map values = has_command ? parse_command(argc, argv, line) : parse(argc, argv);
  auto text = [&](const char* name) -> std::optional<std::string> {
    if (values.count(name) == 0) return std::nullopt;
    return values[name].as<std::string>();
  };
  line.action = action_of(values);
  line.host = text("host");
  line.port = text("port");
  line.config_file = text("config");
  line.enable_consumer_groups = values.count("enable-consumer-groups") > 0;
  if (values.count("set") > 0) {
    for (const std::string& setting : values["set"].as<std::vector<std::string>>()) {
      line.settings.push_back(parse_setting(setting));
    }
  }
  if (auto folder = text("data-dir")) line.settings.push_back({"log.dirs", *folder, kPlace});
  if (auto level = text("log-level")) line.settings.push_back({"log.level", *level, kPlace});
  return line;
}

std::string help_text(const std::map<std::string, std::string>& commands) {
  std::ostringstream text;
  text << describe_options();
  if (!commands.empty()) text << "\nfluxmq COMMAND …, see fluxmq COMMAND --help:\n";
  for (const auto& [name, description] : commands) {
    text << "  " << std::left << std::setw(10) << name << " " << description << "\n";
  }
  return text.str();
}

}  // namespace fluxmq::kernel
