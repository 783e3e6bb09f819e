/* Segments: ranges of memory or of a file that are on their way to a socket. */
#pragma once
#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_SEGMENT_MEMORY 0u
#define FLUXMQ_SEGMENT_FILE 1u

/* Each segment carries a lease on what it points to. Who receives a segment owns the lease and
 * calls `release(release_context)` exactly once, on any thread, when the bytes aren't needed any
 * more. With release == NULL there is no lease: the receiver copies memory (or duplicates the
 * descriptor) during the call. */
typedef struct fluxmq_segment {
  uint32_t kind;
  int32_t fd;          /* FILE: open for reading; not closed by the receiver */
  const uint8_t* data; /* MEMORY */
  uint64_t offset;     /* FILE: where the range begins, bytes */
  uint64_t length;     /* bytes */
  void (*release)(void* release_context);
  void* release_context;
} fluxmq_segment;

#ifdef __cplusplus
}
#endif
