// DescribeLogDirs: the folder that this broker's logs lie in, its volume, and what each partition
// takes up there.
#include "fluxmq/protocol/messages/describe_log_dirs.h"

#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_replicas {
namespace {

using namespace protocol;
using TopicAnswer = DescribeLogDirsResponse::DescribeLogDirsTopic;

// A topic, and the partitions of it that are asked for. Its name is what the answer points to.
struct Chosen {
  Topic topic;
  std::vector<std::int32_t> partitions;
};

std::vector<Chosen> choose_all(const Catalog& catalog) {
  std::vector<Chosen> chosen;
  for (auto& topic : catalog.topics()) {
    auto& each = chosen.emplace_back(Chosen{std::move(topic), {}});
    each.partitions.resize(static_cast<std::size_t>(each.topic.partition_count()));
    std::iota(each.partitions.begin(), each.partitions.end(), 0);
  }
  return chosen;
}

// What there isn't is left out, and what is asked for twice is told once.
std::vector<Chosen> choose(
    const Catalog& catalog,
    const std::vector<DescribeLogDirsRequest::DescribableLogDirTopic>& asked) {
  std::map<std::string_view, std::set<std::int32_t>> by_name;
  for (const auto& [name, partitions] : asked) {
    by_name[name].insert(partitions.begin(), partitions.end());
  }
  std::vector<Chosen> chosen;
  for (const auto& [name, partitions] : by_name) {
    auto topic = catalog.find(name);
    if (topic) chosen.push_back({std::move(topic), {partitions.begin(), partitions.end()}});
  }
  return chosen;
}

TopicAnswer measure(const Catalog& catalog, const Chosen& chosen) {
  TopicAnswer answer;
  answer.name = chosen.topic.name();
  for (const auto index : chosen.partitions) {
    const auto partition = catalog.partition(chosen.topic, index);
    if (!partition) continue;
    auto& measured = answer.partitions.emplace_back();
    measured.partition_index = index;
    measured.partition_size = partition.size_bytes();
  }
  return answer;
}

}  // namespace

Task describe_log_dirs(ApiReplicas& plugin, Request request) {
  const auto message = request.decode<DescribeLogDirsRequest>();
  DescribeLogDirsResponse response;
  if (!plugin.authorizer.allows_cluster(request.session(), FLUXMQ_OPERATION_DESCRIBE)) {
    response.error_code = to_int16(ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
    request.answer(response);
    co_return;
  }

  co_await plugin.host.blocking();  // the file system is asked
  const auto known = plugin.catalog.log_dir();
  const auto chosen =
      message.topics ? choose(plugin.catalog, *message.topics) : choose_all(plugin.catalog);
  auto& log_dir = response.results.emplace_back();
  log_dir.error_code = known.error;
  log_dir.log_dir = view(known.path);
  if (known.error == 0) {
    log_dir.total_bytes = known.total_bytes;
    log_dir.usable_bytes = known.usable_bytes;
    for (const auto& each : chosen) {
      auto topic = measure(plugin.catalog, each);
      if (!topic.partitions.empty()) log_dir.topics.push_back(std::move(topic));
    }
  }
  request.answer(response);
}

}  // namespace fluxmq::api_replicas
