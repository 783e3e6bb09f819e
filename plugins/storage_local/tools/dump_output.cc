#include "dump_output.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::size_t kMaxPendingBytes = 64 * 1024;

}  // namespace

void DumpOutput::begin(const std::string& path) {
  path_ = path;
  ++file_count_;
  if (options.verify_only) return;
  if (options.json) {
    auto line = make_line();
    print(line.add("file", path));
  } else {
    print("Dumping " + path + "\n");
  }
}

void DumpOutput::print(std::string_view text) {
  if (options.verify_only) return;
  pending_ += text;
  if (pending_.size() >= kMaxPendingBytes) flush();
}

void DumpOutput::flush() {
  output_.print(pending_);
  pending_.clear();
}

void DumpOutput::report(std::int64_t position, std::string_view what) {
  ++problem_count;
  flush();
  output_.print_error(path_ + (position < 0 ? "" : ": position " + std::to_string(position)) +
                      ": " + std::string(what) + "\n");
}

std::string DumpOutput::summary() const {
  const auto count = [](std::int64_t number, const char* what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
  };
  return count(file_count_, "file") + ", " + std::to_string(batch_count) +
         (batch_count == 1 ? " batch, " : " batches, ") + count(record_count, "record") + ": " +
         (problem_count == 0 ? "all is well" : count(problem_count, "problem")) + "\n";
}

}  // namespace fluxmq::storage_local
