/* "fluxmq.api_handler/1": serves one or more APIs of the protocol. */
#pragma once
#include "segment.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_API_HANDLER "fluxmq.api_handler/1"

/* The connection that a request came by. Owned by the kernel; valid until the request is completed.
 * Strings change only by the set_… functions below. */
typedef struct fluxmq_session {
  uint32_t size;
  int32_t peer_port;
  uint64_t connection_id; /* unique in the life of the process */
  fluxmq_string listener_name;
  fluxmq_string security_protocol;
  fluxmq_string peer_address;            /* "127.0.0.1", "::1" */
  fluxmq_string client_software_name;    /* "" until ApiVersions 3 told it (KIP-511) */
  fluxmq_string client_software_version; /* "" likewise */
  fluxmq_string principal;               /* "User:ANONYMOUS" until authenticated */
  int32_t authenticated;                 /* 1 once authentication is complete, or isn't asked for */
  int32_t reserved;
  /* A slot for whoever authenticates; released with the connection. */
  void* authentication_state;
  void (*release_authentication_state)(void* authentication_state);

  /* The setters are called by handlers, on any thread, before they complete the request. */
  void (*set_client_software)(struct fluxmq_session* session, fluxmq_string name,
                              fluxmq_string version);
  void (*set_principal)(struct fluxmq_session* session, fluxmq_string principal);
  void (*set_authentication_state)(struct fluxmq_session* session, void* state,
                                   void (*release)(void* state));
  /* After SaslHandshake 0 tokens come as frames without a request header, and are answered without
   * one. From the next frame on each frame is the whole body of a request of `api_key` with the
   * version FLUXMQ_BARE; FLUXMQ_NO_API: frames have headers again. Only before authentication. */
  void (*set_bare_api)(struct fluxmq_session* session, int16_t api_key);
} fluxmq_session;

#define FLUXMQ_NO_API (-1)
#define FLUXMQ_BARE INT16_MIN /* no version of the protocol */

#define FLUXMQ_ANSWER 0u    /* the segments are the body of the answer */
#define FLUXMQ_NO_ANSWER 1u /* Produce with acks=0 */
#define FLUXMQ_CLOSE 2u /* close the connection: the request can't be parsed, or acks=0 failed */

typedef struct fluxmq_request {
  uint32_t size;
  int16_t api_key;
  int16_t api_version;
  int32_t correlation_id;
  uint32_t reserved;
  fluxmq_string client_id;   /* may be null */
  fluxmq_mutable_bytes body; /* after the header; the handler may write in it */
  fluxmq_session* session;
  int64_t received_ms; /* when the last byte came */
  /* Completes the request: exactly once, during handle or later, on any thread, also after the
   * client has gone. The request, its body and strings are valid until then; the segments' leases
   * are the kernel's from then on. The kernel writes length and header, and answers in the order of
   * the connection's requests. */
  void (*complete)(struct fluxmq_request* request, uint32_t outcome, const fluxmq_segment* segments,
                   uint32_t segment_count);
} fluxmq_request;

/* Served before the client is authenticated on a listener that asks for it. */
#define FLUXMQ_API_BEFORE_AUTHENTICATION 1u
/* Handed over with any api_version, also ones outside of min…max: the handler answers them itself.
 */
#define FLUXMQ_API_ANY_VERSION 2u
/* Writes an answer's header as version 0 always (ApiVersions, KIP-511). */
#define FLUXMQ_API_PLAIN_RESPONSE_HEADER 4u

typedef struct fluxmq_api {
  int16_t api_key;
  int16_t min_version;            /* versions below are refused */
  int16_t max_version;            /* versions above are refused */
  int16_t advertised_min_version; /* what ApiVersions tells; ≤ min_version */
  int16_t first_flexible_version; /* header v2 in requests, v1 in answers from here on; INT16_MAX:
                                     none */
  int16_t reserved;
  uint32_t flags;
  const char* name; /* "Produce" */
  /* Called on the connection's event loop. Must not block. */
  void (*handle)(void* self, fluxmq_request* request);
} fluxmq_api;

typedef struct fluxmq_api_handler {
  uint32_t size;
  uint32_t api_size; /* sizeof(fluxmq_api) */
  void* self;
  const fluxmq_api* apis;
  uint64_t api_count;
} fluxmq_api_handler;

#ifdef __cplusplus
}
#endif
