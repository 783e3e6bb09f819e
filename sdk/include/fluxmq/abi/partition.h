/* "fluxmq.partition/1": Kafka's semantics of a partition over a bare log. Handles come from the
 * catalog.
 */
#pragma once
#include "segment.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_PARTITION "fluxmq.partition/1"

typedef struct fluxmq_partition fluxmq_partition; /* valid while its topic is referenced */

typedef struct fluxmq_partition_state {
  uint32_t size;
  int32_t leader_id; /* -1: none; its log dir may be offline */
  int32_t leader_epoch;
  int32_t reserved;
  int64_t log_start_offset;
  int64_t high_watermark;
  int64_t last_stable_offset;
  int64_t log_end_offset;
  int64_t size_bytes;
} fluxmq_partition_state;

/* Append by a coordinator: internal topics, no checks of what only clients get wrong. */
#define FLUXMQ_APPEND_INTERNAL 1u
/* The client's version of Produce doesn't know zstd: error 76. */
#define FLUXMQ_APPEND_WITHOUT_ZSTD 2u
/* Produce 0 to 2: `records` may be a message set of magic 0 or 1, or empty. It is converted. */
#define FLUXMQ_APPEND_OLD_FORMATS 4u

typedef struct fluxmq_append_request {
  uint32_t size;
  uint32_t flags;
  /* One magic-2 batch (coordinators: one or more). Offset and epoch are stamped in place; the bytes
   * must stay until done. */
  fluxmq_mutable_bytes records;
  int16_t acks; /* 0, 1: done once it survives the process; -1: once it survives the machine */
  int16_t reserved16;
  int32_t expected_leader_epoch; /* -1: any; else errors 74, 75 (KIP-320) */
} fluxmq_append_request;

typedef struct fluxmq_record_error {
  int32_t batch_index; /* of the record in the batch */
  int32_t reserved;
  fluxmq_string message;
} fluxmq_record_error;

typedef struct fluxmq_append_result {
  uint32_t size;
  int16_t error;
  int16_t reserved;
  int64_t base_offset;         /* -1 with an error */
  int64_t log_append_time_ms;  /* -1 with CreateTime */
  int64_t log_start_offset;    /* -1 if unknown */
  fluxmq_string error_message; /* null if there is nothing to say */
  const fluxmq_record_error* record_errors;
  uint64_t record_error_count;
} fluxmq_append_result;

typedef void (*fluxmq_append_done)(void* context, const fluxmq_append_result* result);

#define FLUXMQ_READ_UNCOMMITTED 0u /* up to the high watermark */
#define FLUXMQ_READ_COMMITTED 1u   /* up to the last stable offset, with the aborted transactions */

/* What the reader knows of formats. Stored is magic 2. */
#define FLUXMQ_READ_AS_STORED 0u
#define FLUXMQ_READ_MAGIC_0 1u      /* message sets of magic 0: batches are converted */
#define FLUXMQ_READ_MAGIC_1 2u      /* message sets of magic 1 */
#define FLUXMQ_READ_WITHOUT_ZSTD 3u /* as stored up to a batch of zstd; error 76 there */

typedef struct fluxmq_read_request {
  uint32_t size;
  uint32_t isolation;
  int64_t fetch_offset;
  int64_t max_bytes;
  int32_t current_leader_epoch; /* -1: any; else errors 74, 75 (KIP-320) */
  int32_t last_fetched_epoch;   /* -1: don't ask for divergence (KIP-595) */
  uint32_t minimum_one_batch;
  uint32_t reserved;
  uint32_t format; /* FLUXMQ_READ_…; as stored for callers that don't know this member */
  uint32_t reserved2;
} fluxmq_read_request;

typedef struct fluxmq_aborted_transaction {
  int64_t producer_id;
  int64_t first_offset;
} fluxmq_aborted_transaction;

typedef struct fluxmq_read_result {
  uint32_t size;
  int16_t error;
  int16_t reserved;
  int64_t high_watermark;
  int64_t last_stable_offset;
  int64_t log_start_offset;
  const fluxmq_segment* segments; /* leases go to the callee */
  uint64_t segment_count;
  const fluxmq_aborted_transaction* aborted_transactions;
  uint64_t aborted_transaction_count;
  int32_t diverging_epoch; /* -1: no divergence */
  int32_t reserved32;
  int64_t diverging_end_offset;
} fluxmq_read_result;

typedef void (*fluxmq_read_done)(void* context, const fluxmq_read_result* result);

/* Special timestamps of ListOffsets, as Kafka numbers them. */
#define FLUXMQ_TIMESTAMP_LATEST (-1)
#define FLUXMQ_TIMESTAMP_EARLIEST (-2)
#define FLUXMQ_TIMESTAMP_MAX (-3)
#define FLUXMQ_TIMESTAMP_EARLIEST_LOCAL (-4)
#define FLUXMQ_TIMESTAMP_LATEST_TIERED (-5)
#define FLUXMQ_TIMESTAMP_EARLIEST_PENDING_UPLOAD (-6)

typedef void (*fluxmq_offset_found)(void* context, int16_t error, int64_t offset,
                                    int64_t timestamp_ms, int32_t leader_epoch);
/* What a partition knows of a producer that wrote to it and hasn't been forgotten. */
typedef struct fluxmq_producer_state {
  int64_t producer_id;
  int32_t producer_epoch;
  int32_t last_sequence; /* -1: it wrote nothing but markers */
  int64_t last_timestamp_ms;
  int32_t coordinator_epoch; /* -1: no transaction of it ended here */
  int32_t reserved;
  int64_t current_transaction_first_offset; /* -1: none is open */
} fluxmq_producer_state;

typedef void (*fluxmq_producers_done)(void* context, int16_t error,
                                      const fluxmq_producer_state* producers, uint64_t count);
typedef void (*fluxmq_offsets_found)(void* context, int16_t error, const int64_t* offsets,
                                     uint64_t count);
typedef void (*fluxmq_low_watermark_done)(void* context, int16_t error, int64_t low_watermark);
typedef void (*fluxmq_partition_done)(void* context, int16_t error);

typedef struct fluxmq_partition_table {
  uint32_t size;
  uint32_t reserved;
  void* self;

  void (*state)(void* self, fluxmq_partition* partition, fluxmq_partition_state* state);
  /* What arrives in one turn of the loops is staged and appended together. */
  void (*append)(void* self, fluxmq_partition* partition, const fluxmq_append_request* request,
                 fluxmq_append_done done, void* context);
  void (*read)(void* self, fluxmq_partition* partition, const fluxmq_read_request* request,
               fluxmq_read_done done, void* context);

  /* Calls `task` once, on any thread, when there may be something new to read past `offset` (the
   * bound of `isolation` moved past it), or the partition was deleted. If that is so already it is
   * called during the call, and 0 is returned; else an id for forget. */
  uint64_t (*watch)(void* self, fluxmq_partition* partition, int64_t offset, uint32_t isolation,
                    void (*task)(void* context), void* context);
  /* 1: the task won't be called. 0: it was, or is being called now. */
  int32_t (*forget)(void* self, fluxmq_partition* partition, uint64_t watch_id);

  /* ListOffsets: a timestamp or a special one; offset -1 if there is none. */
  void (*find_offset)(void* self, fluxmq_partition* partition, int64_t timestamp_ms,
                      uint32_t isolation, int32_t current_leader_epoch, fluxmq_offset_found done,
                      void* context);
  /* OffsetForLeaderEpoch: `timestamp_ms` of the answer is unused. */
  void (*find_epoch_end)(void* self, fluxmq_partition* partition, int32_t leader_epoch,
                         int32_t current_leader_epoch, fluxmq_offset_found done, void* context);
  /* DeleteRecords: -1 means up to the high watermark. */
  void (*delete_records)(void* self, fluxmq_partition* partition, int64_t before_offset,
                         fluxmq_low_watermark_done done, void* context);

  /* From SDK minor 1 on. */

  /* Bytes of the partition's log, also where `state` doesn't know them because it isn't open.
   * Blocks. */
  int64_t (*size_bytes)(void* self, fluxmq_partition* partition);

  /* DescribeProducers: by producer id. */
  void (*describe_producers)(void* self, fluxmq_partition* partition, fluxmq_producers_done done,
                             void* context);
  /* ListOffsets 0: at most `max_count` offsets that segments begin at, or the log ends at, from the
   * newest one on whose records are no later than `timestamp_ms`, or a special timestamp; falling.
   */
  void (*find_segment_offsets)(void* self, fluxmq_partition* partition, int64_t timestamp_ms,
                               int32_t max_count, fluxmq_offsets_found done, void* context);

  /* Which of the catalog's log dirs, counted from 0, the partition's log lies in, or would if it
   * were made now. -1: nowhere. */
  int32_t (*log_dir)(void* self, fluxmq_partition* partition);
} fluxmq_partition_table;

#ifdef __cplusplus
}
#endif
