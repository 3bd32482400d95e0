/* cmocka and what its header expects before it, and an allocator that keeps count. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/allocator.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Start from {0}. */
typedef struct test_memory {
    size_t live;     /* blocks given out and not yet given back */
    size_t asked;    /* how often memory was asked for */
    size_t fail_at;  /* the time of asking that gets nothing; 0: none */
    bool fail_after; /* and none after it gets any */
    size_t unwiped;  /* blocks that were given back with something in them */
    size_t lies;     /* blocks whose size was told wrong */
} test_memory;

tl_allocator test_allocator(test_memory *memory);

/* With all that is in it; a symlink is removed, not followed. */
void test_remove_folder(const char *path);

#endif
