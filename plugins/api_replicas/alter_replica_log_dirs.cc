// AlterReplicaLogDirs: moves replicas between a broker's folders. There is one: what is to lie
// there does already.
#include "fluxmq/protocol/messages/alter_replica_log_dirs.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_replicas {
namespace {

using namespace protocol;

// Kafka copies a replica to "<topic>-<partition>.<32 hex digits>-future", which has to be the name
// of a folder.
constexpr std::size_t kMaxFolderName = 255;
constexpr std::size_t kFutureSuffix =
    std::string_view("-.").size() + 32 + std::string_view("-future").size();

ErrorCode check(const Catalog& catalog, std::string_view topic, std::int32_t index,
                bool is_log_dir) {
  if (topic.size() + std::to_string(index).size() + kFutureSuffix > kMaxFolderName) {
    return ErrorCode::INVALID_TOPIC_EXCEPTION;
  }
  if (!is_log_dir) return ErrorCode::LOG_DIR_NOT_FOUND;
  const auto found = catalog.find(topic);
  return found && catalog.partition(found, index) ? ErrorCode::NONE
                                                  : ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
}

}  // namespace

Task alter_replica_log_dirs(ApiReplicas& plugin, Request request) {
  const auto message = request.decode<AlterReplicaLogDirsRequest>();
  const bool allowed = plugin.authorizer.allows_cluster(request.session(), FLUXMQ_OPERATION_ALTER);
  co_await plugin.host.blocking();
  const auto log_dir = plugin.catalog.log_dir();

  // A partition that is to go to several folders goes to the last.
  std::map<std::string_view, std::map<std::int32_t, ErrorCode>> results;
  for (const auto& [path, topics] : message.dirs) {
    for (const auto& [name, partitions] : topics) {
      for (const auto index : partitions) {
        results[name][index] = allowed
                                   ? check(plugin.catalog, name, index, path == view(log_dir.path))
                                   : ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
      }
    }
  }
  AlterReplicaLogDirsResponse response;
  for (const auto& [name, partitions] : results) {
    auto& topic = response.results.emplace_back();
    topic.topic_name = name;
    for (const auto& [index, error] : partitions)
      topic.partitions.push_back({index, to_int16(error)});
  }
  request.answer(response);
}

}  // namespace fluxmq::api_replicas
