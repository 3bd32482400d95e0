/* Who we are, and the life of what proves it. A pure state machine: it is told the time, what the
 * endpoint of the sign-in said and what the API said, and tells whether a request may go out. It
 * sends nothing. */
#ifndef TL_IDENTITY_H
#define TL_IDENTITY_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "identity/credentials.h"
#include "identity/session.h"
#include "identity/token_store.h"
#include "net/timers.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct tl_engine tl_engine;
typedef struct tl_request tl_request;

/* A time in which something is left alone. It doubles from 1 s to 30 s each time it begins anew. */
typedef struct tl_rest {
    tl_time length, until;
} tl_rest;

/* Where the proof comes from. */
typedef enum tl_identity_kind {
    TL_FIXED,  /* it was given once, and serves for good */
    TL_ASKED,  /* the host gives a token whenever it is asked */
    TL_TOKEN,  /* an endpoint answers with a token, RFC 6749 5 */
    TL_SESSION /* an endpoint answers with cookies */
} tl_identity_kind;

/* One that signs in at an endpoint: TL_TOKEN or TL_SESSION. */
typedef struct tl_sign_in_spec {
    tl_identity_kind kind;
    const char *url;
    const char *headers; /* "Name: value" lines, each ended by a NUL */
    size_t headers_length;
    const tl_field *form;
    size_t form_count;
    const char *client_id, *client_secret; /* sent in the header; NULL: they are in the form */
    tl_time timeout;                       /* of one sign-in, its retries included */
    const char *token_folder;              /* of the token file; NULL: there is none */
} tl_sign_in_spec;

typedef enum tl_token_state {
    TL_TOKEN_READY,  /* send: the lines are there */
    TL_TOKEN_NEEDED, /* wait for a sign-in */
    TL_TOKEN_REFUSED /* fail with `failure` */
} tl_token_state;

typedef struct tl_identity {
    tl_identity_kind kind;
    tl_engine *engine; /* that it belongs to */
    tl_time adopted;   /* when it came to it */

    tl_buffer url, headers; /* of the sign-in */
    tl_buffer client;       /* its Authorization line, or empty */
    tl_buffer form;
    tl_time timeout;

    tl_buffer lines;     /* what proves it: header lines, each ended by a NUL; empty: nothing */
    tl_session session;  /* that the lines were made of */
    uint64_t generation; /* counts proofs, so that a late 401 drops only the one it was for */
    tl_time renew_at, expires_at;
    tl_time born;           /* when it came, at the latest; by that its age counts */
    bool replacement;       /* it came because the API refused the one before */
    bool found_replacement; /* so says the token file: another process got it */
    bool proven;            /* the API has accepted it */
    tl_rest replacing;      /* until its end no 401 replaces a proof */
    bool ripens;            /* the API refuses tokens that were just issued */
    tl_time serves_from;    /* so this one waits until then; 0: it does not */

    bool signing_in;
    tl_request *fetch; /* that signs in, or NULL: the host is asked, or we wait for our turn */
    tl_time fetch_started;
    tl_link waiters; /* requests, by their `queue` */
    tl_link all;     /* in the engine's list of identities */
    tl_link queue;   /* in the engine's list of those to be asked for */

    tl_token_store store; /* what other processes share with us, when it is on */
    tl_timer turn;        /* when to try for the store's lock again; the engine's */
    tl_time turn_delay;
    char noted_fault[TL_MESSAGE_SIZE]; /* of the store, that the host has heard of */

    tl_error failure; /* of the last sign-in; TL_OK after a grant */
    tl_rest rest;     /* of the endpoint, after a failure */
} tl_identity;

/* Each is NULL without memory. */
tl_identity *tl_identity_new_basic(const tl_allocator *allocator, const char *user,
                                   const char *password);
/* The token fits a header. */
tl_identity *tl_identity_new_bearer(const tl_allocator *allocator, const char *token);
tl_identity *tl_identity_new_asked(const tl_allocator *allocator);
tl_identity *tl_identity_new_signing_in(const tl_allocator *allocator, const tl_sign_in_spec *spec);

/* No request may wait for it or be its fetch. */
void tl_identity_free(const tl_allocator *allocator, tl_identity *identity);

/* What it waits for, in a word. */
const char *tl_identity_sought(const tl_identity *identity);

/* What a request that starts now has to do. */
tl_token_state tl_identity_state(const tl_identity *identity, tl_time now);

/* Whether a sign-in should be started now: one is needed or due early, none is under way, and the
 * endpoint is not to be left alone. */
bool tl_identity_wants_fetch(const tl_identity *identity, tl_time now);

/* The sign-in went out (or goes out again). A token's life counts from here, since the server's
 * count begins somewhere between this and the answer. `fetch`: NULL when there is none. */
void tl_identity_fetching(tl_identity *identity, tl_request *fetch, tl_time now);

/* How long before the end of its life a token is renewed. */
tl_time tl_identity_early(tl_time life);

/* There is a token that lives `life` seconds; anything but a positive number that makes sense:
 * until a 401. False, with `failure` set as by tl_identity_refuse, when no header can carry it or
 * there is no memory. Either way the sign-in is over. */
bool tl_identity_grant(tl_identity *identity, const char *token, size_t length, double life,
                       tl_time now);

/* The same for a session: what the header block sets serves until a 401. */
bool tl_identity_admit(tl_identity *identity, const tl_buffer *headers, tl_time now);

/* The sign-in failed. `rest`: leave the endpoint alone for 1 s, doubling to 30 s; when it was a
 * refusal, requests without a proof fail with it meanwhile. */
void tl_identity_refuse(tl_identity *identity, const tl_error *error, bool rest, tl_time now);

/* Whether an error means that the endpoint would say the same again. */
bool tl_identity_is_refusal(tl_error_kind kind);

/* An answer came for a request that carried proof number `generation`: a session takes from its
 * header block what it is to send from now on. */
void tl_identity_observe(tl_identity *identity, uint64_t generation, const tl_buffer *headers);

/* Such an answer shows that the API has accepted the proof. `replayed`: the request had met a 401
 * before, so that replacing the proof has helped. */
void tl_identity_accepted(tl_identity *identity, uint64_t generation, bool replayed);

/* A 401 came for such a request. True when it may go out once more: then the proof, if it is still
 * there, is dropped, and a token is not taken from the store again. But one that another process
 * has just fetched for that reason is kept until it is ripe.
 *
 * After a 401 that a replacement did not cure, the proof is kept for 1 s, doubling to 30 s: the
 * next replacement would most likely be refused too, and one operation that always gets a 401 would
 * cost all others their good token each time. */
bool tl_identity_refused(tl_identity *identity, uint64_t generation, bool replayed, tl_time now);

#endif
