/* Where logs lie, as DescribeLogDirs tells it: a log store's, and the catalog's of its broker. */
#pragma once
#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fluxmq_log_dir {
  uint32_t size; /* set by the caller */
  int16_t error; /* 56: it is offline, or can't be asked now, and the bytes are unknown */
  int16_t reserved;
  fluxmq_string path;   /* absolute, or a word where there is no folder; valid until destroy */
  int64_t total_bytes;  /* of the volume; -1: unknown */
  int64_t usable_bytes; /* of the volume; -1: unknown */
} fluxmq_log_dir;

/* Borrowed during the call, but for the path. */
typedef void (*fluxmq_log_dir_visitor)(void* context, const fluxmq_log_dir* log_dir);

#ifdef __cplusplus
}
#endif
