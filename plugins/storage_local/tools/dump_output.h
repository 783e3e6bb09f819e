// Where a dump goes, what it is to show, and what it found wrong.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coordinator_records.h"
#include "file_system.h"
#include "fluxmq/command.h"
#include "output_line.h"

namespace fluxmq::storage_local {

struct DumpOptions {
  bool verify_only = false;  // nothing is shown but what is wrong
  bool records = false;      // what is in the batches, too
  bool json = false;
  std::optional<RecordFormat> format{};  // of records; else by the name of the folder
};

class DumpOutput {
 public:
  DumpOutput(FileSystem& files, const CommandOutput& output, DumpOptions options)
      : files(files), options(options), output_(output) {}

  // A file is begun.
  void begin(const std::string& path);
  OutputLine make_line(std::string_view prefix = "") const {
    return OutputLine(options.json, prefix);
  }
  void print(OutputLine& line) { print(line.take()); }
  void print(std::string_view text);
  // Something is wrong in the file that was begun; `position` is that of a byte, -1 without.
  void report(std::int64_t position, std::string_view what);
  // To the end of what was printed so far.
  void flush();
  // What was seen, as a line.
  std::string summary() const;

  FileSystem& files;
  const DumpOptions options;
  std::int64_t batch_count = 0;
  std::int64_t record_count = 0;
  std::int64_t problem_count = 0;

 private:
  const CommandOutput& output_;
  std::string pending_;
  std::string path_;
  std::int64_t file_count_ = 0;
};

}  // namespace fluxmq::storage_local
