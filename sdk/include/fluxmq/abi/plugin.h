/* A plugin: a shared object that exports one symbol, `fluxmq_plugin_entry`, of type fluxmq_plugin.
 */
#pragma once
#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_CONFIG_STRING 0u
#define FLUXMQ_CONFIG_BOOLEAN 1u /* true, false */
#define FLUXMQ_CONFIG_INT 2u     /* int32 */
#define FLUXMQ_CONFIG_LONG 3u    /* int64 */
#define FLUXMQ_CONFIG_DOUBLE 4u
#define FLUXMQ_CONFIG_LIST 5u     /* strings, separated by commas */
#define FLUXMQ_CONFIG_PASSWORD 6u /* never printed */

/* May change while the broker runs (IncrementalAlterConfigs of a broker). Who declares it reads it
 * again when host.on_config_change calls. */
#define FLUXMQ_CONFIG_DYNAMIC 1u

/* A key that operators may set. Kafka's own name where Kafka has the key. */
typedef struct fluxmq_config_key {
  const char* name;
  uint32_t type;
  uint32_t flags;            /* FLUXMQ_CONFIG_DYNAMIC or 0 */
  const char* default_value; /* "" for none */
  int64_t minimum;           /* INT, LONG */
  int64_t maximum;           /* INT, LONG; minimum == maximum == 0: no range */
  const char* valid_values;  /* "a,b,c" or NULL for any */
  const char* documentation; /* sentences; the configuration page is made from them */
} fluxmq_config_key;

/* What a check found: one line. With `is_error`, the plugin could not start. */
typedef void (*fluxmq_finding)(void* context, int32_t is_error, fluxmq_string line);

/* The kernel calls create in the order of requires/provides, then listens; at the end stop, in the
 * reverse order, then destroy. All four on the main thread; stop may block while it finishes and
 * flushes, the event loops are still running then. A plugin that provides nothing but an
 * api_handler is stopped first, while requests are still being answered: what waits in it for
 * others (a long poll) is answered now, and requests that were read may come until destroy. The
 * others are stopped once all is answered, or shutdown.timeout.ms have passed. */
typedef struct fluxmq_plugin {
  uint32_t magic;           /* FLUXMQ_MAGIC */
  uint16_t abi_major;       /* FLUXMQ_ABI_MAJOR; another one is refused */
  uint16_t sdk_minor;       /* FLUXMQ_SDK_MINOR of the SDK it was built with */
  uint32_t size;            /* sizeof(fluxmq_plugin) */
  uint32_t config_key_size; /* sizeof(fluxmq_config_key) */
  const char* name;         /* as in plugins.d, e.g. "storage_local" */
  const char* version;
  const char* description;      /* one line */
  const char* const* provides;  /* interface ids, ended by NULL */
  const char* const* requires_; /* interface ids, ended by NULL; missing ones stop the broker */
  const fluxmq_config_key* config_keys;
  uint64_t config_key_count;
  /* Returns the plugin's instance; NULL, after host->report_failure, stops the broker. The host is
   * valid until destroy returns. */
  void* (*create)(const fluxmq_host* host);
  /* The table of an interface that it provides, valid until destroy; else NULL. */
  const void* (*query)(void* instance, const char* interface_id);
  void (*stop)(void* instance);
  void (*destroy)(void* instance);

  /* From SDK minor 1 on. May be NULL. For --check-config, instead of create: looks whether what the
   * configuration names is there and can be used, and changes nothing. Of the host, its config and
   * log may be called. */
  void (*check)(const fluxmq_host* host, fluxmq_finding finding, void* context);
} fluxmq_plugin;

#if defined(__GNUC__)
#define FLUXMQ_EXPORT __attribute__((visibility("default")))
#else
#define FLUXMQ_EXPORT
#endif

#ifdef __cplusplus
}
#endif
