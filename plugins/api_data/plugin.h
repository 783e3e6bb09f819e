// api_data: the APIs that records go in and out by, and what goes with them.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "fetch_session.h"
#include "fetch_wait.h"
#include "fluxmq/api.h"
#include "fluxmq/authorizer.h"
#include "fluxmq/catalog.h"
#include "fluxmq/plugin.h"

namespace fluxmq::api_data {

class ApiData {
 public:
  static constexpr const char* name = "api_data";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description =
      "Produce, Fetch, ListOffsets, OffsetForLeaderEpoch, DeleteRecords, InitProducerId and "
      "DescribeProducers.";
  static constexpr std::array provides{FLUXMQ_API_HANDLER};
  static constexpr std::array needs{FLUXMQ_CATALOG, FLUXMQ_PARTITION};
  static constexpr std::array config_keys{
      config_key("fetch.max.bytes", FLUXMQ_CONFIG_INT, "57671680",
                 "The most bytes of records that one Fetch is answered with, whatever the client "
                 "asks for. The first batch is returned even if it is larger.",
                 1024, INT32_MAX),
      config_key("max.incremental.fetch.session.cache.slots", FLUXMQ_CONFIG_INT, "1000",
                 "The most incremental fetch sessions that are kept. A client that gets none sends "
                 "all its partitions with each Fetch.",
                 0, 1'000'000),
  };

  explicit ApiData(Host broker);
  const void* query(std::string_view interface_id) const;
  // Long polls are answered with what there is.
  void stop() { fetch_waits.stop(); }

  const Host host;
  const Catalog catalog;
  const Authorizer authorizer;
  const std::int64_t fetch_max_bytes;
  FetchSessionCache fetch_sessions;
  FetchWaits fetch_waits;

 private:
  const ApiHandler handler_;
};

Task produce(ApiData& plugin, Request request);
Task fetch(ApiData& plugin, Request request);
Task list_offsets(ApiData& plugin, Request request);
Task offset_for_leader_epoch(ApiData& plugin, Request request);
Task delete_records(ApiData& plugin, Request request);
Task init_producer_id(ApiData& plugin, Request request);
Task describe_producers(ApiData& plugin, Request request);

}  // namespace fluxmq::api_data
