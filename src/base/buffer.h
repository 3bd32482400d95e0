/* Bytes with a hard cap. The content is always followed by a NUL, so text can be handed to C. */
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
    char *data; /* NULL until the first append */
    size_t length;
    size_t capacity;
    size_t limit;
    bool secret; /* every copy that is given up is wiped first */
} tl_buffer;

void tl_buffer_init(tl_buffer *buffer, const tl_allocator *allocator, size_t limit);
void tl_buffer_init_secret(tl_buffer *buffer, const tl_allocator *allocator, size_t limit);

tl_buffer_status tl_buffer_append(tl_buffer *buffer, const char *bytes, size_t count);
tl_buffer_status tl_buffer_append_text(tl_buffer *buffer, const char *text);

/* A hint that the content will be `length` bytes long: room for them in one go instead of many. */
void tl_buffer_expect(tl_buffer *buffer, size_t length);

/* Forgets the content and keeps the memory. */
void tl_buffer_clear(tl_buffer *buffer);

/* Drops what comes after the first `length` bytes. */
void tl_buffer_truncate(tl_buffer *buffer, size_t length);

/* Gives the memory back; the buffer is empty and usable. */
void tl_buffer_free(tl_buffer *buffer);

/* The content as text, "" when empty. */
const char *tl_buffer_text(const tl_buffer *buffer);

#endif
