/* The token file that processes share: one file for each sign-in, and a lock, so that only one of
 * them signs in. Only files and time: who waits for what is sharing.c's. Nothing here waits. */
#ifndef TL_TOKEN_STORE_H
#define TL_TOKEN_STORE_H

#include "base/buffer.h"
#include "base/sha256.h"
#include "identity/own_folder.h"
#include "identity/token_file.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

typedef struct tl_token_store {
    tl_buffer path;           /* of the folder */
    char name[TL_SHA256_HEX]; /* of the sign-in, and of its files; "": there is no token file */
    uid_t owner;              /* of all files */
    int lock;                 /* the descriptor that holds it, or -1 */
    pid_t holder;             /* the process that locked it: a child has the descriptor too */
    struct stat contended;    /* the lock file as another holds it */
    tl_time contended_since;
    bool has_refused;
    unsigned char refused[TL_SHA256_SIZE]; /* of the token that the API refused */
    char fault[TL_MESSAGE_SIZE];           /* of the last call, with the path; "": none */
} tl_token_store;

/* A token from the file; the other fields are as in tl_token_facts. */
typedef struct tl_stored_token {
    tl_buffer token;
    tl_time age, life;
    bool replacement;
} tl_stored_token;

typedef enum tl_token_look {
    TL_LOOK_NOTHING, /* none, or none of use; `fault` says whether something is wrong */
    TL_LOOK_REFUSED, /* the one that was refused */
    TL_LOOK_LIVE
} tl_token_look;

void tl_token_store_init(tl_token_store *store, const tl_allocator *allocator);

/* Gives up the lock. */
void tl_token_store_free(tl_token_store *store);

/* `parts` are all that decides which token one gets, secrets included. False without memory. */
bool tl_token_store_open(tl_token_store *store, const char *folder, const tl_buffer *const *parts,
                         size_t count);

bool tl_token_store_is_on(const tl_token_store *store);

/* LIVE fills `stored`; free its token. */
tl_token_look tl_token_store_look(tl_token_store *store, const tl_clocks *now,
                                  tl_stored_token *stored);

/* Tries to get the lock. On a fault the file is of no use at present. */
tl_folder_status tl_token_store_lock(tl_token_store *store, tl_time now);
bool tl_token_store_has_lock(const tl_token_store *store);
void tl_token_store_unlock(tl_token_store *store);

/* Who holds the lock is taken for lost (stopped, or a host that drives its engine no more): the
 * lock is free from now on. At most one of those who come to think so does it. */
void tl_token_store_break_lock(tl_token_store *store);

/* Puts a token into the file that was asked for at `asked` (boot clock). A refusal of another is
 * forgotten, but the file says that this one is its replacement. False with `fault` set. */
bool tl_token_store_write(tl_token_store *store, const char *token, size_t length, tl_time asked,
                          tl_time life, const tl_clocks *now);

/* The API refused this token: it is not taken from the file again. */
void tl_token_store_refuse(tl_token_store *store, const char *token, size_t length);

/* Removes the token for all. Only with the lock, so that it is still the one that was looked at. */
void tl_token_store_remove(tl_token_store *store);

#endif
