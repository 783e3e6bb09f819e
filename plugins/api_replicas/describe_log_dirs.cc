// DescribeLogDirs: the folders that this broker's logs lie in, their volumes, and what each
// partition takes up there. Of a folder that is offline nothing but its error is told.
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

// Adds each partition of a topic to the folder that it lies in.
void measure(const Catalog& catalog, const Chosen& chosen, DescribeLogDirsResponse& response) {
  for (const auto index : chosen.partitions) {
    const auto partition = catalog.partition(chosen.topic, index);
    if (!partition) continue;
    const auto folder = static_cast<std::size_t>(partition.log_dir());
    if (folder >= response.results.size() || response.results[folder].error_code != 0) continue;
    auto& topics = response.results[folder].topics;
    if (topics.empty() || topics.back().name != chosen.topic.name())
      topics.emplace_back().name = chosen.topic.name();
    auto& measured = topics.back().partitions.emplace_back();
    measured.partition_index = index;
    measured.partition_size = partition.size_bytes();
  }
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
  const auto chosen =
      message.topics ? choose(plugin.catalog, *message.topics) : choose_all(plugin.catalog);
  for (const auto& known : plugin.catalog.log_dirs()) {
    auto& log_dir = response.results.emplace_back();
    log_dir.error_code = known.error;
    log_dir.log_dir = view(known.path);
    if (known.error != 0) continue;
    log_dir.total_bytes = known.total_bytes;
    log_dir.usable_bytes = known.usable_bytes;
  }
  for (const auto& each : chosen) measure(plugin.catalog, each, response);
  request.answer(response);
}

}  // namespace fluxmq::api_replicas
