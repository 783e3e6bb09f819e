// The plugin: logs and metadata in memory, gone with the process.
#include <array>
#include <limits>
#include <string_view>

#include "fluxmq/plugin.h"
#include "log_store.h"
#include "metadata_store.h"

namespace fluxmq::storage_memory {
namespace {

class StorageMemory {
 public:
  static constexpr const char* name = "storage_memory";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description = "Logs and metadata in memory, gone with the process.";
  static constexpr std::array provides{FLUXMQ_LOG_STORE, FLUXMQ_METADATA_STORE};
  static constexpr std::array<const char*, 0> needs{};
  static constexpr std::array config_keys{
      config_key("storage.memory.max.bytes", FLUXMQ_CONFIG_LONG, "1073741824",
                 "How much memory all logs together may take. When it is used up, produce fails "
                 "with KAFKA_STORAGE_ERROR until retention or deletes make room.",
                 1, std::numeric_limits<std::int64_t>::max()),
  };

  explicit StorageMemory(Host host) : logs_(host.config_int("storage.memory.max.bytes")) {}

  const void* query(std::string_view interface_id) {
    if (interface_id == FLUXMQ_LOG_STORE) return logs_.table();
    if (interface_id == FLUXMQ_METADATA_STORE) return metadata_.table();
    return nullptr;
  }

  void stop() {}

 private:
  LogStore logs_;
  MetadataStore metadata_;
};

}  // namespace
}  // namespace fluxmq::storage_memory

FLUXMQ_PLUGIN(fluxmq::storage_memory::StorageMemory);
