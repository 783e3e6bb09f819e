#include "requests.h"

#include <map>

#include "fluxmq/protocol/header.h"
#include "fluxmq/protocol/messages/add_offsets_to_txn.h"
#include "fluxmq/protocol/messages/add_partitions_to_txn.h"
#include "fluxmq/protocol/messages/alter_client_quotas.h"
#include "fluxmq/protocol/messages/alter_configs.h"
#include "fluxmq/protocol/messages/alter_partition_reassignments.h"
#include "fluxmq/protocol/messages/alter_replica_log_dirs.h"
#include "fluxmq/protocol/messages/alter_user_scram_credentials.h"
#include "fluxmq/protocol/messages/api_versions.h"
#include "fluxmq/protocol/messages/consumer_group_describe.h"
#include "fluxmq/protocol/messages/consumer_group_heartbeat.h"
#include "fluxmq/protocol/messages/create_acls.h"
#include "fluxmq/protocol/messages/create_partitions.h"
#include "fluxmq/protocol/messages/create_topics.h"
#include "fluxmq/protocol/messages/delete_acls.h"
#include "fluxmq/protocol/messages/delete_groups.h"
#include "fluxmq/protocol/messages/delete_records.h"
#include "fluxmq/protocol/messages/delete_topics.h"
#include "fluxmq/protocol/messages/describe_acls.h"
#include "fluxmq/protocol/messages/describe_client_quotas.h"
#include "fluxmq/protocol/messages/describe_cluster.h"
#include "fluxmq/protocol/messages/describe_configs.h"
#include "fluxmq/protocol/messages/describe_groups.h"
#include "fluxmq/protocol/messages/describe_log_dirs.h"
#include "fluxmq/protocol/messages/describe_producers.h"
#include "fluxmq/protocol/messages/describe_quorum.h"
#include "fluxmq/protocol/messages/describe_topic_partitions.h"
#include "fluxmq/protocol/messages/describe_transactions.h"
#include "fluxmq/protocol/messages/describe_user_scram_credentials.h"
#include "fluxmq/protocol/messages/elect_leaders.h"
#include "fluxmq/protocol/messages/end_txn.h"
#include "fluxmq/protocol/messages/fetch.h"
#include "fluxmq/protocol/messages/find_coordinator.h"
#include "fluxmq/protocol/messages/heartbeat.h"
#include "fluxmq/protocol/messages/incremental_alter_configs.h"
#include "fluxmq/protocol/messages/init_producer_id.h"
#include "fluxmq/protocol/messages/join_group.h"
#include "fluxmq/protocol/messages/leave_group.h"
#include "fluxmq/protocol/messages/list_config_resources.h"
#include "fluxmq/protocol/messages/list_groups.h"
#include "fluxmq/protocol/messages/list_offsets.h"
#include "fluxmq/protocol/messages/list_partition_reassignments.h"
#include "fluxmq/protocol/messages/list_transactions.h"
#include "fluxmq/protocol/messages/metadata.h"
#include "fluxmq/protocol/messages/offset_commit.h"
#include "fluxmq/protocol/messages/offset_delete.h"
#include "fluxmq/protocol/messages/offset_fetch.h"
#include "fluxmq/protocol/messages/offset_for_leader_epoch.h"
#include "fluxmq/protocol/messages/produce.h"
#include "fluxmq/protocol/messages/sasl_authenticate.h"
#include "fluxmq/protocol/messages/sasl_handshake.h"
#include "fluxmq/protocol/messages/sync_group.h"
#include "fluxmq/protocol/messages/txn_offset_commit.h"
#include "fluxmq/protocol/messages/update_features.h"
#include "load.h"

namespace fluxmq::compare {
namespace {

template <class M>
std::vector<std::uint8_t> encode_request(const Asked& asked, const json& body) {
  const bool flexible = M::flexible.contains(asked.version);
  const auto header_version = request_header_version(M::api_key, asked.version, flexible);
  RequestHeader header;
  header.request_api_key = M::api_key;
  header.request_api_version = asked.version;
  header.correlation_id = asked.correlation_id;
  header.client_id = asked.client_id;

  Storage storage;
  M message;
  load_struct(body, message, storage);
  Writer writer;
  encode(writer, header, header_version);
  encode(writer, message, asked.version);
  return {writer.bytes().begin(), writer.bytes().end()};
}

}  // namespace

EncodeRequest find_request(const std::string& api) {
  static const std::map<std::string, EncodeRequest> requests{
      {"AddOffsetsToTxn", encode_request<AddOffsetsToTxnRequest>},
      {"AddPartitionsToTxn", encode_request<AddPartitionsToTxnRequest>},
      {"AlterClientQuotas", encode_request<AlterClientQuotasRequest>},
      {"AlterConfigs", encode_request<AlterConfigsRequest>},
      {"AlterPartitionReassignments", encode_request<AlterPartitionReassignmentsRequest>},
      {"AlterReplicaLogDirs", encode_request<AlterReplicaLogDirsRequest>},
      {"AlterUserScramCredentials", encode_request<AlterUserScramCredentialsRequest>},
      {"ApiVersions", encode_request<ApiVersionsRequest>},
      {"ConsumerGroupDescribe", encode_request<ConsumerGroupDescribeRequest>},
      {"ConsumerGroupHeartbeat", encode_request<ConsumerGroupHeartbeatRequest>},
      {"CreateAcls", encode_request<CreateAclsRequest>},
      {"CreatePartitions", encode_request<CreatePartitionsRequest>},
      {"CreateTopics", encode_request<CreateTopicsRequest>},
      {"DeleteAcls", encode_request<DeleteAclsRequest>},
      {"DeleteGroups", encode_request<DeleteGroupsRequest>},
      {"DeleteRecords", encode_request<DeleteRecordsRequest>},
      {"DeleteTopics", encode_request<DeleteTopicsRequest>},
      {"DescribeAcls", encode_request<DescribeAclsRequest>},
      {"DescribeClientQuotas", encode_request<DescribeClientQuotasRequest>},
      {"DescribeCluster", encode_request<DescribeClusterRequest>},
      {"DescribeConfigs", encode_request<DescribeConfigsRequest>},
      {"DescribeGroups", encode_request<DescribeGroupsRequest>},
      {"DescribeLogDirs", encode_request<DescribeLogDirsRequest>},
      {"DescribeProducers", encode_request<DescribeProducersRequest>},
      {"DescribeQuorum", encode_request<DescribeQuorumRequest>},
      {"DescribeTopicPartitions", encode_request<DescribeTopicPartitionsRequest>},
      {"DescribeTransactions", encode_request<DescribeTransactionsRequest>},
      {"DescribeUserScramCredentials", encode_request<DescribeUserScramCredentialsRequest>},
      {"ElectLeaders", encode_request<ElectLeadersRequest>},
      {"EndTxn", encode_request<EndTxnRequest>},
      {"Fetch", encode_request<FetchRequest>},
      {"FindCoordinator", encode_request<FindCoordinatorRequest>},
      {"Heartbeat", encode_request<HeartbeatRequest>},
      {"IncrementalAlterConfigs", encode_request<IncrementalAlterConfigsRequest>},
      {"InitProducerId", encode_request<InitProducerIdRequest>},
      {"JoinGroup", encode_request<JoinGroupRequest>},
      {"LeaveGroup", encode_request<LeaveGroupRequest>},
      {"ListConfigResources", encode_request<ListConfigResourcesRequest>},
      {"ListGroups", encode_request<ListGroupsRequest>},
      {"ListOffsets", encode_request<ListOffsetsRequest>},
      {"ListPartitionReassignments", encode_request<ListPartitionReassignmentsRequest>},
      {"ListTransactions", encode_request<ListTransactionsRequest>},
      {"Metadata", encode_request<MetadataRequest>},
      {"OffsetCommit", encode_request<OffsetCommitRequest>},
      {"OffsetDelete", encode_request<OffsetDeleteRequest>},
      {"OffsetFetch", encode_request<OffsetFetchRequest>},
      {"OffsetForLeaderEpoch", encode_request<OffsetForLeaderEpochRequest>},
      {"Produce", encode_request<ProduceRequest>},
      {"SaslAuthenticate", encode_request<SaslAuthenticateRequest>},
      {"SaslHandshake", encode_request<SaslHandshakeRequest>},
      {"SyncGroup", encode_request<SyncGroupRequest>},
      {"TxnOffsetCommit", encode_request<TxnOffsetCommitRequest>},
      {"UpdateFeatures", encode_request<UpdateFeaturesRequest>},
  };
  const auto found = requests.find(api);
  return found == requests.end() ? nullptr : found->second;
}

}  // namespace fluxmq::compare
