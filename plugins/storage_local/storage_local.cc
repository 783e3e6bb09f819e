// The plugin: logs and metadata in folders of the local disk.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <vector>

#include "fluxmq/plugin.h"
#include "free_space.h"
#include "log_dirs.h"
#include "log_store.h"
#include "metadata_store.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::int64_t kMaxInt64 = std::numeric_limits<std::int64_t>::max();

// Half of what the process may open: sockets need descriptors, too.
std::size_t max_open_files(std::int64_t configured) {
  struct rlimit limit {};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return std::max<std::size_t>(
      std::min<std::size_t>(static_cast<std::size_t>(configured), limit.rlim_cur / 2), 1);
}

TailSettings tail_settings(Host host) {
  return {std::string(host.config("storage.local.tail.folder")),
          static_cast<std::size_t>(host.config_int("storage.local.tail.bytes"))};
}

class StorageLocal {
 public:
  static constexpr const char* name = "storage_local";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description = "Logs and metadata in folders of the local disk.";
  static constexpr std::array provides{FLUXMQ_LOG_STORE, FLUXMQ_METADATA_STORE};
  static constexpr std::array<const char*, 0> needs{};
  static constexpr std::array config_keys{
      config_key(
          "log.dirs", FLUXMQ_CONFIG_LIST, "data",
          "The folders that keep logs, separated by commas. They are made if they don't exist. "
          "A new log goes to the one with the fewest. The metadata lies in the first."),
      config_key("log.flush.offset.checkpoint.interval.ms", FLUXMQ_CONFIG_INT, "60000",
                 "How often rolled segments are brought to the disk and recovery points are "
                 "written, as long as something is appended. After a crash, what lies past them "
                 "is checked.",
                 1, std::numeric_limits<std::int32_t>::max()),
      dynamic(config_key(kMinFreeBytes, FLUXMQ_CONFIG_LONG, "16777216",
                         "Below so many free bytes on the volume of a folder, produce to its logs "
                         "is refused with KAFKA_STORAGE_ERROR, while fetches, deletes, retention "
                         "and committed offsets go on: what frees space needs a bit of it. The "
                         "default is for that. Set more to keep clear of what else a volume must "
                         "hold; with 0 produce goes on until a write fails.",
                         0, kMaxInt64 / 2)),
      config_key("storage.local.max.open.files", FLUXMQ_CONFIG_INT, "10000",
                 "How many files of segments are kept open. Half of the process's limit of open "
                 "files (ulimit -n) is the most.",
                 16, std::numeric_limits<std::int32_t>::max()),
      config_key("storage.local.tail.bytes", FLUXMQ_CONFIG_LONG, "67108864",
                 "How much memory the newest appends take at most, of each data folder: they are "
                 "answered from there and written out soon after. 0: appends go to the page cache.",
                 0, std::int64_t{1} << 40),
      config_key("storage.local.tail.folder", FLUXMQ_CONFIG_STRING, "/dev/shm",
                 "Where that memory is: on tmpfs, so that it outlives the death of the process. "
                 "Elsewhere appends go to the page cache."),
      config_key("storage.local.metadata.max.bytes", FLUXMQ_CONFIG_LONG, "1073741824",
                 "How large the metadata may become. Reserves addresses, not memory or disk.",
                 1 << 20, kMaxInt64),
  };

  explicit StorageLocal(Host host)
      : dirs_(host, FileSystem::posix(), host.config("log.dirs"),
              max_open_files(host.config_int("storage.local.max.open.files")), tail_settings(host)),
        logs_(host, dirs_, host.config_int("log.flush.offset.checkpoint.interval.ms")),
        metadata_(host, FileSystem::posix(), dirs_.metadata().background(),
                  dirs_.metadata().path() + "/" + kMetadataFolder,
                  host.config_int("storage.local.metadata.max.bytes")) {}

  static std::vector<Finding> check(Host host) {
    auto findings = LogDirs::check(FileSystem::posix(), host.config("log.dirs"));
    findings.push_back(Tails::check(tail_settings(host)));
    return findings;
  }

  const void* query(std::string_view interface_id) {
    if (interface_id == FLUXMQ_LOG_STORE) return logs_.table();
    if (interface_id == FLUXMQ_METADATA_STORE) return metadata_.table();
    return nullptr;
  }

  void stop() { logs_.stop(); }

 private:
  LogDirs dirs_;
  LogStore logs_;
  MetadataStore metadata_;
};

}  // namespace
}  // namespace fluxmq::storage_local

FLUXMQ_PLUGIN(fluxmq::storage_local::StorageLocal);
