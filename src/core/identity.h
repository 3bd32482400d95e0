/* Who we are, and the life of a token. A pure state machine: it is told the time, what the token
 * endpoint said and what the API said, and tells whether a request may go out. It sends nothing. */
#ifndef TL_IDENTITY_H
#define TL_IDENTITY_H

#include "buffer.h"
#include "clock.h"
#include "error.h"
#include "list.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct tl_request tl_request;

typedef struct tl_oauth_spec {
    const char *url; /* the token endpoint */
    const char *client_id;
    const char *client_secret;
    const char *audience;
    tl_time timeout; /* of one token fetch, its retries included */
} tl_oauth_spec;

typedef enum tl_token_state {
    TL_TOKEN_READY,  /* send: the header is there */
    TL_TOKEN_NEEDED, /* wait for a fetch */
    TL_TOKEN_REFUSED /* fail with `failure` */
} tl_token_state;

typedef struct tl_identity {
    tl_buffer url;  /* of the token endpoint */
    tl_buffer form; /* the body of a token request, RFC 6749 4.4.2 */
    tl_time timeout;

    tl_buffer header;    /* "Authorization: Bearer …"; empty: no token */
    uint64_t generation; /* counts tokens, so that a late 401 drops only the one it was for */
    tl_time renew_at, expires_at;

    tl_request *fetch; /* the one under way, or NULL */
    tl_time fetch_started;
    tl_link waiters; /* requests, by their `queue` */
    tl_link all;     /* in the engine's list of identities */

    tl_error failure;   /* of the last fetch; TL_OK after a grant */
    tl_time rest_until; /* the endpoint is left alone until then */
    tl_time rest;       /* how long the last rest was */
} tl_identity;

/* NULL when there is no memory. */
tl_identity *tl_identity_new_oauth(const tl_allocator *allocator, const tl_oauth_spec *spec);

/* No request may wait for it or be its fetch. */
void tl_identity_free(const tl_allocator *allocator, tl_identity *identity);

/* What a request that starts now has to do. */
tl_token_state tl_identity_state(const tl_identity *identity, tl_time now);

/* Whether a fetch should be started now: one is needed or due early, none is under way, and the
 * endpoint is not to be left alone. */
bool tl_identity_wants_fetch(const tl_identity *identity, tl_time now);

/* The fetch went out (or goes out again). A token's life counts from here, since the server's count
 * begins somewhere between this and the answer. */
void tl_identity_fetching(tl_identity *identity, tl_request *fetch, tl_time now);

/* The endpoint gave a token that lives `life` microseconds; life <= 0: until a 401. False, with
 * `failure` set as by tl_identity_refuse, when no header can carry it (RFC 6750 2.1) or there is no
 * memory. Either way the fetch is over. */
bool tl_identity_grant(tl_identity *identity, const char *token, size_t length, tl_time life,
                       tl_time now);

/* The fetch failed. `rest`: leave the endpoint alone for 1 s, doubling to 30 s; when it was a
 * refusal (TL_AUTH), requests without a token fail with it meanwhile. */
void tl_identity_refuse(tl_identity *identity, const tl_error *error, bool rest, tl_time now);

/* A 401 came for a request that carried token number `generation`. */
void tl_identity_drop(tl_identity *identity, uint64_t generation);

#endif
