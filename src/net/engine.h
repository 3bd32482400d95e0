/* One curl_multi and one pollable descriptor: starts requests, moves them on, hands back the
 * finished ones. It never waits, but in tl_engine_block, and never calls anything above it.
 *
 * A host drives it so: when tl_engine_fd is readable or tl_engine_timeout is over, call
 * tl_engine_step; then settle each identity of tl_engine_answered and tl_engine_asked, then take
 * each finished request. Start a request at any time in between. */
#ifndef TL_ENGINE_H
#define TL_ENGINE_H

#include "identity/identity.h"
#include "net/request.h"
#include "net/trace.h"
#include "net/transport.h"

#include <stdint.h>

typedef struct tl_engine_options {
    tl_allocator allocator;
    tl_transport_options transport;
    int most_attempts; /* of one request, at least 1 */
    bool trace;        /* keeps what each attempt was like */
    uint64_t seed;     /* of the jitter; not 0 */
} tl_engine_options;

/* NULL with `error` set. */
tl_engine *tl_engine_new(const tl_engine_options *options, tl_error *error);

/* Ends and frees everything, requests and identities included. In a child after fork it only closes
 * descriptors. */
void tl_engine_free(tl_engine *engine);

/* False in a child after fork, where nothing but tl_engine_free may be called. */
bool tl_engine_is_ours(const tl_engine *engine);

/* What an identity for the engine is to be made with. */
const tl_allocator *tl_engine_allocator(const tl_engine *engine);

/* From now on the identity lives as long as the engine. NULL, for want of memory, passes through.
 */
tl_identity *tl_engine_adopt(tl_engine *engine, tl_identity *identity);

/* NULL when there is no memory. What goes wrong later shows when the request is finished, which may
 * be at once. */
tl_request *tl_engine_start(tl_engine *engine, const tl_request_spec *spec);

/* A timer that is taken like a request when the time is over. NULL when there is no memory. */
tl_pause *tl_engine_pause(tl_engine *engine, tl_time time);

/* Ends the pause, whether it is over or not, and frees it. */
void tl_engine_end_pause(tl_pause *pause);

/* Ends the request in whatever state it is, and frees it. Gives what is known of a write that had
 * gone out. */
tl_outcome tl_engine_cancel(tl_request *request);

/* The descriptor; from the first call on it also becomes readable when a deadline or a back-off is
 * over. -1 when the system refuses. */
int tl_engine_fd(tl_engine *engine);

/* There is no host any more that waits on the descriptor: its timer is disarmed. tl_engine_fd begins
 * anew. */
void tl_engine_idle(tl_engine *engine);

/* Requests (fetches of tokens too), pauses and turns of the token file that are not finished. */
size_t tl_engine_in_flight(const tl_engine *engine);

/* Time until tl_engine_step has something to do by itself; TL_NEVER when nothing. */
tl_time tl_engine_timeout(const tl_engine *engine);

/* Does what can be done without waiting. */
void tl_engine_step(tl_engine *engine);

/* Waits on the descriptor until there is something to do. False when a signal came first. */
bool tl_engine_block(tl_engine *engine);

/* The next request or pause that is finished, once; NULL when none is. */
tl_awaited *tl_engine_take(tl_engine *engine);

/* An identity whose endpoint has answered: read identity->fetch, then call one of the three below.
 * NULL when there is none. */
tl_identity *tl_engine_answered(tl_engine *engine);

/* An identity that waits for the host to give it a token, once for each time it waits: get one,
 * then call tl_engine_grant or tl_engine_refuse. NULL when there is none. */
tl_identity *tl_engine_asked(tl_engine *engine);

/* Whether tl_engine_asked has one to give. */
bool tl_engine_is_asking(const tl_engine *engine);

/* There is a token that lives `life` seconds (0: unknown): whoever waits goes on. */
void tl_engine_grant(tl_identity *identity, const char *token, size_t length, double life);

/* The same for a session: the answer is a success, and its cookies are taken. */
void tl_engine_admit(tl_identity *identity);

/* There is none: whoever waits fails with `error`. `rest`: see tl_identity_refuse. */
void tl_engine_refuse(tl_identity *identity, const tl_error *error, bool rest);

/* What the oldest attempt was like that is not dropped yet, when `trace` is on; or NULL. */
tl_trace *tl_engine_traced(const tl_engine *engine);
void tl_engine_drop_trace(tl_engine *engine);

#endif
