/* Where the core's own memory comes from: one function with the signature of lua_Alloc, so that a
 * host's limits hold for the core as well. libcurl's memory is its own. */
#ifndef TL_ALLOCATOR_H
#define TL_ALLOCATOR_H

#include <stddef.h>

/* Frees `block` when new_size is 0; otherwise gives a block of new_size bytes that holds what
 * `block` (old_size bytes, or NULL) held, or NULL when there is no memory. */
typedef void *(*tl_allocate)(void *context, void *block, size_t old_size, size_t new_size);

typedef struct tl_allocator {
    tl_allocate allocate;
    void *context;
} tl_allocator;

/* Zeroed memory, or NULL. */
void *tl_allocator_new(const tl_allocator *allocator, size_t size);

/* `size` is what tl_allocator_new was asked for; `block` may be NULL. */
void tl_allocator_free(const tl_allocator *allocator, void *block, size_t size);

#endif
