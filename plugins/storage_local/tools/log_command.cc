// fluxmq log: shows and verifies the files of logs.
#include <array>

#include "dump_files.h"
#include "fluxmq/plugin.h"
#include "words.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::string_view kHelp = R"(fluxmq log dump [FLAGS] PATH…
fluxmq log verify PATH…

Shows, or only verifies, files of logs as FluxMQ and Apache Kafka keep them. PATH is a file, the
folder of a partition, or a data folder with all its partitions.

  --records       dump: show the records of each batch, uncompressed
  --decode FORMAT dump: records are those of a coordinator: offsets, transactions, or none (bytes);
                  without it they are in the folders of __consumer_offsets and __transaction_state
  --json          dump: one JSON object a line

Files: *.log, *.index, *.timeindex, *.snapshot, leader-epoch-checkpoint, partition.metadata,
meta.properties, and the checkpoints of a data folder.

Checked are checksums, that offsets and leader epochs ascend, that batches hold the records they
claim (dump: with --records), and that indexes lead to batches. What is wrong goes to the standard
error, one line each with file and position. Exit code: 0 if all is well, 1 if something is wrong or
can't be read, 2 if the command is called wrongly. The files may be in use, but then the newest
ones may look unfinished.
)";

std::optional<RecordFormat> parse_format(const std::vector<std::string>& values) {
  if (values.empty()) return std::nullopt;
  if (values.back() == "offsets") return RecordFormat::kOffsets;
  if (values.back() == "transactions") return RecordFormat::kTransactions;
  if (values.back() == "none") return RecordFormat::kBytes;
  throw UsageError("--decode takes offsets, transactions or none, not " + values.back());
}

class LogCommand {
 public:
  static constexpr const char* name = "log_command";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description = "Shows and verifies the files of logs.";
  static constexpr std::array provides{FLUXMQ_COMMAND "log"};
  static constexpr std::array<const char*, 0> needs{};
  static constexpr std::array<fluxmq_config_key, 0> config_keys{};

  explicit LogCommand(Host) {}
  const void* query(std::string_view) { return command_.table(); }
  void stop() {}

 private:
  int run(const std::vector<std::string>& arguments, const CommandOutput& output) try {
    Words words(arguments);
    if (words.take_flag("--help") || arguments.empty()) {
      output.print(kHelp);
      return 0;
    }
    DumpOptions options;
    options.records = words.take_flag("--records");
    options.json = words.take_flag("--json");
    options.format = parse_format(words.take_values("--decode"));
    const auto& paths = words.rest();
    if (paths.empty() || (paths[0] != "dump" && paths[0] != "verify"))
      throw UsageError("dump or verify is to come first");
    if (paths.size() == 1) throw UsageError(paths[0] + " what? Name files or folders");
    options.verify_only = paths[0] == "verify";
    DumpOutput out(FileSystem::posix(), output, options);
    for (std::size_t i = 1; i < paths.size(); ++i) dump(out, paths[i]);
    out.flush();
    if (options.verify_only) output.print(out.summary());
    return out.problem_count == 0 ? 0 : 1;
  } catch (const UsageError& error) {
    output.print_error("fluxmq log: " + std::string(error.what()) + "; see fluxmq log --help\n");
    return 2;
  }

  Command<LogCommand, &LogCommand::run> command_{*this};
};

}  // namespace
}  // namespace fluxmq::storage_local

FLUXMQ_PLUGIN(fluxmq::storage_local::LogCommand);
