#include "dump_files.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "log.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::string_view kCheckpoints[] = {
    "recovery-point-offset-checkpoint", "log-start-offset-checkpoint", "cleaner-offset-checkpoint",
    "replication-offset-checkpoint"};

// False if its name is none that a log's file has.
bool dump_file(DumpOutput& out, const std::string& path) {
  const std::string name = std::filesystem::path(path).filename();
  if (const auto file = parse_segment_file(path)) {
    if (file->suffix == ".log") {
      dump_segment(out, path, *file);
    } else if (file->suffix == ".index") {
      dump_offset_index(out, path, *file);
    } else if (file->suffix == ".timeindex") {
      dump_time_index(out, path, *file);
    } else {
      dump_snapshot(out, path);
    }
  } else if (name == kLeaderEpochs) {
    dump_leader_epochs(out, path);
  } else if (std::find(std::begin(kCheckpoints), std::end(kCheckpoints), name) !=
             std::end(kCheckpoints)) {
    dump_checkpoint(out, path);
  } else if (name == kPartitionMetadata || name == "meta.properties") {
    dump_properties(out, path);
  } else {
    return false;
  }
  return true;
}

// Of a partition, or of the data folder: then that of each partition, too.
void dump_folder(DumpOutput& out, const std::string& folder, bool and_below) {
  auto names = out.files.list_folder(folder);
  std::sort(names.begin(), names.end());
  for (const auto& name : names) {
    const auto path = concat(folder, "/", name);
    if (std::filesystem::is_directory(path)) {
      if (and_below) dump_folder(out, path, false);
      continue;
    }
    // What is on its way out, or was never finished, isn't the log's.
    const auto file = parse_segment_file(path);
    if (!file || file->stage.empty()) dump_file(out, path);
  }
}

}  // namespace

void dump(DumpOutput& out, const std::string& path) {
  if (std::filesystem::is_directory(path)) return dump_folder(out, path, true);
  if (!out.files.exists(path)) throw std::runtime_error(path + ": there is no such file");
  if (!dump_file(out, std::filesystem::absolute(path))) {
    throw std::runtime_error(path + ": not a file of a log, by its name; known are " +
                             "*.log, *.index, *.timeindex, *.snapshot, " + kLeaderEpochs + ", " +
                             kPartitionMetadata + ", meta.properties and *-checkpoint");
  }
}

}  // namespace fluxmq::storage_local
