/* What the kernel offers every plugin: interfaces of others, log, config, executors, timers,
 * metrics. */
#pragma once
#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_LOG_TRACE 0u
#define FLUXMQ_LOG_DEBUG 1u
#define FLUXMQ_LOG_INFO 2u
#define FLUXMQ_LOG_WARN 3u
#define FLUXMQ_LOG_ERROR 4u

/* Only as a least level: nothing is logged. */
#define FLUXMQ_LOG_OFF 5u
/* For set_log_level: that of the root. */
#define FLUXMQ_LOG_INHERITED UINT32_MAX

#define FLUXMQ_NO_LOOP UINT32_MAX

/* An address that clients are told to connect to (advertised.listeners). Borrowed from the kernel
 * for the life of the process. */
typedef struct fluxmq_listener {
  fluxmq_string name;              /* "PLAINTEXT", "INTERNAL", … */
  fluxmq_string security_protocol; /* PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL */
  fluxmq_string advertised_host;
  int32_t advertised_port;
} fluxmq_listener;

/* An API that the broker serves, as ApiVersions tells it. */
typedef struct fluxmq_served_api {
  int16_t api_key;
  int16_t min_version;
  int16_t max_version;
} fluxmq_served_api;

typedef void (*fluxmq_task)(void* context);

/* A declared config key, and what it was set to. */
typedef struct fluxmq_config_info {
  uint32_t size;
  uint32_t type;   /* FLUXMQ_CONFIG_STRING, … of plugin.h */
  uint32_t flags;  /* FLUXMQ_CONFIG_DYNAMIC of plugin.h */
  uint32_t is_set; /* 1: by the operator, in a file or on the command line */
  int64_t minimum; /* of numbers; minimum == maximum == 0: no range */
  int64_t maximum;
  fluxmq_string name;
  fluxmq_string value; /* the operator's, else the default; a dynamic value is not looked at */
  fluxmq_string default_value;
  fluxmq_string valid_values; /* "a,b,c"; empty: any */
  fluxmq_string documentation;
} fluxmq_config_info;
typedef void (*fluxmq_config_info_visitor)(void* context, const fluxmq_config_info* key);

typedef struct fluxmq_dynamic_config {
  fluxmq_string name;
  fluxmq_string value;
} fluxmq_dynamic_config;

typedef void (*fluxmq_logger_visitor)(void* context, fluxmq_string name, uint32_t level);

/* "fluxmq.host/1" */
typedef struct fluxmq_host {
  uint32_t size;
  uint32_t reserved;
  void* self;

  /* The table of the index-th enabled provider of an interface, or NULL. Providers of the
   * interfaces that a plugin `requires` are created before it. Valid until this plugin is
   * destroyed. */
  const void* (*find_interface)(void* self, const char* interface_id, uint32_t index);

  /* `create` of a plugin that can't start says why, in one line, and returns NULL. */
  void (*report_failure)(void* self, fluxmq_string reason);

  /* One line an event; the kernel adds time, level and the plugin's name. */
  int32_t (*log_enabled)(void* self, uint32_t level);
  void (*log)(void* self, uint32_t level, fluxmq_string message);

  /* The value of a config key that this plugin, the kernel or another plugin declares: the dynamic
   * one, else the operator's, else the default. Checked against the key's type and range. Data is
   * NULL for a key that nobody declares. Valid until the plugin is destroyed. */
  fluxmq_string (*config)(void* self, const char* key);
  /* 1 if the operator set the key (file or command line), 0 if the value is the default. */
  int32_t (*config_is_set)(void* self, const char* key);

  /* Event loops, one a core, numbered from 0. A task must not block. */
  uint32_t (*loop_count)(void* self);
  /* The loop whose thread is calling, or FLUXMQ_NO_LOOP. */
  uint32_t (*current_loop)(void* self);
  void (*post)(void* self, uint32_t loop, fluxmq_task task, void* context);
  /* Runs `task` at the end of the current turn of the calling loop, after all requests that arrived
   * together were handed to their handlers and before their answers are written: the place for work
   * that requests share. On another thread it is posted to a loop. */
  void (*defer)(void* self, fluxmq_task task, void* context);
  /* A small pool of threads for work that blocks: fsync, recovery, deletes. */
  void (*post_blocking)(void* self, fluxmq_task task, void* context);

  /* Runs `task` once on an event loop (the calling one, if any) after `delay_ms`. The id is never
   * 0. */
  uint64_t (*start_timer)(void* self, int64_t delay_ms, fluxmq_task task, void* context);
  /* 1: the task won't run. 0: it ran, is running, or never was. */
  int32_t (*cancel_timer)(void* self, uint64_t timer_id);

  /* A counter for operators, made at its first use; `labels` is "" or `name="value",…`. The cell
   * lives as long as the process; add with an atomic. */
  int64_t* (*counter)(void* self, fluxmq_string name, fluxmq_string labels,
                      fluxmq_string documentation);

  /* What the enabled plugins serve, ordered by key. Complete once all plugins are created. Returns
   * how many there are; writes at most `capacity`. */
  uint32_t (*served_apis)(void* self, fluxmq_served_api* apis, uint32_t capacity);
  /* Listeners in the order of `listeners`. Ports are known once the broker listens, which is before
   * the first request. Returns how many there are; writes at most `capacity`. */
  uint32_t (*listeners)(void* self, fluxmq_listener* listeners, uint32_t capacity);

  /* From here on: of SDK minor 1. Check `size`. */

  /* All keys that the kernel and the enabled plugins declare, by name. */
  void (*visit_configs)(void* self, fluxmq_config_info_visitor visitor, void* context);
  /* For the plugin that keeps the dynamic values: these are in use from now on, in the place of
   * those before. Names are of dynamic keys, values were checked. Returns once all who asked for it
   * were told. One call at a time. */
  void (*set_dynamic_configs)(void* self, const fluxmq_dynamic_config* configs, uint64_t count);
  /* Calls `task` after each change of dynamic values, on any thread, until the plugin's stop. It
   * must not block, nor set values. */
  void (*on_config_change)(void* self, fluxmq_task task, void* context);

  /* Who logs: "root" and each component, with the least level that is logged. */
  void (*visit_loggers)(void* self, fluxmq_logger_visitor visitor, void* context);
  /* 0: there is no such logger. Lasts until the process ends or the levels are read again
   * (SIGHUP). */
  int32_t (*set_log_level)(void* self, fluxmq_string name, uint32_t level);
} fluxmq_host;

#ifdef __cplusplus
}
#endif
