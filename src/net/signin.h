/* How the requests of an engine come by what proves who we are: who waits for it, and who gets it.
 * The rules are identity.c's. Nothing here sends: a sign-in that wants a request sent goes into a
 * list of the engine, and so do the requests that may go on when it is over. */
#ifndef TL_SIGNIN_H
#define TL_SIGNIN_H

#include "identity/identity.h"
#include "identity/sharing.h"
#include "net/request.h"

/* An identity that an engine uses. */
struct tl_signin {
    tl_engine *engine;
    tl_identity *identity;
    tl_sharing sharing; /* with other processes, when it is on */
    tl_timer turn;      /* when to look again whether another process has got a token */
    tl_request *fetch;  /* the request that signs in, while there is one */
    tl_link waiters;    /* requests, by `awaited.queue` */
    tl_link all;        /* in the engine's list of all */
    tl_link queue;      /* in the engine's list of those that want something, or in none */
};

/* Takes the identity over, also when it fails. `token_folder`: of the token file; NULL: there is
 * none. NULL without memory. */
tl_signin *tl_signin_new(tl_engine *engine, tl_identity *identity, const char *token_folder);

/* No request may wait for it or be its fetch. */
void tl_signin_free(tl_signin *signin);

/* What a request has to do now to get the proof that it is to carry; begins a sign-in when one is
 * due. READY: the proof is there. NEEDED: the request is in `waiters` now, and becomes ready when
 * the sign-in is over; request->error is set then if it has failed. REFUSED: there is none, see
 * identity->failure. */
tl_token_state tl_signin_prove(tl_signin *signin, tl_request *request, tl_time now);

/* Whether it waits for its turn to use the token file. */
bool tl_signin_has_turn(const tl_signin *signin);

/* What the request of a sign-in is like. */
tl_request_spec tl_signin_spec(tl_signin *signin);

/* Whether the answer to it is one to be read by whoever reads such answers, be it a success or a
 * refusal; otherwise tl_signin_fail has to be called. */
bool tl_signin_has_answer(const tl_request *fetch);

/* Each ends the sign-in: who waits for it becomes ready. `fetch` is of use to nobody then, and is
 * to be cancelled. */
void tl_signin_grant(tl_signin *signin, const char *token, size_t length, double life);
void tl_signin_admit(tl_signin *signin); /* a session: its cookies are in the answer of `fetch` */
void tl_signin_refuse(tl_signin *signin, const tl_error *error, bool rest);
void tl_signin_fail(tl_signin *signin); /* `fetch` came to no answer that could be read */

#endif
