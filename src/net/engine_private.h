/* What the files of the engine share: lifetime.c (its beginning and end), engine.c (the loop),
 * attempt.c (one attempt on the wire), handle.c (libcurl's part in it), outcome.c (what came of
 * it), signin.c (waiting for and fetching what proves who we are), sharing.c (the same by way of
 * the token file). */
#ifndef TL_ENGINE_PRIVATE_H
#define TL_ENGINE_PRIVATE_H

#include "net/engine.h"
#include "net/poller.h"
#include "net/retry.h"
#include "net/sockets.h"

#include <sys/types.h>

enum { TL_IDLE_HANDLES = 16 };

struct tl_engine {
    tl_allocator allocator;
    pid_t owner;
    CURLM *multi;
    tl_poller poller;
    bool poller_failed; /* it refused a socket: see `unwatched` of the requests */
    bool has_host;      /* somebody else waits on the descriptor */
    tl_timers timers;
    tl_timer curl_timer;
    tl_time driven_until; /* the end of the last step or wait */
    tl_sockets sockets;
    tl_link requests;            /* all there are, by `all` */
    tl_link identities;          /* by `all` */
    tl_link finished;            /* to be taken, by `queue` */
    tl_link fetched;             /* sign-ins to be settled, by `queue` */
    tl_link asking;              /* identities that wait for the host, by `queue` */
    CURL *idle[TL_IDLE_HANDLES]; /* handles that were used before */
    size_t idle_count;
    size_t most_idle;
    long handles; /* that there are, the idle ones included */
    long most_handles;
    int most_attempts;
    tl_transport transport;
    tl_traces traces;
    uint64_t random;
};

/* engine.c */

/* Ends the request with what request->error says. */
void tl_engine_finish(tl_request *request);

/* Timers or finished requests have changed. */
void tl_engine_changed(tl_engine *engine);

/* handle.c */

/* How many handles an engine keeps for other requests, by the libcurl that is running. To be asked
 * once: libcurl writes its version anew for each question, where other threads may read it. */
size_t tl_handle_most_idle(void);

/* A handle that no request has. NULL with `code` set when libcurl refuses to make one. */
CURL *tl_handle_take(tl_engine *engine, CURLcode *code);

/* Sets the handle to what the request sends, and to call back for it. */
CURLcode tl_handle_set(CURL *easy, tl_request *request);

/* Unpacks the body of an answer that has come to its end; gives what it is worth then. */
CURLcode tl_handle_unpack(tl_request *request);

/* The handle has left the multi. `reusable`: it came to a regular end. */
void tl_handle_give_back(tl_engine *engine, CURL *easy, bool reusable);

/* attempt.c */

/* Puts the request on the wire, or finishes it when that can't be done. `credentials` are
 * header lines, each ended by a NUL; or NULL. */
void tl_attempt_send(tl_request *request, const tl_buffer *credentials);

/* The attempt is over, because libcurl is done with it (`code`) or because we end it: then
 * request->error says why. Finishes the request, or sees to its next attempt. */
void tl_attempt_done(tl_request *request, CURLcode code);

/* Takes the request from libcurl. `reusable`: the handle came to a regular end. */
void tl_attempt_recall(tl_request *request, bool reusable);

/* outcome.c */

/* How long libcurl has been looking up the host name and connecting; 0 while it lets the request
 * wait in a queue of its own: for one of max_connections, or for a connection that others are
 * making and that it may join. */
tl_time tl_outcome_connecting(const tl_request *request);

/* How far the request on the wire has come, in words. */
void tl_outcome_describe(const tl_request *request, char *text, size_t size);

/* Notes status and Retry-After, and gives the facts of the attempt. */
void tl_outcome_read(tl_request *request, CURLcode code, tl_attempt *attempt);

/* Sets request->error when the attempt has come to no answer, unless it is set already. */
void tl_outcome_explain(tl_request *request, const tl_attempt *attempt);

/* signin.c */

/* Sends the request with its identity's proof, or lets it wait for one. */
void tl_signin_send(tl_request *request);

/* Puts a sign-in on the wire. False without memory. */
bool tl_signin_fetch(tl_identity *identity);

/* The sign-in is over, for better or worse, and `fetch` was the request that did it, or NULL: who
 * waited goes on. */
void tl_signin_end(tl_identity *identity, tl_request *fetch, bool granted);

/* Lets those who wait for a sign-in that failed know. */
void tl_signin_settle(tl_engine *engine);

/* sharing.c: for identities whose store is on */

/* Begins a sign-in: a token from the file, our turn to fetch one, or a place in the queue. */
void tl_sharing_begin(tl_identity *identity);

/* Tries again. */
void tl_sharing_on_turn(tl_timer *timer);

/* The sign-in that was ours is over: others get its token. NULL: there is none. */
void tl_sharing_end(tl_identity *identity, const char *token, size_t length);

#endif
