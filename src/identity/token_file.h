/* What is in a token file: a token, whose it is, and how old it is by clocks that processes share.
 */
#ifndef TL_TOKEN_FILE_H
#define TL_TOKEN_FILE_H

#include "base/buffer.h"
#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>

/* The clocks that two processes can compare: that of the boot when it is the same boot, and the
 * wall's, which somebody may set. */
typedef struct tl_clocks {
    char boot_id[40]; /* "" when the system does not say */
    tl_time boot, wall;
} tl_clocks;

typedef struct tl_token_facts {
    const char *token;
    tl_time age;      /* since it was asked for */
    tl_time life;     /* counted from there; 0: until the API refuses it */
    bool replacement; /* it was asked for because the API refused the one before */
} tl_token_facts;

tl_clocks tl_clocks_now(void);

/* Appends the content of a file: a token of `sign_in` that was asked for at `asked` (boot clock).
 * False without memory. */
bool tl_token_file_print(tl_buffer *content, const char *sign_in, const char *token, size_t length,
                         tl_time asked, tl_time life, bool replacement, const tl_clocks *now);

/* Reads such a content, which it cuts into pieces: the token is part of it. Gives what is wrong, or
 * NULL. */
const char *tl_token_file_read(tl_buffer *content, const char *sign_in, const tl_clocks *now,
                               tl_token_facts *facts);

#endif
