/* Two stores of the same sign-in that stand for two processes: locks belong to what is open, so
 * that two stores of one process exclude each other as well. */
#ifndef STORES_H
#define STORES_H

#include "identity/token_store.h"
#include "test.h"

#define LIFE (300 * TL_SECOND)

extern const char token[];
extern test_memory memory;
extern tl_allocator allocator;
extern tl_token_store one, two;
extern tl_clocks now;             /* of all calls below */
extern char base[64], folder[96]; /* where all is, and in it the stores' */

int stores_open(void **state);
int stores_close(void **state);

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, stores_open, stores_close)

/* Each is good until its next call. */
char *in_base(const char *name);
char *path_of(const char *ending);

void open_store(tl_token_store *store, const char *path, const char *secret);

/* The first store writes. */
void write_token(const char *text, tl_time life);

/* The second store looks: there is this token. */
void expect_token(const char *text);

/* It finds none that is of use, and blames nothing or something in these words. */
void expect_none(const char *words);

#endif
