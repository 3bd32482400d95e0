/* A folder whose files belong to one user alone: no other user (but root) can have written what is
 * read there, or can read what is written there. Whatever is otherwise (mode, owner, a symbolic
 * link) is a fault, and is left alone. No call waits for a lock or for another process. */
#ifndef TL_OWN_FOLDER_H
#define TL_OWN_FOLDER_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

/* Set `path`, `owner` and a closed `fd`, then open it. */
typedef struct tl_own_folder {
    const char *path;            /* must not end in a slash, a dot or two dots */
    uid_t owner;                 /* who it and all that is in it must belong to */
    int fd;                      /* -1: closed */
    char fault[TL_MESSAGE_SIZE]; /* what the last FAULT was, as "path: words"; "": there was none */
} tl_own_folder;

typedef enum tl_folder_status {
    TL_FOLDER_OK,
    TL_FOLDER_MISSING, /* there is no such file or folder */
    TL_FOLDER_BUSY,    /* somebody else has the lock */
    TL_FOLDER_FAULT    /* `fault` says what is wrong */
} tl_folder_status;

/* `create`: makes the folder, and the folders that lead to it, when it is missing. When others can
 * read the folder, it gets mode 0700 if it is empty, and is a fault if it is not: somebody may need
 * to get in. One that others can write to is always a fault. OK, MISSING (unless `create`) or
 * FAULT; without OK it stays closed. */
tl_folder_status tl_own_folder_open(tl_own_folder *folder, bool create);
void tl_own_folder_close(tl_own_folder *folder);

/* Appends a file's bytes: OK, MISSING or FAULT. One that is larger than the buffer may grow is a
 * fault. */
tl_folder_status tl_own_folder_read(tl_own_folder *folder, const char *name, tl_buffer *to);

/* Locks a file, which is made when it is missing, as long as `fd` is open, so that nobody else can:
 * no other process, and nobody else in this one. OK, BUSY or FAULT; without OK, `fd` is -1. */
tl_folder_status tl_own_folder_lock(tl_own_folder *folder, const char *name, int *fd);

/* Puts a file with these bytes in place of the one called `name`: who reads it finds either the old
 * bytes or the new ones, but for a crash of the machine, which may leave any part of them, since
 * they are not forced to the disk (that would block for long). They are written to a file called
 * `aside` first, and that is locked meanwhile. BUSY, with nothing changed, when another process is
 * writing there at the same time. */
tl_folder_status tl_own_folder_replace(tl_own_folder *folder, const char *name, const char *aside,
                                       const tl_buffer *content);

/* Removes a file. What cannot be removed stays, and nobody is told. */
void tl_own_folder_remove(tl_own_folder *folder, const char *name);

/* Sets `fault` to what is wrong with a file or, when `name` is "", with the folder. Always gives
 * TL_FOLDER_FAULT. */
tl_folder_status tl_own_folder_blame(tl_own_folder *folder, const char *name, const char *what);

#endif
