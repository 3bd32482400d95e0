/* The room src/base has what other programs could use as it is: memory, bytes, lists, time, texts,
 * URLs, header lines, a hash; and the record in which all rooms say what went wrong. What knows
 * Lua, a request, an identity or an open connection does not belong here, nor what waits.
 *
 * This file: where the core's own memory comes from. It is one function with the signature of
 * lua_Alloc, so that a host that limits the memory of its Lua state limits the core's too. What
 * libcurl asks for by itself does not pass through here. */
#ifndef TL_ALLOCATOR_H
#define TL_ALLOCATOR_H

#include <stddef.h>

/* Frees `block` when new_size is 0; otherwise gives a block of new_size bytes that holds what
 * `block` (old_size bytes, or NULL) held, or NULL when there is no memory. */
typedef void *(*tl_allocate)(void *context, void *block, size_t old_size, size_t new_size);

typedef struct tl_allocator {
    tl_allocate allocate;
    void *context; /* what `allocate` is called with */
} tl_allocator;

/* `size` bytes, all 0, which tl_allocator_free gives back; NULL when there is no memory. */
void *tl_allocator_new(const tl_allocator *allocator, size_t size);

/* Gives a block back. `size` is what tl_allocator_new was asked for: an allocator that counts would
 * count wrong otherwise. Does nothing when `block` is NULL. */
void tl_allocator_free(const tl_allocator *allocator, void *block, size_t size);

#endif
