// The real program as a child of the test.
#include "broker_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace fluxmq::kernel_tests {
namespace {

namespace fs = std::filesystem;

constexpr auto kDeadline = std::chrono::seconds(60);

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

pid_t spawn(const std::vector<std::string>& arguments, int output, int errors) {
  std::vector<char*> argv{const_cast<char*>(FLUXMQ_PROGRAM)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    ::execv(FLUXMQ_PROGRAM, argv.data());
    ::_exit(127);
  }
  return pid;
}

int wait_for_exit(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string read_line(int fd) {
  std::string line;
  char c = 0;
  pollfd ready{fd, POLLIN, 0};
  while (::poll(&ready, 1, 60000) > 0 && ::read(fd, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

bool sets(const std::vector<std::string>& settings, const std::string& key) {
  for (const std::string& setting : settings) {
    if (setting.rfind(key + "=", 0) == 0) return true;
  }
  return false;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "fluxmq-kernel-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
  fs::path file = fs::path(path_) / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
  return file.string();
}

std::string TemporaryFolder::add_plugin(const std::string& name) const {
  fs::path folder = fs::path(path_) / "plugins";
  fs::create_directories(folder);
  fs::permissions(folder, fs::perms::owner_all);
  fs::create_symlink(fs::path(FLUXMQ_TEST_PLUGINS) / (name + ".so"), folder / (name + ".so"));
  return folder.string();
}

std::vector<std::string> as_arguments(const std::vector<std::string>& settings) {
  std::vector<std::string> arguments;
  for (const std::string& setting : settings) {
    arguments.emplace_back("--set");
    arguments.push_back(setting);
  }
  return arguments;
}

Outcome run_fluxmq(const std::vector<std::string>& arguments) {
  TemporaryFolder folder;
  std::string output = folder.write("output", "");
  std::string errors = folder.write("errors", "");
  int output_file = ::open(output.c_str(), O_WRONLY | O_CLOEXEC);
  int errors_file = ::open(errors.c_str(), O_WRONLY | O_CLOEXEC);
  Outcome outcome;
  outcome.exit_code = wait_for_exit(spawn(arguments, output_file, errors_file));
  ::close(output_file);
  ::close(errors_file);
  outcome.output = read_file(output);
  outcome.errors = read_file(errors);
  return outcome;
}

BrokerProcess::BrokerProcess(const std::vector<std::string>& settings,
                             const std::vector<std::string>& arguments) {
  std::vector<std::string> all;
  if (!sets(settings, "log.dirs")) all = {"--data-dir", folder_.path() + "/data"};
  if (!sets(settings, "listeners")) {
    all.insert(all.end(), {"--host", "127.0.0.1", "--port", "0"});
  }
  std::vector<std::string> with_plugin = settings;
  if (!sets(settings, "plugin.path")) {
    with_plugin.push_back("plugin.path=" + folder_.add_plugin("echo"));
  }
  for (const std::string& argument : as_arguments(with_plugin)) all.push_back(argument);
  all.insert(all.end(), arguments.begin(), arguments.end());

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  std::string log = folder_.write("log", "");
  int log_file = ::open(log.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  pid_ = spawn(all, ends[1], log_file);
  ::close(ends[1]);
  ::close(log_file);
  output_ = ends[0];
  ready_line_ = read_line(output_);
  // "… ready: NAME://host:PORT, NAME://host:PORT, data in DIR"
  for (size_t comma = ready_line_.find(','); comma != std::string::npos;
       comma = ready_line_.find(',', comma + 1)) {
    size_t colon = ready_line_.rfind(':', comma);
    ports_.push_back(
        static_cast<uint16_t>(std::stoi(ready_line_.substr(colon + 1, comma - colon - 1))));
  }
  if (ports_.empty()) {
    throw std::runtime_error("no ready line but \"" + ready_line_ + "\"; the log:\n" + this->log());
  }
}

BrokerProcess::~BrokerProcess() {
  if (pid_ > 0) {
    signal(SIGTERM);
    EXPECT_EQ(wait(), 0) << log();
  }
  ::close(output_);
}

void BrokerProcess::signal(int number) const {
  ::kill(pid_, number);
}

int BrokerProcess::wait() {
  int code = wait_for_exit(pid_);
  pid_ = -1;
  return code;
}

std::string BrokerProcess::log() const {
  return read_file(folder_.path() + "/log");
}

void BrokerProcess::wait_for_log(const std::string& text, int count) const {
  auto end = std::chrono::steady_clock::now() + kDeadline;
  for (;;) {
    std::string all = log();
    int found = 0;
    for (size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++found;
    if (found >= count) return;
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "never logged: " << text << "\n" << all;
    ::poll(nullptr, 0, 5);
  }
}

}  // namespace fluxmq::kernel_tests
