/* "fluxmq.authorizer/1": says who may do what. Without a provider everything is allowed. */
#pragma once
#include "api_handler.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_AUTHORIZER "fluxmq.authorizer/1"

/* Kafka's AclOperation and ResourceType codes. */
#define FLUXMQ_OPERATION_READ 3u
#define FLUXMQ_OPERATION_WRITE 4u
#define FLUXMQ_OPERATION_CREATE 5u
#define FLUXMQ_OPERATION_DELETE 6u
#define FLUXMQ_OPERATION_ALTER 7u
#define FLUXMQ_OPERATION_DESCRIBE 8u
#define FLUXMQ_OPERATION_CLUSTER_ACTION 9u
#define FLUXMQ_OPERATION_DESCRIBE_CONFIGS 10u
#define FLUXMQ_OPERATION_ALTER_CONFIGS 11u
#define FLUXMQ_OPERATION_IDEMPOTENT_WRITE 12u

#define FLUXMQ_ACL_RESOURCE_TOPIC 2u
#define FLUXMQ_ACL_RESOURCE_GROUP 3u
#define FLUXMQ_ACL_RESOURCE_CLUSTER 4u /* its name is "kafka-cluster" */
#define FLUXMQ_ACL_RESOURCE_TRANSACTIONAL_ID 5u

typedef struct fluxmq_action {
  uint32_t operation;
  uint32_t resource_type;
  fluxmq_string resource_name;
} fluxmq_action;

typedef struct fluxmq_authorizer {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* Sets allowed[i] to 1 or 0 for each action. Answers from memory: called for every request. */
  void (*authorize)(void* self, const fluxmq_session* session, const fluxmq_action* actions,
                    uint64_t count, uint8_t* allowed);
} fluxmq_authorizer;

#ifdef __cplusplus
}
#endif
