#include "base/allocator.h"

#include <string.h>

void *tl_allocator_new(const tl_allocator *allocator, size_t size)
{
    void *block = allocator->allocate(allocator->context, NULL, 0, size);
    if (block)
        memset(block, 0, size);
    return block;
}

void tl_allocator_free(const tl_allocator *allocator, void *block, size_t size)
{
    if (block)
        allocator->allocate(allocator->context, block, size, 0);
}
