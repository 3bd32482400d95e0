/* Who we are, and what proves it: user and password, a token, or the cookies of a session, from the
 * sign-in that gets it until the API refuses it.
 *
 * A pure state machine: it is told the time, what the endpoint of the sign-in said and what the API
 * said, and tells whether a request may go out. It sends nothing, waits for nothing and holds no
 * files: who lets requests wait and sends for tokens asks it what to do. */
#ifndef TL_IDENTITY_H
#define TL_IDENTITY_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"
#include "identity/credentials.h"
#include "identity/session.h"

#include <stdbool.h>
#include <stdint.h>

/* A time in which something is not tried again. Each one is twice as long as the one before: 1 s,
 * 2 s and so on up to 30 s. */
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

/* What is sent to sign in at an endpoint. All of it is copied. */
typedef struct tl_sign_in_spec {
    tl_identity_kind kind; /* TL_TOKEN or TL_SESSION */
    const char *url;
    const char *headers; /* "Name: value" lines, each ended by a NUL */
    size_t headers_length;
    const tl_field *form;
    size_t form_count;
    const char *client_id, *client_secret; /* sent in a header; NULL: they are in the form */
    tl_time timeout;                       /* of one sign-in, its retries included */
} tl_sign_in_spec;

typedef enum tl_token_state {
    TL_TOKEN_READY,  /* send with `lines` */
    TL_TOKEN_NEEDED, /* wait for a sign-in */
    TL_TOKEN_REFUSED /* fail with `failure` */
} tl_token_state;

/* Others read it; only the functions below change it. Times are those of tl_now. */
typedef struct tl_identity {
    tl_identity_kind kind;

    /* The sign-in: empty for TL_FIXED and TL_ASKED. */
    tl_buffer url, headers;
    tl_buffer client; /* the Authorization line of the sign-in, or empty */
    tl_buffer form;
    tl_time timeout;

    /* The proof. */
    tl_buffer lines;     /* the header lines to send, each ended by a NUL; empty: there is none */
    tl_session session;  /* what the lines were made of, for TL_SESSION */
    uint64_t generation; /* of the proof: it grows by one with each. A request notes which one it
                            carries, so that a 401 that comes late drops no newer one */
    tl_time renew_at, expires_at;
    tl_time born;           /* the proof was issued then or earlier; its age counts from here */
    bool replacement;       /* it was fetched because the API refused the one before */
    bool found_replacement; /* another process fetched it for that reason: so says the token file */
    bool proven;            /* the API has accepted it */

    /* What a 401 leads to. */
    tl_rest replacing;   /* until its end a 401 does not make us fetch another proof */
    bool ripens;         /* the API refuses tokens that are younger than a second or so */
    tl_time serves_from; /* then requests wait with the token until this time; 0: they do not */
    bool has_refused;    /* a token of ours was refused, and none was fetched since */
    unsigned char refused[TL_SHA256_SIZE]; /* its SHA-256, so that no token file gives it to us */

    /* The latest sign-in. */
    bool signing_in;
    tl_time fetch_started; /* when it was sent, the last time */
    tl_error failure;      /* how it failed; TL_OK after a success */
    tl_rest rest;          /* until its end no token is renewed; see tl_identity_refuse */
} tl_identity;

/* Makes one without a proof (asked, signing_in), or with one that serves for good. NULL without
 * memory. The token of a bearer must pass tl_credentials_fit_a_header. */
tl_identity *tl_identity_new_basic(const tl_allocator *allocator, const char *user,
                                   const char *password);
tl_identity *tl_identity_new_bearer(const tl_allocator *allocator, const char *token);
tl_identity *tl_identity_new_asked(const tl_allocator *allocator);
tl_identity *tl_identity_new_signing_in(const tl_allocator *allocator, const tl_sign_in_spec *spec);

/* Nobody may use it any more. */
void tl_identity_free(const tl_allocator *allocator, tl_identity *identity);

/* What a sign-in gets, as a word for messages: "token" or "session". */
const char *tl_identity_sought(const tl_identity *identity);

/* What a request that starts now has to do. */
tl_token_state tl_identity_state(const tl_identity *identity, tl_time now);

/* Whether to start a sign-in now: there is no proof that serves, or it is time to renew it; none is
 * under way; and the endpoint need not be left alone after a failure. */
bool tl_identity_wants_fetch(const tl_identity *identity, tl_time now);

/* A sign-in begins, or its request is sent (again) at `now`. A token's life counts from the latest
 * of these calls: the server counts from a moment between it and the answer, so that we never take
 * a token for younger than it is. Then signing_in is true, until a call of grant, take, admit or
 * refuse. */
void tl_identity_fetching(tl_identity *identity, tl_time now);

/* How long before the end of its life a token is renewed: 10 % of the life, at most 30 s. */
tl_time tl_identity_early(tl_time life);

/* The endpoint's answer came at `now`, or the host gave a token. It lives for `life` seconds; when
 * that is no positive number, or one beyond 30 years, until a 401. False, with `failure` set as by
 * tl_identity_refuse, when no header can carry the token or there is no memory. Either way the
 * sign-in is over. */
bool tl_identity_grant(tl_identity *identity, const char *token, size_t length, double life,
                       tl_time now);

/* The same for a token that another process asked for at `asked`. `replacement`: it did so because
 * the API refused the one before. The token fits a header. False only without memory. */
bool tl_identity_take(tl_identity *identity, const char *token, size_t length, double life,
                      tl_time asked, bool replacement);

/* The same for a session: what the answer's header block sets serves until a 401. */
bool tl_identity_admit(tl_identity *identity, const tl_buffer *headers, tl_time now);

/* The sign-in failed with `error`, which is copied. `rest`: leave the endpoint alone for 1 s, twice
 * as long after each further failure, up to 30 s. In that time a token is not renewed; and when the
 * error is a refusal (tl_identity_is_refusal), requests that have no proof fail with it at once. */
void tl_identity_refuse(tl_identity *identity, const tl_error *error, bool rest, tl_time now);

/* Whether an error means that the endpoint would say the same again if it was asked again. */
bool tl_identity_is_refusal(tl_error_kind kind);

/* An answer came for a request that carried proof number `generation`. A session takes cookies and
 * the CSRF token from its header block, and sends them from now on. */
void tl_identity_observe(tl_identity *identity, uint64_t generation, const tl_buffer *headers);

/* Such an answer was no 401: the API has accepted the proof. `replayed`: the request had met a 401
 * before and went out again, so that replacing the proof has helped. */
void tl_identity_accepted(tl_identity *identity, uint64_t generation, bool replayed);

/* A 401 came for a request with proof number `generation`. True when the request may go out once
 * more. Then that proof, if it is still the present one, has been dropped, and a token's hash is
 * kept in `refused`. One exception: a token that another process has just fetched because of a 401
 * is kept, and requests wait until it is old enough for an API whose clock is behind.
 *
 * False when a 401 came even though the proof was replaced (`replayed`, or a replacement that was
 * never accepted). Then the proof is kept for 1 s, twice as long each time, up to 30 s: the next
 * one would most likely be refused as well, and one operation that always gets a 401 would
 * otherwise take the good token from all others each time. */
bool tl_identity_refused(tl_identity *identity, uint64_t generation, bool replayed, tl_time now);

#endif
