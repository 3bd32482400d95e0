/* Sign-ins by way of the token file: of all processes that want the same token, one asks for it,
 * and the others find it in the file.
 *
 * A state machine that is told the time, and holds the file and its lock. It asks no endpoint and
 * sets no timer, but says when the caller shall; no call waits. While a token file cannot be used,
 * each process asks for a token of its own. */
#ifndef TL_SHARING_H
#define TL_SHARING_H

#include "identity/identity.h"
#include "identity/token_store.h"

#include <stdbool.h>
#include <stddef.h>

/* What a sign-in has to do next. */
typedef enum tl_turn {
    TL_TURN_TAKEN, /* the file had a token: the sign-in is over, well if failure.kind of the
                      identity is TL_OK, otherwise for lack of memory */
    TL_TURN_FETCH, /* ask the endpoint, then call tl_sharing_end */
    TL_TURN_WAIT   /* another process asks it: call tl_sharing_turn again at `*again` */
} tl_turn;

typedef struct tl_sharing {
    tl_token_store store;
    tl_time opened;              /* by this the age of our process counts */
    tl_time patient_until;       /* we wait for other processes until then */
    tl_time delay;               /* between the last turn and the next */
    bool writes;                 /* what we fetch belongs into the file */
    bool has_news;               /* `fault` is yet to be told */
    char fault[TL_MESSAGE_SIZE]; /* the last one that there was, or "" */
} tl_sharing;

/* Off, until it is opened. */
void tl_sharing_init(tl_sharing *sharing, const tl_allocator *allocator);

/* Gives up the lock. */
void tl_sharing_free(tl_sharing *sharing);

/* Shares the identity's tokens by files in `folder`, which need not exist. They are shared with all
 * who send the same sign-in. False without memory. */
bool tl_sharing_open(tl_sharing *sharing, const char *folder, const tl_identity *identity,
                     tl_time now);

bool tl_sharing_is_on(const tl_sharing *sharing);

/* Begins a sign-in: it has called tl_identity_fetching, and tl_sharing_turn is to be called now.
 * False: there shall be none now, because the token still serves and our process is so young that
 * it may well end before the new one is there. */
bool tl_sharing_begin(tl_sharing *sharing, tl_identity *identity, tl_time now);

/* Looks at the file, and whether it is our turn to ask for a token. It is when nobody has the lock,
 * when the folder cannot be used, and when another process has had the lock for half of the time of
 * a sign-in (identity->timeout) or a little longer: that one may be stopped. */
tl_turn tl_sharing_turn(tl_sharing *sharing, tl_identity *identity, tl_time now, tl_time *again);

/* The fetch is over. `token`: what it got and what has been granted to the identity; NULL: nothing.
 * Writes the file and gives up the lock. Does nothing unless the last turn was TL_TURN_FETCH. */
void tl_sharing_end(tl_sharing *sharing, const tl_identity *identity, const char *token,
                    size_t length);

/* What is wrong with the token file or its folder, as "path: words"; NULL when there is nothing
 * new: each fault is told once, until there is another. Good until the next call. */
const char *tl_sharing_fault(tl_sharing *sharing);

#endif
