#include "test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before each block, and as long as keeps it aligned. */
typedef union header {
    size_t size;
    max_align_t alignment;
} header;

static void give_back(test_memory *memory, char *block, size_t told)
{
    header *start = (header *)(void *)block - 1;
    size_t size = start->size, i = 0;
    memory->lies += size != told;
    while (i < size && block[i] == '\0')
        i++;
    memory->unwiped += i < size;
    memory->live--;
    free(start);
}

static char *give(test_memory *memory, size_t size)
{
    memory->asked++;
    if (memory->fail_at > 0 &&
        (memory->fail_after ? memory->asked >= memory->fail_at : memory->asked == memory->fail_at))
        return NULL;
    header *start = malloc(sizeof *start + size);
    if (!start)
        return NULL;
    start->size = size;
    memory->live++;
    return memset(start + 1, 0xAA, size); /* nobody may count on zeros */
}

/* A block that grows always moves, so that what is left behind is looked at too. */
static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    char *moved = NULL;
    if (new_size > 0) {
        moved = give(context, new_size);
        if (!moved)
            return NULL;
        if (block)
            memcpy(moved, block, old_size < new_size ? old_size : new_size);
    }
    if (block)
        give_back(context, block, old_size);
    return moved;
}

tl_allocator test_allocator(test_memory *memory)
{
    return (tl_allocator){.allocate = allocate, .context = memory};
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts, (void)kind, (void)place;
    return remove(path);
}

void test_remove_folder(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
