/* The text of a token file: a token, which sign-in it belongs to, and when it was asked for, by
 * clocks that two processes can compare. No file is touched here. */
#ifndef TL_TOKEN_FILE_H
#define TL_TOKEN_FILE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/system.h"

#include <stdbool.h>
#include <stddef.h>

/* One moment by two clocks: the one that starts with the machine, which counts when both processes
 * live in the same boot, and the wall's, which counts otherwise, but which somebody may set. */
typedef struct tl_clocks {
    char boot_id[TL_BOOT_ID_SIZE]; /* which boot the first one started with; "" when the system does
                                      not say */
    tl_time boot, wall;
} tl_clocks;

typedef struct tl_token_facts {
    const char *token;
    tl_time age;      /* since it was asked for */
    tl_time life;     /* counted from there; 0: until the API refuses it */
    bool replacement; /* it was asked for because the API refused the one before */
} tl_token_facts;

/* What the clocks show at the time `boot` (of tl_now) of this boot, past or to come. */
tl_clocks tl_clocks_at(tl_time boot);

/* Appends the content of a file: a token of `sign_in` that was asked for at `asked`, and lives for
 * `life` from then (0: until the API refuses it). The token fits a header. False without memory. */
bool tl_token_file_print(tl_buffer *content, const char *sign_in, const char *token, size_t length,
                         tl_time life, bool replacement, const tl_clocks *asked);

/* Reads such a content, which must be that of `sign_in`. It is cut into pieces: the token in
 * `facts` is one of them, and good as long as `content` is. Gives what is wrong, in words, or NULL;
 * a token whose life is over is not wrong. */
const char *tl_token_file_read(tl_buffer *content, const char *sign_in, const tl_clocks *now,
                               tl_token_facts *facts);

#endif
