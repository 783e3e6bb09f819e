// AlterReplicaLogDirs: moves replicas between a broker's folders. That isn't served: what is to lie
// where it lies is done already, and a move to another folder is refused.
#include "fluxmq/protocol/messages/alter_replica_log_dirs.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// `log_dir`: the number of the folder that the partition is to lie in.
ErrorCode check(const Catalog& catalog, std::string_view topic, std::int32_t index,
                std::optional<std::int32_t> log_dir) {
  if (topic.size() + std::to_string(index).size() + kFutureSuffix > kMaxFolderName) {
    return ErrorCode::INVALID_TOPIC_EXCEPTION;
  }
  if (!log_dir) return ErrorCode::LOG_DIR_NOT_FOUND;
  const auto found = catalog.find(topic);
  const auto partition = found ? catalog.partition(found, index) : Partition{};
  if (!partition) return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  return partition.log_dir() == *log_dir ? ErrorCode::NONE : ErrorCode::INVALID_REQUEST;
}

std::optional<std::int32_t> number_of(std::string_view path,
                                      const std::vector<fluxmq_log_dir>& log_dirs) {
  const auto found = std::find_if(log_dirs.begin(), log_dirs.end(),
                                  [&](const auto& each) { return view(each.path) == path; });
  if (found == log_dirs.end()) return std::nullopt;
  return static_cast<std::int32_t>(found - log_dirs.begin());
}

}  // namespace

Task alter_replica_log_dirs(ApiReplicas& plugin, Request request) {
  const auto message = request.decode<AlterReplicaLogDirsRequest>();
  const bool allowed = plugin.authorizer.allows_cluster(request.session(), FLUXMQ_OPERATION_ALTER);
  co_await plugin.host.blocking();
  const auto log_dirs = plugin.catalog.log_dirs();

  // A partition that is to go to several folders goes to the last.
  std::map<std::string_view, std::map<std::int32_t, ErrorCode>> results;
  for (const auto& [path, topics] : message.dirs) {
    const auto log_dir = number_of(path, log_dirs);
    for (const auto& [name, partitions] : topics) {
      for (const auto index : partitions) {
        results[name][index] = allowed ? check(plugin.catalog, name, index, log_dir)
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
