// The codecs of messages about transactions.
#include "codec.h"
#include "fluxmq/protocol/messages/add_offsets_to_txn.h"
#include "fluxmq/protocol/messages/add_partitions_to_txn.h"
#include "fluxmq/protocol/messages/describe_transactions.h"
#include "fluxmq/protocol/messages/end_txn.h"
#include "fluxmq/protocol/messages/init_producer_id.h"
#include "fluxmq/protocol/messages/list_transactions.h"
#include "fluxmq/protocol/messages/txn_offset_commit.h"
#include "fluxmq/protocol/messages/write_txn_markers.h"

namespace fluxmq::testing {

Codecs transaction_codecs() {
  return {
      codec<InitProducerIdRequest>(),
      codec<InitProducerIdResponse>(),
      codec<AddPartitionsToTxnRequest>(),
      codec<AddPartitionsToTxnResponse>(),
      codec<AddOffsetsToTxnRequest>(),
      codec<AddOffsetsToTxnResponse>(),
      codec<EndTxnRequest>(),
      codec<EndTxnResponse>(),
      codec<WriteTxnMarkersRequest>(),
      codec<WriteTxnMarkersResponse>(),
      codec<TxnOffsetCommitRequest>(),
      codec<TxnOffsetCommitResponse>(),
      codec<DescribeTransactionsRequest>(),
      codec<DescribeTransactionsResponse>(),
      codec<ListTransactionsRequest>(),
      codec<ListTransactionsResponse>(),
  };
}

}  // namespace fluxmq::testing
