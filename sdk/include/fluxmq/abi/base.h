/* The frozen border: what every table of the FluxMQ SDK is made of.
 *
 * Released means frozen: a table that was released never changes but by growing at its tail, and no
 * constant here changes its value. What breaks becomes a new interface id ("…/2") beside the old.
 *
 * Rules that hold for every table unless its own text says otherwise:
 *  - `size` is the size in bytes of the table as its provider compiled it. Before using a member
 * that came with a later SDK minor, the caller checks that the member lies within `size`.
 *  - `self` is passed back as the first argument of every function of the table.
 *  - Functions may be called on any thread. They don't block, unless they say so.
 *  - Byte ranges are borrowed: valid during the call only, or as long as the text says.
 *  - A `done` callback is called exactly once, during the call or later, on any thread.
 *  - No exception may cross.
 *  - Errors are Kafka's error codes (int16); times are milliseconds since the epoch (int64).
 */
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_MAGIC 0x464c5558u /* "FLUX" */
#define FLUXMQ_ABI_MAJOR 1u
#define FLUXMQ_SDK_MINOR 1u

typedef struct fluxmq_bytes {
  const uint8_t* data; /* NULL is Kafka's null, where a value may be null */
  uint64_t size;
} fluxmq_bytes;

typedef struct fluxmq_mutable_bytes {
  uint8_t* data;
  uint64_t size;
} fluxmq_mutable_bytes;

/* UTF-8, not terminated. */
typedef struct fluxmq_string {
  const char* data; /* NULL is Kafka's null, where a value may be null */
  uint64_t size;
} fluxmq_string;

typedef struct fluxmq_uuid {
  uint8_t bytes[16]; /* all zero: none */
} fluxmq_uuid;

#ifdef __cplusplus
}
#endif
