// The real broker as a child of the test, with a data folder that outlives its restarts.
#pragma once
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fluxmq::groups_tests {

class TestBroker {
 public:
  // Settings "key=value".
  explicit TestBroker(std::vector<std::string> settings = {}) : settings_(std::move(settings)) {
    std::string name = (std::filesystem::temp_directory_path() / "fluxmq-groups-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    // FLUXMQ_TEST_BOOTSTRAP: a broker that runs already, on a port of this machine.
    if (const char* port = std::getenv("FLUXMQ_TEST_BOOTSTRAP")) {
      port_ = static_cast<std::uint16_t>(std::atoi(port));
    } else {
      start();
    }
  }
  ~TestBroker() {
    if (pid_ > 0) end(SIGTERM);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestBroker(const TestBroker&) = delete;
  TestBroker& operator=(const TestBroker&) = delete;

  std::uint16_t port() const { return port_; }
  bool is_ours() const { return pid_ > 0; }

  // Ends it, and waits for that.
  void end(int signal) {
    kill(pid_, signal);
    wait_for_end();
  }
  void signal(int number) const { kill(pid_, number); }
  void wait_for_end() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
  }

  void start() {
    int out[2];
    if (pipe(out) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], STDOUT_FILENO);
      close(out[0]);
      close(out[1]);
      run();
    }
    close(out[1]);
    read_port(out[0]);
    close(out[0]);
  }

  std::string log() const {
    std::ifstream file(folder_ + "/log");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  // Of the log of a partition; the most there can be while its files come and go.
  std::uintmax_t log_bytes(const std::string& partition) const try {
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      const auto& path = entry.path();
      if (path.extension() == ".log" && path.parent_path().filename() == partition) {
        bytes += entry.file_size();
      }
    }
    return bytes;
  } catch (const std::filesystem::filesystem_error&) {
    return UINTMAX_MAX;
  }

  std::int64_t resident_kib() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::atoll(line.c_str() + 6);
    }
    return -1;
  }

 private:
  [[noreturn]] void run() const {
    const std::string log = folder_ + "/log";
    if (std::freopen(log.c_str(), "a", stderr) == nullptr) _exit(127);
    std::vector<std::string> arguments{
        FLUXMQ_PROGRAM, "--config", FLUXMQ_CONFIG, "--host",          "127.0.0.1",
        "--port",       "0",        "--data-dir",  folder_ + "/data",
    };
    for (const auto& setting : settings_) {
      arguments.push_back("--set");
      arguments.push_back(setting);
    }
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(FLUXMQ_PROGRAM, argv.data());
    _exit(127);
  }

  // "fluxmq 0.1.0 ready: PLAINTEXT://127.0.0.1:PORT, data in …"
  void read_port(int fd) {
    std::string line;
    for (char c = 0; read(fd, &c, 1) == 1 && c != '\n';) line += c;
    const auto at = line.find("127.0.0.1:");
    if (at == std::string::npos) throw std::runtime_error("it didn't start: " + line + log());
    port_ = static_cast<std::uint16_t>(std::atoi(line.c_str() + at + 10));
  }

  std::vector<std::string> settings_;
  std::string folder_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace fluxmq::groups_tests
