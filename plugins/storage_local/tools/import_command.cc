// fluxmq import: takes over the topics of a Kafka that is stopped.
#include <array>
#include <chrono>
#include <filesystem>

#include "cluster_metadata.h"
#include "fluxmq/plugin.h"
#include "topic_import.h"
#include "words.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::string_view kHelp =
    R"(fluxmq import --from DIR [--from DIR]… [--data-dir DIR] [--link] [--force]

Takes over the topics of an Apache Kafka that is stopped: records, topic ids, configs, and the
offsets of groups. What is in DIR, Kafka's data folder, stays as it is.

  --from DIR      a data folder of Kafka; all that it has (log.dirs), and that of the metadata log
  --data-dir DIR  FluxMQ's data folder, of a broker that isn't running; without it log.dirs
  --copy          copy all files; this is what is done without a flag
  --link          segments that are never written again become hard links, where DIR is on the same
                  volume: much faster, and takes no space. Kafka mustn't be started again then.
  --force         Kafka wasn't stopped well: what lies past its recovery points is checked, and cut
                  at the first batch that is damaged

A topic is taken as a whole or not at all, one after the other; a topic that is there already is
left alone. So an import that was cut short is ended by calling it again. Configs of topics come
from the metadata log; without it (ZooKeeper) topics get the defaults. Mind retention: topics
without a retention.ms of their own go by this broker's log.retention.hours (168). Not taken: configs of the
broker, ACLs, users and quotas, open transactions, and tiered storage. Exit code: 0 if all topics
were taken or there already, 1 if one was not, 2 if the command is called wrongly.
)";

class ImportCommand {
 public:
  static constexpr const char* name = "import_command";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description = "Takes over the topics of an Apache Kafka.";
  static constexpr std::array provides{FLUXMQ_COMMAND "import"};
  static constexpr std::array needs{FLUXMQ_LOG_STORE, FLUXMQ_CATALOG};
  static constexpr std::array<fluxmq_config_key, 0> config_keys{};

  explicit ImportCommand(Host host) : host_(host) {}
  const void* query(std::string_view) { return command_.table(); }
  void stop() {}

 private:
  int run(const std::vector<std::string>& arguments, const CommandOutput& output) try {
    Words words(arguments);
    if (words.take_flag("--help")) {
      output.print(kHelp);
      return 0;
    }
    const auto from = words.take_values("--from");
    const bool link_files = words.take_flag("--link");
    if (words.take_flag("--copy") && link_files) throw UsageError("--copy or --link, not both");
    const bool force = words.take_flag("--force");
    if (!words.rest().empty()) throw UsageError("unknown word " + words.rest().front());
    if (from.empty()) throw UsageError("--from is missing: Kafka's data folder");
    return import_from(from, link_files, force, output);
  } catch (const UsageError& error) {
    output.print_error("fluxmq import: " + std::string(error.what()) +
                       "; see fluxmq import --help\n");
    return 2;
  }

  int import_from(const std::vector<std::string>& from, bool link_files, bool force,
                  const CommandOutput& output) {
    const auto begin = std::chrono::steady_clock::now();
    FileSystem& files = FileSystem::posix();
    std::vector<KafkaFolder> folders;
    std::optional<ClusterMetadata> metadata;
    for (const auto& path : from) {
      folders.emplace_back(files, std::filesystem::absolute(path).lexically_normal(), force);
      const auto& metadata_folder = folders.back().metadata_folder();
      if (!metadata_folder.empty()) metadata = read_cluster_metadata(files, metadata_folder);
    }
    if (!metadata) {
      output.print_error(
          "no folder has the metadata log (__cluster_metadata-0): topics get the default "
          "configs\n");
    }
    TopicImport topics(host_, files, output, metadata.value_or(ClusterMetadata{}), link_files);
    for (const auto& folder : folders) topics.add(folder);
    topics.run();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    output.print(topics.summary(seconds.count()));
    return topics.failed_count() == 0 ? 0 : 1;
  }

  const Host host_;
  Command<ImportCommand, &ImportCommand::run> command_{*this};
};

}  // namespace
}  // namespace fluxmq::storage_local

FLUXMQ_PLUGIN(fluxmq::storage_local::ImportCommand);
