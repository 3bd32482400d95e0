/* The token file on the disk, one for each sign-in: all processes that sign in the same way share
 * it. With it goes a lock, so that one of them asks for a token while the others wait for the file.
 * Only files are dealt with here, and no call waits; sharing.c decides who asks when. */
#ifndef TL_TOKEN_STORE_H
#define TL_TOKEN_STORE_H

#include "base/buffer.h"
#include "base/sha256.h"
#include "identity/own_folder.h"
#include "identity/token_file.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct tl_token_store {
    tl_buffer path;              /* of the folder */
    char name[TL_SHA256_HEX];    /* of the sign-in: so the files' names begin. "": no token file */
    uid_t owner;                 /* who all files must belong to */
    int lock;                    /* the descriptor that holds the lock, or -1 */
    pid_t holder;                /* the process that locked it: a child has the descriptor too */
    char fault[TL_MESSAGE_SIZE]; /* of the last call, as "path: words"; "": nothing was wrong */
} tl_token_store;

/* A token from the file. */
typedef struct tl_stored_token {
    tl_buffer token;
    tl_time age, life; /* as in tl_token_facts */
    bool replacement;
} tl_stored_token;

typedef enum tl_token_look {
    TL_LOOK_NOTHING, /* no token, or none of use; `fault` says whether something is wrong */
    TL_LOOK_REFUSED, /* the one that the API has refused us */
    TL_LOOK_LIVE
} tl_token_look;

/* Until tl_token_store_open there is no token file, and only is_on, unlock and free may
 * be called. */
void tl_token_store_init(tl_token_store *store, const tl_allocator *allocator);

/* Gives up the lock. */
void tl_token_store_free(tl_token_store *store);

/* `parts` are all that decides which token one gets, secrets included; the files' names are a hash
 * of them. No file is touched yet. False without memory. */
bool tl_token_store_open(tl_token_store *store, const char *folder, const tl_buffer *const *parts,
                         size_t count);

bool tl_token_store_is_on(const tl_token_store *store);

/* Reads the file. `refused`: the SHA-256 of a token that is not to be taken, or NULL. LIVE fills
 * `stored`. Free its token in any case. */
tl_token_look tl_token_store_look(tl_token_store *store, const unsigned char *refused,
                                  const tl_clocks *now, tl_stored_token *stored);

/* Tries to get the lock; OK, BUSY, or FAULT: then the folder can't be used at present. The lock
 * ends with the process, however that ends. */
tl_folder_status tl_token_store_lock(tl_token_store *store);

/* Harmless without the lock. */
void tl_token_store_unlock(tl_token_store *store);

/* Puts a token into the file; the arguments are those of tl_token_file_print. Needs no lock: when
 * another process is writing at the same moment, its token stays, which is as good. False with
 * `fault` set. */
bool tl_token_store_write(tl_token_store *store, const char *token, size_t length, tl_time life,
                          bool replacement, const tl_clocks *asked);

/* Removes the token for all. Only with the lock: without it another process may have put a newer
 * one there since the look. */
void tl_token_store_remove(tl_token_store *store);

#endif
