/* Bytes that grow up to a limit, so that what a server sends cannot take all memory. A NUL always
 * follows the content, so that it can be handed to C functions as text. */
#ifndef TL_BUFFER_H
#define TL_BUFFER_H

#include "base/allocator.h"

#include <stdbool.h>

typedef enum tl_buffer_status {
    TL_BUFFER_OK,
    TL_BUFFER_FULL,  /* the cap would be passed; nothing was appended */
    TL_BUFFER_MEMORY /* no memory; nothing was appended */
} tl_buffer_status;

typedef struct tl_buffer {
    const tl_allocator *allocator;
    char *data;      /* NULL until the first append */
    size_t length;   /* of the content, in bytes */
    size_t capacity; /* of `data`, the NUL included */
    size_t limit;    /* the most that `length` may be */
    bool secret; /* memory is overwritten before it is given back, or a token would stay in it */
} tl_buffer;

/* An empty buffer for at most `limit` bytes. Asks for no memory; `allocator` must stay as long as
 * the buffer is used. */
void tl_buffer_init(tl_buffer *buffer, const tl_allocator *allocator, size_t limit);

/* The same for what nobody may find in memory later, such as a token. */
void tl_buffer_init_secret(tl_buffer *buffer, const tl_allocator *allocator, size_t limit);

/* Adds `count` bytes at the end, all of them or none. */
tl_buffer_status tl_buffer_append(tl_buffer *buffer, const char *bytes, size_t count);

/* The same for a text that ends with a NUL, which is not added. */
tl_buffer_status tl_buffer_append_text(tl_buffer *buffer, const char *text);

/* Says that the content will be `length` bytes long, so that memory for all is asked for once. Does
 * nothing when that is beyond the limit or there is no memory: the append that needs it fails. */
void tl_buffer_expect(tl_buffer *buffer, size_t length);

/* Makes the buffer empty and keeps the memory for what comes next. */
void tl_buffer_clear(tl_buffer *buffer);

/* Drops what comes after the first `length` bytes; nothing when there are no more. */
void tl_buffer_truncate(tl_buffer *buffer, size_t length);

/* Gives the memory back. The buffer is empty then, and can be used again. */
void tl_buffer_free(tl_buffer *buffer);

/* The content, followed by a NUL; "" when nothing was ever appended, where `data` is NULL. Good
 * until the buffer changes. */
const char *tl_buffer_text(const tl_buffer *buffer);

#endif
