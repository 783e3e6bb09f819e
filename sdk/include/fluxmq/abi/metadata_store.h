/* "fluxmq.metadata_store/1": a small, ordered, durable key-value store (topics, configs, ACLs, …).
 */
#pragma once
#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_METADATA_STORE "fluxmq.metadata_store/1"

#define FLUXMQ_METADATA_PUT 0u
#define FLUXMQ_METADATA_DELETE 1u
/* The commit fails with 42 INVALID_REQUEST unless the key has this value (data NULL: doesn't
 * exist). */
#define FLUXMQ_METADATA_EXPECT 2u

typedef struct fluxmq_metadata_operation {
  uint32_t kind;
  uint32_t reserved;
  fluxmq_bytes key; /* 1 to 511 bytes */
  fluxmq_bytes value;
} fluxmq_metadata_operation;

/* Return 0 to stop. Ranges are valid during the call; it must not call the store. */
typedef int32_t (*fluxmq_metadata_visitor)(void* context, fluxmq_bytes key, fluxmq_bytes value);
typedef void (*fluxmq_metadata_done)(void* context, int16_t error);

typedef struct fluxmq_metadata_store {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* Visits the pair if there is one. May read the disk. */
  void (*get)(void* self, fluxmq_bytes key, fluxmq_metadata_visitor visitor, void* context);
  /* Visits all pairs whose key begins with `prefix`, in the order of their bytes. May read the
   * disk. */
  void (*scan)(void* self, fluxmq_bytes prefix, fluxmq_metadata_visitor visitor, void* context);
  /* All or nothing, in the order of the calls; done once durable, on any thread. What the
   * operations point to is copied during the call. Commits that wait together share one sync.
   * Errors: 42, 56. */
  void (*commit)(void* self, const fluxmq_metadata_operation* operations, uint64_t count,
                 fluxmq_metadata_done done, void* context);
} fluxmq_metadata_store;

#ifdef __cplusplus
}
#endif
