/* "fluxmq.sasl_mechanism/1": one SASL mechanism, such as PLAIN. Each provider is one mechanism. */
#pragma once
#include "api_handler.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_SASL_MECHANISM "fluxmq.sasl_mechanism/1"

typedef struct fluxmq_sasl_exchange fluxmq_sasl_exchange; /* the provider's own */

typedef struct fluxmq_sasl_answer {
  uint32_t size;
  int16_t error;               /* 0, or 58 SASL_AUTHENTICATION_FAILED */
  int16_t is_complete;         /* 1: the client is authenticated as `principal` */
  fluxmq_bytes token;          /* to the client; valid until the next step or close */
  fluxmq_string principal;     /* "User:alice"; valid likewise */
  fluxmq_string error_message; /* valid likewise */
  int64_t session_lifetime_ms; /* 0: no limit (KIP-368) */
} fluxmq_sasl_answer;

typedef void (*fluxmq_sasl_step_done)(void* context, const fluxmq_sasl_answer* answer);

typedef struct fluxmq_sasl_mechanism {
  uint32_t size;
  uint32_t reserved;
  void* self;
  const char* mechanism; /* "PLAIN", "SCRAM-SHA-256", … */
  fluxmq_sasl_exchange* (*open)(void* self, const fluxmq_session* session);
  /* One token of the client; slow work (key stretching) is done elsewhere, `done` called later. */
  void (*step)(void* self, fluxmq_sasl_exchange* exchange, fluxmq_bytes token,
               fluxmq_sasl_step_done done, void* context);
  void (*close)(void* self, fluxmq_sasl_exchange* exchange);
} fluxmq_sasl_mechanism;

#ifdef __cplusplus
}
#endif
