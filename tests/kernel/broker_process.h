// The real program as a child of the test: started with a folder of its own on a free port, asked
// to end with a signal, its log kept.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fluxmq::kernel_tests {

// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  // Writes path()/name, and returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  // Links the test plugin into a folder of plugins, path()/plugins, and returns that.
  std::string add_plugin(const std::string& name) const;

 private:
  std::string path_;
};

struct Outcome {
  int exit_code = -1;  // 128 + signal if one killed it
  std::string output;
  std::string errors;
};

// Runs the program to its end.
Outcome run_fluxmq(const std::vector<std::string>& arguments);

// Settings "key=value" as the arguments that set them.
std::vector<std::string> as_arguments(const std::vector<std::string>& settings);

class BrokerProcess {
 public:
  // With the plugin echo, unless a setting names another plugin.path, and a data folder of its own,
  // unless one names log.dirs.
  explicit BrokerProcess(const std::vector<std::string>& settings = {},
                         const std::vector<std::string>& arguments = {});
  // Ends it with SIGTERM; a broker that doesn't end well fails the test.
  ~BrokerProcess();
  BrokerProcess(const BrokerProcess&) = delete;
  BrokerProcess& operator=(const BrokerProcess&) = delete;

  uint16_t port() const { return ports_.front(); }
  const std::vector<uint16_t>& ports() const { return ports_; }
  const std::string& ready_line() const { return ready_line_; }
  const TemporaryFolder& folder() const { return folder_; }
  pid_t pid() const { return pid_; }

  void signal(int number) const;
  // Waits for the end, and returns the exit code.
  int wait();
  std::string log() const;
  void wait_for_log(const std::string& text, int count = 1) const;

 private:
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  int output_ = -1;
  std::string ready_line_;
  std::vector<uint16_t> ports_;
};

}  // namespace fluxmq::kernel_tests
