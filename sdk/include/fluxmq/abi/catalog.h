/* "fluxmq.catalog/1": what the cluster knows: brokers, topics, their configs, and producer ids. */
#pragma once
#include "log_dir.h"
#include "partition.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_CATALOG "fluxmq.catalog/1"

typedef struct fluxmq_broker {
  int32_t broker_id;
  int32_t reserved;
  fluxmq_string rack; /* may be null */
} fluxmq_broker;

/* One version of a topic; never changes. A topic that gets partitions or configs becomes another
 * fluxmq_topic with the same id; partition handles stay the same. */
typedef struct fluxmq_topic {
  uint32_t size;
  int32_t partition_count;
  fluxmq_string name;
  fluxmq_uuid id;
  int32_t replication_factor; /* replicas that each partition has */
  uint32_t is_internal;
} fluxmq_topic;

typedef struct fluxmq_config_entry {
  fluxmq_string name;
  fluxmq_string value; /* null: for a new topic or a change, delete the config */
} fluxmq_config_entry;

#define FLUXMQ_VALIDATE_ONLY 1u
/* An internal topic; may be created by coordinators only. */
#define FLUXMQ_INTERNAL_TOPIC 2u
/* alter_configs: what the changes don't name goes back to its default. */
#define FLUXMQ_REPLACE_CONFIGS 4u

typedef struct fluxmq_new_topic {
  uint32_t size;
  uint32_t flags;
  fluxmq_string name;
  int32_t partition_count;    /* -1: num.partitions */
  int32_t replication_factor; /* -1: default.replication.factor */
  /* Manual assignment: the brokers of partition i are brokers[starts[i] … starts[i+1]). */
  const int32_t* assigned_partitions; /* partition indexes, assignment_count of them */
  const int32_t* assignment_starts;   /* assignment_count + 1 */
  const int32_t* assigned_brokers;
  uint64_t assignment_count;
  const fluxmq_config_entry* configs;
  uint64_t config_count;
  /* From SDK minor 1 on: for a topic that was another broker's. */
  fluxmq_uuid id;       /* all zero: a new one is made */
  int32_t leader_epoch; /* that its partitions begin with */
  uint32_t reserved;
} fluxmq_new_topic;

#define FLUXMQ_RESOURCE_TOPIC 2u
#define FLUXMQ_RESOURCE_BROKER 4u

/* IncrementalAlterConfigs' operations, as Kafka numbers them. */
#define FLUXMQ_CONFIG_SET 0u
#define FLUXMQ_CONFIG_DELETE 1u
#define FLUXMQ_CONFIG_APPEND 2u
#define FLUXMQ_CONFIG_SUBTRACT 3u

typedef struct fluxmq_config_change {
  uint32_t operation;
  uint32_t reserved;
  fluxmq_string name;
  fluxmq_string value; /* may be null */
} fluxmq_config_change;

/* DescribeConfigs' numbers for sources and types. */
#define FLUXMQ_SOURCE_DYNAMIC_TOPIC 1
#define FLUXMQ_SOURCE_DYNAMIC_BROKER 2
#define FLUXMQ_SOURCE_DYNAMIC_DEFAULT_BROKER 3
#define FLUXMQ_SOURCE_STATIC_BROKER 4
#define FLUXMQ_SOURCE_DEFAULT 5

typedef struct fluxmq_config_synonym {
  fluxmq_string name;
  fluxmq_string value;
  int32_t source;
  int32_t reserved;
} fluxmq_config_synonym;

typedef struct fluxmq_config_description {
  uint32_t size;
  int32_t source;
  fluxmq_string name;
  fluxmq_string value; /* null for a sensitive one */
  int32_t type; /* 1 boolean 2 string 3 int 4 short 5 long 6 double 7 list 8 class 9 password */
  uint32_t is_read_only;
  uint32_t is_sensitive;
  uint32_t reserved;
  fluxmq_string documentation;
  const fluxmq_config_synonym* synonyms; /* the value in use first */
  uint64_t synonym_count;
} fluxmq_config_description;

/* error 0: `topic` is referenced for the callee if it isn't NULL (it is with FLUXMQ_VALIDATE_ONLY).
 */
typedef void (*fluxmq_topic_done)(void* context, int16_t error, fluxmq_string error_message,
                                  const fluxmq_topic* topic);
typedef void (*fluxmq_catalog_done)(void* context, int16_t error, fluxmq_string error_message);
/* Return 0 to stop. The topic is borrowed during the call. */
typedef int32_t (*fluxmq_topic_visitor)(void* context, const fluxmq_topic* topic);
typedef void (*fluxmq_config_visitor)(void* context, const fluxmq_config_description* config);
typedef void (*fluxmq_producer_id_done)(void* context, int16_t error, int64_t producer_id);

typedef struct fluxmq_catalog {
  uint32_t size;
  uint32_t reserved;
  void* self;

  /* Valid until destroy. */
  fluxmq_string (*cluster_id)(void* self);
  int32_t (*broker_id)(void* self);     /* this broker's */
  int32_t (*controller_id)(void* self); /* -1: none */
  /* Returns how many there are; writes at most `capacity`. Strings are valid until destroy. */
  uint32_t (*brokers)(void* self, fluxmq_broker* brokers, uint32_t capacity);

  /* A reference that the caller gives back with release_topic, or NULL. */
  const fluxmq_topic* (*find_topic)(void* self, fluxmq_string name);
  const fluxmq_topic* (*find_topic_by_id)(void* self, fluxmq_uuid id);
  void (*release_topic)(void* self, const fluxmq_topic* topic);
  void (*visit_topics)(void* self, fluxmq_topic_visitor visitor, void* context); /* by name */
  /* NULL if there is no such partition. */
  fluxmq_partition* (*partition)(void* self, const fluxmq_topic* topic, int32_t partition);

  /* Durable when done. Errors and messages as Kafka's CreateTopics, DeleteTopics, … */
  void (*create_topic)(void* self, const fluxmq_new_topic* topic, fluxmq_topic_done done,
                       void* context);
  void (*delete_topic)(void* self, fluxmq_uuid id, fluxmq_catalog_done done, void* context);
  void (*create_partitions)(void* self, fluxmq_string topic, int32_t total_count, uint32_t flags,
                            fluxmq_catalog_done done, void* context);

  /* resource_type FLUXMQ_RESOURCE_…; the name of a broker is its id, "" all brokers. */
  int16_t (*describe_configs)(void* self, uint32_t resource_type, fluxmq_string resource_name,
                              fluxmq_config_visitor visitor, void* context);
  void (*alter_configs)(void* self, uint32_t resource_type, fluxmq_string resource_name,
                        const fluxmq_config_change* changes, uint64_t change_count, uint32_t flags,
                        fluxmq_catalog_done done, void* context);

  /* A producer id that was never given out before, also not before a crash. */
  void (*allocate_producer_id)(void* self, fluxmq_producer_id_done done, void* context);

  /* From here on: of SDK minor 1. Check `size`. */

  /* The configs that a topic has if it is created now, with their sources, without synonyms; an
   * error if it can't be because of them. */
  int16_t (*describe_new_topic)(void* self, const fluxmq_new_topic* topic,
                                fluxmq_config_visitor visitor, void* context);

  /* Where this broker's logs lie; the first folder, if there are several. Blocks. */
  void (*log_dir)(void* self, fluxmq_log_dir* log_dir);

  /* Producer ids below `first` are never given out from now on. Durable when done. */
  void (*skip_producer_ids)(void* self, int64_t first, fluxmq_catalog_done done, void* context);
  /* All folders, always in the same order. Blocks. */
  void (*visit_log_dirs)(void* self, fluxmq_log_dir_visitor visitor, void* context);
} fluxmq_catalog;

#ifdef __cplusplus
}
#endif
