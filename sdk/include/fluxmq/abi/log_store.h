/* "fluxmq.log_store/1": keeps the logs of partitions. A log is a sequence of magic-2 record batches
 * at ascending offsets; the store knows the header of a batch (offsets, epoch, CRC, timestamps) and
 * nothing of records. It decides nothing about offsets: the caller stamps them. */
#pragma once
#include "log_dir.h"
#include "segment.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_LOG_STORE "fluxmq.log_store/1"

typedef struct fluxmq_log fluxmq_log; /* an open log; the store's own */

/* What a topic's configs say about its logs. Names, units and meaning are Kafka's. */
typedef struct fluxmq_log_config {
  uint32_t size;
  int32_t segment_bytes;
  int64_t segment_ms;
  int32_t index_interval_bytes;
  int32_t segment_index_bytes;
  int64_t retention_ms;    /* -1: no limit */
  int64_t retention_bytes; /* -1: no limit */
  int64_t file_delete_delay_ms;
} fluxmq_log_config;

typedef struct fluxmq_log_state {
  uint32_t size;
  int32_t last_leader_epoch; /* of the newest batch; -1: the log never had one */
  int64_t log_start_offset;
  int64_t log_end_offset; /* the offset that the next batch must have at least */
  int64_t size_bytes;
  int64_t segment_count;
  int64_t clean_offset; /* as set_clean_offset was told; 0: never */
} fluxmq_log_state;

/* Set in `flags` of a finished append: a new segment begins with this append. The caller may save a
 * producer snapshot for its base offset. */
#define FLUXMQ_LOG_ROLLED 1u

typedef void (*fluxmq_log_opened)(void* context, int16_t error, fluxmq_log* log);
typedef void (*fluxmq_log_done)(void* context, int16_t error);
typedef void (*fluxmq_log_appended)(void* context, int16_t error, uint32_t flags);

typedef struct fluxmq_log_read_request {
  uint32_t size;
  uint32_t minimum_one_batch; /* 1: the first batch is returned even if larger than max_bytes */
  int64_t offset;             /* log_start_offset ≤ offset ≤ log_end_offset */
  int64_t max_offset;         /* batches with a base offset at or past it are left out */
  int64_t max_bytes;
} fluxmq_log_read_request;

/* `segments` hold whole batches but for the end of the last, which max_bytes may cut (Kafka's
 * clients expect that); the first batch is the one that holds `offset`, or the next one there is.
 * Leases go to the callee. No segments: nothing there. */
typedef void (*fluxmq_log_read_done)(void* context, int16_t error, const fluxmq_segment* segments,
                                     uint32_t segment_count);

/* offset -1: none at or after the timestamp. */
typedef void (*fluxmq_log_timestamp_found)(void* context, int16_t error, int64_t offset,
                                           int64_t timestamp_ms, int32_t leader_epoch);

/* One batch header (61 bytes) and where it lies; return 0 to stop. */
typedef int32_t (*fluxmq_log_batch_visitor)(void* context, const uint8_t* batch_header);

typedef struct fluxmq_log_segment_info {
  uint32_t size;
  uint32_t reserved;
  int64_t base_offset;
  int64_t size_bytes;
  int64_t offset_index_bytes;
  int64_t time_index_bytes;
  int64_t first_timestamp_ms;   /* the max timestamp of its first batch; -1: it has none */
  int64_t largest_timestamp_ms; /* as retention takes it */
} fluxmq_log_segment_info;

/* Return 0 to stop. */
typedef int32_t (*fluxmq_log_segment_visitor)(void* context, const fluxmq_log_segment_info* info);

/* What is to take the place of some segments; the store's own. */
typedef struct fluxmq_log_rewrite fluxmq_log_rewrite;

/* A log that another broker kept, in Kafka's layout: segments, indexes, producer snapshots and
 * leader-epoch-checkpoint in a folder. Nobody writes to it meanwhile. */
typedef struct fluxmq_foreign_log {
  uint32_t size;
  uint32_t flags; /* FLUXMQ_LINK_FILES or 0 */
  fluxmq_string folder;
  int64_t recovery_point;   /* what lies below is whole; what lies past it is checked */
  int64_t log_start_offset; /* 0: that of its first segment */
  int64_t clean_offset;     /* up to where it is compacted; 0: nowhere */
} fluxmq_foreign_log;

/* Files that are never written again are hard links to the foreign ones, where the volume is the
 * same; else all are copies. */
#define FLUXMQ_LINK_FILES 1u

typedef struct fluxmq_log_store {
  uint32_t size;
  uint32_t reserved;
  void* self;

  /* Opens the log of a partition, and recovers it if need be; one that doesn't exist is empty and
   * needs no space until its first append. A log is opened once at a time. May take long: done is
   * called later. Errors: 56 KAFKA_STORAGE_ERROR. */
  void (*open)(void* self, fluxmq_string topic, fluxmq_uuid topic_id, int32_t partition,
               const fluxmq_log_config* config, fluxmq_log_opened done, void* context);
  /* Flushes and closes. No other call on the log may be running or follow. Blocks. At the end of
   * the broker the caller may leave it to the store's own stop, which syncs all logs together. */
  void (*close)(void* self, fluxmq_log* log);
  /* Closes the log and deletes it; readers that hold segments keep what they read. A log that isn't
   * open is deleted by its name. The name may be opened again once done. */
  void (*remove)(void* self, fluxmq_log* log, fluxmq_log_done done, void* context);
  void (*remove_by_name)(void* self, fluxmq_string topic, fluxmq_uuid topic_id, int32_t partition,
                         fluxmq_log_done done, void* context);

  void (*configure)(void* self, fluxmq_log* log, const fluxmq_log_config* config);
  void (*state)(void* self, fluxmq_log* log, fluxmq_log_state* state);

  /* Appends whole batches whose offsets and leader epochs are stamped and ascending, from
   * log_end_offset on (gaps are allowed). The bytes must stay until done. After done without error
   * they survive the death of the process. Several appends may be under way; they are stored and
   * done in the order of the calls, which the caller serializes. Errors: 56; 74 FENCED_LEADER_EPOCH
   * if an append with a higher epoch came before; 87 INVALID_RECORD if they are no ascending
   * batches; after an error the log is as before. */
  void (*append)(void* self, fluxmq_log* log, const fluxmq_bytes* batches, uint32_t batch_count,
                 int32_t leader_epoch, fluxmq_log_appended done, void* context);
  /* Done once all that was appended before the call survives the death of the machine. Calls that
   * wait together share one sync. Error 56: the sync failed. */
  void (*flush)(void* self, fluxmq_log* log, fluxmq_log_done done, void* context);

  /* Errors: 1 OFFSET_OUT_OF_RANGE, 56. */
  void (*read)(void* self, fluxmq_log* log, const fluxmq_log_read_request* request,
               fluxmq_log_read_done done, void* context);
  /* The first batch whose max timestamp is at or after `timestamp_ms`: its base offset and max
   * timestamp; the caller looks into its records. */
  void (*find_timestamp)(void* self, fluxmq_log* log, int64_t timestamp_ms,
                         fluxmq_log_timestamp_found done, void* context);
  /* The batch with the largest max timestamp of the log. */
  void (*find_max_timestamp)(void* self, fluxmq_log* log, fluxmq_log_timestamp_found done,
                             void* context);
  /* Kafka's OffsetForLeaderEpoch: the largest epoch ≤ leader_epoch and where it ends; -1, -1 if
   * unknown. */
  void (*epoch_end_offset)(void* self, fluxmq_log* log, int32_t leader_epoch, int32_t* found_epoch,
                           int64_t* end_offset);

  /* Records below `offset` may be deleted; reads below it are out of range from now on. Durable.
   * Blocks. */
  int16_t (*set_log_start_offset)(void* self, fluxmq_log* log, int64_t offset);
  /* Drops all batches at or past `offset`, durably. Blocks. */
  int16_t (*truncate)(void* self, fluxmq_log* log, int64_t offset);
  /* Deletes whole segments that retention_ms, retention_bytes or log_start_offset have done with,
   * none past `max_offset`. Blocks. */
  int16_t (*apply_retention)(void* self, fluxmq_log* log, int64_t now_ms, int64_t max_offset);

  /* Visits the headers of all batches from the one that holds `offset` on. Blocks. */
  int16_t (*visit_batches)(void* self, fluxmq_log* log, int64_t offset,
                           fluxmq_log_batch_visitor visitor, void* context);

  /* Producer states as of `offset`, as bytes in Kafka's snapshot format. A few are kept. Blocks. */
  int16_t (*save_producer_snapshot)(void* self, fluxmq_log* log, int64_t offset,
                                    fluxmq_bytes snapshot);
  /* The newest snapshot at or below `max_offset`; `found` isn't called if there is none. Blocks. */
  int16_t (*load_producer_snapshot)(void* self, fluxmq_log* log, int64_t max_offset,
                                    void (*found)(void* context, int64_t offset,
                                                  fluxmq_bytes snapshot),
                                    void* context);

  /* From SDK minor 1 on. */

  /* Compaction. What is to be left of old segments is the caller's to decide: it reads them, and
   * has them rewritten. Appends and reads go on meanwhile; the caller keeps truncate and
   * apply_retention, close and remove away from a log that is being rewritten. */

  /* Visits the segments, oldest first; the last is the one that is appended to. Blocks. */
  int16_t (*visit_segments)(void* self, fluxmq_log* log, fluxmq_log_segment_visitor visitor,
                            void* context);
  /* Begins to replace the segments from the one with `first_base_offset` up to, without it, the one
   * with `end_base_offset`, by a single one with `first_base_offset`. Of a log one rewrite is under
   * way at a time. Errors: 1 if no segments begin there, 56. Blocks. */
  int16_t (*begin_rewrite)(void* self, fluxmq_log* log, int64_t first_base_offset,
                           int64_t end_base_offset, fluxmq_log_rewrite** rewrite);
  /* Whole batches, ascending, within the range. Errors: 87 if they aren't; 10 MESSAGE_TOO_LARGE if
   * they are too much for one segment; 56. After an error only end_rewrite(0) is left. Blocks. */
  int16_t (*rewrite)(void* self, fluxmq_log_rewrite* rewrite, fluxmq_bytes batches);
  /* With `commit`, the segments are replaced durably and as a whole, whenever the machine dies;
   * readers that hold segments keep what they read. Without it, or after an error, the log is as
   * before. Errors: 56. The handle is gone in any case. Blocks. */
  int16_t (*end_rewrite)(void* self, fluxmq_log_rewrite* rewrite, int32_t commit);
  /* Keeps up to where the log is compacted, durably. A truncation below it lowers it. Blocks. */
  int16_t (*set_clean_offset)(void* self, fluxmq_log* log, int64_t offset);

  /* Where this store's logs lie; the first folder, if there are several. Blocks. */
  void (*log_dir)(void* self, fluxmq_log_dir* log_dir);
  /* Bytes of the record batches of a log, open or not; 0 if there is none. Blocks. */
  int64_t (*size_by_name)(void* self, fluxmq_string topic, fluxmq_uuid topic_id, int32_t partition);

  /* Makes the log of a partition from a foreign one, which stays as it is. A log of that name that
   * isn't open is deleted. Durable, and as a whole. NULL: the store keeps no files. Errors: 56.
   * Blocks. */
  int16_t (*adopt)(void* self, fluxmq_string topic, fluxmq_uuid topic_id, int32_t partition,
                   const fluxmq_foreign_log* foreign);
  /* A store may keep its logs in several folders, whose number and order stay the same until
   * destroy. A folder that fails goes offline: until a restart all calls on its logs answer 56. */

  /* All folders. Blocks. */
  void (*visit_log_dirs)(void* self, fluxmq_log_dir_visitor visitor, void* context);
  /* Which of them, counted from 0, a log lies in, open or not; where it would be made if there is
   * none yet. -1: nowhere. */
  int32_t (*log_dir_of)(void* self, fluxmq_string topic, fluxmq_uuid topic_id, int32_t partition);
  /* 1: the log lies in a folder that is offline. */
  int32_t (*is_offline)(void* self, fluxmq_string topic, fluxmq_uuid topic_id, int32_t partition);
  /* 1: there is so little space left that the caller should append only what it can't do without.
   * An append that comes nevertheless is tried. Takes no lock. */
  int32_t (*is_short_of_space)(void* self, fluxmq_log* log);
} fluxmq_log_store;

#ifdef __cplusplus
}
#endif
