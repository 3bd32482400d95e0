#include "stores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char token[] = "eyJ0.token";

test_memory memory;
tl_allocator allocator;
tl_token_store one, two;
tl_clocks now;
char base[64], folder[96];

char *in_base(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

char *path_of(const char *ending)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s.%s", folder, one.name, ending);
    return path;
}

void open_store(tl_token_store *store, const char *path, const char *secret)
{
    tl_buffer parts[2];
    const tl_buffer *const list[] = {&parts[0], &parts[1]};
    for (size_t i = 0; i < COUNT(parts); i++)
        tl_buffer_init(&parts[i], &allocator, SIZE_MAX);
    tl_buffer_append_text(&parts[0], "https://login.example/token");
    tl_buffer_append_text(&parts[1], secret);
    tl_token_store_init(store, &allocator);
    assert_false(tl_token_store_is_on(store));
    assert_true(tl_token_store_open(store, path, list, COUNT(list)));
    assert_true(tl_token_store_is_on(store));
    for (size_t i = 0; i < COUNT(parts); i++)
        tl_buffer_free(&parts[i]);
}

int stores_open(void **state)
{
    (void)state;
    memory = (test_memory){0};
    allocator = test_allocator(&memory);
    strcpy(base, "/tmp/tasklist-test-XXXXXX");
    if (!mkdtemp(base))
        return -1;
    snprintf(folder, sizeof folder, "%s/cache/tasklist", base);
    open_store(&one, folder, "hush");
    open_store(&two, folder, "hush");
    now = tl_clocks_at(tl_now());
    return 0;
}

int stores_close(void **state)
{
    (void)state;
    tl_token_store_free(&one);
    tl_token_store_free(&two);
    test_remove_folder(base);
    return memory.live == 0 && memory.lies == 0 ? 0 : -1;
}

void write_token(const char *text, tl_time life)
{
    if (!tl_token_store_write(&one, text, strlen(text), life, false, &now))
        fail_msg("%s", one.fault);
}

void expect_token(const char *text)
{
    tl_stored_token stored;
    tl_token_look look = tl_token_store_look(&two, NULL, &now, &stored);
    assert_string_equal(two.fault, "");
    assert_int_equal(look, TL_LOOK_LIVE);
    assert_string_equal(tl_buffer_text(&stored.token), text);
    assert_true(stored.token.secret);
    tl_buffer_free(&stored.token);
}

void expect_none(const char *words)
{
    tl_stored_token stored;
    assert_int_equal(tl_token_store_look(&two, NULL, &now, &stored), TL_LOOK_NOTHING);
    if (words[0] == '\0')
        assert_string_equal(two.fault, "");
    else if (!strstr(two.fault, words) || !strstr(two.fault, base))
        fail_msg("'%s' is not in '%s'", words, two.fault);
    assert_int_equal(stored.token.length, 0);
}
