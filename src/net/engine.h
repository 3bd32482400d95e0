/* This room sends requests and gets their answers, and knows the wire (libcurl), time and who signs
 * in; what an answer says is not its business.
 *
 * An engine is one curl_multi and one pollable descriptor. It never waits, but in tl_engine_block,
 * and never calls anything above it: whatever concerns its driver lies in a list until the driver
 * asks. A driver goes round like this:
 *
 *   wait until tl_engine_fd is readable or tl_engine_timeout is over (tl_engine_block does both);
 *   tl_engine_step;
 *   read the answer of each sign-in of tl_engine_answered, and grant, admit or refuse;
 *   get a token for each of tl_engine_asked, and grant or refuse now or later;
 *   take each request and pause that is over, until tl_engine_take gives none.
 *
 * What is left in one of these lists makes the descriptor readable again at once. A request can be
 * started at any time in between. */
#ifndef TL_ENGINE_H
#define TL_ENGINE_H

#include "net/pause.h"
#include "net/request.h"
#include "net/signin.h"
#include "net/trace.h"
#include "net/transport.h"

#include <stdint.h>

typedef struct tl_engine_options {
    tl_allocator allocator;
    tl_transport_options transport;
    int most_attempts;   /* of one request, at least 1 */
    size_t max_requests; /* on the wire at a time, those of sign-ins not counted; the others wait
                            for their turn. 0: no bound */
    bool trace;          /* keeps what each attempt was like */
    uint64_t seed;       /* of the jitter; not 0 */
} tl_engine_options;

/* NULL with `error` set. */
tl_engine *tl_engine_new(const tl_engine_options *options, tl_error *error);

/* Ends and frees everything, requests, pauses and sign-ins included. In a child after fork it only
 * closes descriptors. */
void tl_engine_free(tl_engine *engine);

/* False in a child after fork, where nothing but tl_engine_free may be called. */
bool tl_engine_is_ours(const tl_engine *engine);

/* What an identity for the engine is to be made with. */
const tl_allocator *tl_engine_allocator(const tl_engine *engine);

/* From now on the engine owns the identity, and signs in for it when a request needs that.
 * `token_folder`: where its tokens are shared with other processes; NULL: they are not. NULL
 * without memory, then the identity is gone as well; an identity that is NULL gives NULL. */
tl_signin *tl_engine_adopt(tl_engine *engine, tl_identity *identity, const char *token_folder);

/* NULL when there is no memory. What goes wrong later shows when the request is finished, which may
 * be at once. */
tl_request *tl_engine_start(tl_engine *engine, const tl_request_spec *spec);

/* Ends the request in whatever state it is, and frees it. Gives what is known of it: whether a
 * write that had gone out may have been executed. When nothing is in flight any more the descriptor
 * becomes readable, since the host would never learn otherwise that it need not wait on. */
tl_outcome tl_engine_cancel(tl_request *request);

/* A pause that is over, and can be taken, after `time`. NULL when there is no memory. */
tl_pause *tl_engine_pause(tl_engine *engine, tl_time time);

/* Has the pause be over, and to be taken, as soon as the engine moves on. */
void tl_engine_finish_pause(tl_pause *pause);

/* Frees the pause, over or not. What holds for tl_engine_cancel when nothing is in flight any more
 * holds here as well. */
void tl_engine_end_pause(tl_pause *pause);

/* How many requests and pauses are not over, requests for tokens and turns of the token file
 * included. As long as it is not 0 there is something to wait for on the descriptor. */
size_t tl_engine_in_flight(const tl_engine *engine);

/* The descriptor. Whoever asks for it is the engine's host from then on: it is also readable when a
 * deadline or a back-off is over, so that nothing else has to be waited for. -1 when the system
 * refuses. */
int tl_engine_fd(tl_engine *engine);

/* The host no longer waits on the descriptor: no timer makes it readable any more. Whoever wants to
 * wait again calls tl_engine_fd again. */
void tl_engine_idle(tl_engine *engine);

/* Time until tl_engine_step or one of the lists has something to do by itself; TL_NEVER when there
 * is nothing. */
tl_time tl_engine_timeout(const tl_engine *engine);

/* Does what can be done without waiting. */
void tl_engine_step(tl_engine *engine);

/* Waits on the descriptor until there is something to do. False when a signal came first. */
bool tl_engine_block(tl_engine *engine);

/* The request is over now, before its time: it failed as one that its caller gave up. Does nothing
 * to one that is over. */
void tl_engine_finish_request(tl_request *request);

/* The next request or pause that is over, once; NULL when there is none. It stays until it is
 * cancelled or ended. */
tl_awaited *tl_engine_take(tl_engine *engine);

/* The one that tl_engine_take gives next; NULL when there is none. */
tl_awaited *tl_engine_finished(const tl_engine *engine);

/* Has it given by tl_engine_take once more, if it is over: somebody waits for it only now. */
void tl_engine_give_again(tl_awaited *awaited);

/* A sign-in whose endpoint has answered: read signin->fetch, then call one of the three below. NULL
 * when there is none. */
tl_signin *tl_engine_answered(const tl_engine *engine);

/* A sign-in that waits for the host to give it a token, once for each time it waits: get one, then
 * call tl_engine_grant or tl_engine_refuse, as late as you like. NULL when there is none. */
tl_signin *tl_engine_asked(tl_engine *engine);

/* Whether tl_engine_asked has one to give. */
bool tl_engine_is_asking(const tl_engine *engine);

/* There is a token that lives `life` seconds (0: unknown): whoever waits goes on. */
void tl_engine_grant(tl_signin *signin, const char *token, size_t length, double life);

/* The same for a session: the answer is a success, and its cookies are taken. */
void tl_engine_admit(tl_signin *signin);

/* There is none: whoever waits fails with `error`. `rest`: see tl_identity_refuse. */
void tl_engine_refuse(tl_signin *signin, const tl_error *error, bool rest);

/* What the oldest attempt was like that is not dropped yet, when `trace` is on; or NULL. */
tl_trace *tl_engine_traced(const tl_engine *engine);
void tl_engine_drop_trace(tl_engine *engine);

#endif
