/* A folder whose files are ours alone: nobody else can have written what is read there, and nobody
 * else can read what is written. Nothing here waits, and no symlink is followed. */
#ifndef TL_OWN_FOLDER_H
#define TL_OWN_FOLDER_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

typedef struct tl_own_folder {
    const char *path;            /* does not end in a slash, dot or dots */
    uid_t owner;                 /* of it and of all in it */
    int fd;                      /* -1: closed */
    char fault[TL_MESSAGE_SIZE]; /* the last one, in words with the path; "" when there was none */
} tl_own_folder;

typedef enum tl_folder_status {
    TL_FOLDER_OK,
    TL_FOLDER_MISSING, /* there is no such file or folder */
    TL_FOLDER_BUSY,    /* somebody else has the lock */
    TL_FOLDER_FAULT
} tl_folder_status;

/* `create`: makes the folder, and what leads to it, when it is missing. An empty one that others
 * can read is closed to them; any other is a fault. */
tl_folder_status tl_own_folder_open(tl_own_folder *folder, bool create);
void tl_own_folder_close(tl_own_folder *folder);

/* Appends a file's bytes; one that is larger than the buffer may grow is a fault. */
tl_folder_status tl_own_folder_read(tl_own_folder *folder, const char *name, tl_buffer *to);

/* Locks a file, which is made when it is missing, so that no other process or engine can. `fd` is
 * what holds the lock. When it is busy, `facts` are those of the file; the next holder changes
 * them. */
tl_folder_status tl_own_folder_lock(tl_own_folder *folder, const char *name, int *fd,
                                    struct stat *facts);

/* Puts a file with these bytes in place of the one called `name`, in one instant. It is written as
 * `aside` first. Not brought to the disk: that takes long, and what a crash leaves behind must be
 * seen to be cut anyway. */
tl_folder_status tl_own_folder_replace(tl_own_folder *folder, const char *name, const char *aside,
                                       const tl_buffer *content);

void tl_own_folder_remove(tl_own_folder *folder, const char *name);

/* Whether both are of one file that nobody has locked or changed in between. */
bool tl_own_folder_same(const struct stat *one, const struct stat *other);

/* Whether the name still stands for the file with these facts. */
bool tl_own_folder_still_has(const tl_own_folder *folder, const char *name,
                             const struct stat *facts);

/* Says what is wrong with a file or, when `name` is "", with the folder. */
tl_folder_status tl_own_folder_blame(tl_own_folder *folder, const char *name, const char *what);

#endif
