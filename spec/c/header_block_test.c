/* Header blocks: what becomes of the lines that come, and what is read from them. */
#include "base/header_block.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static test_memory memory;
static tl_allocator allocator;
static tl_buffer block;

static int set_up(void **state)
{
    (void)state;
    memory = (test_memory){0};
    allocator = test_allocator(&memory);
    tl_buffer_init_secret(&block, &allocator, 200);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tl_buffer_free(&block);
    return memory.live == 0 && memory.lies == 0 ? 0 : -1;
}

/* Line by line, as libcurl does. */
static tl_buffer_status add(const char *lines)
{
    tl_buffer_status status = TL_BUFFER_OK;
    while (*lines && status == TL_BUFFER_OK) {
        const char *end = strchr(lines, '\n');
        size_t length = end ? (size_t)(end + 1 - lines) : strlen(lines);
        status = tl_header_block_add(&block, lines, length);
        lines += length;
    }
    return status;
}

static const struct {
    const char *lines, *kept;
} blocks[] = {
    {"HTTP/1.1 200 Fine\r\nA: b\r\n\r\n", "HTTP/1.1 200 Fine\r\nA: b\r\n\r\n"},
    {"HTTP/1.1 100 Go on\r\nA: b\r\n\r\nHTTP/2 200 \r\nc: d\r\n\r\n",
     "HTTP/2 200 \r\nc: d\r\n\r\n"},
    {"HTTP/1.1 200 So : so\r\n", "HTTP/1.1 200 So : so\r\n"},
    {"Set-Cookie : x\r\nX-CSRF-TOKEN\t \t: y : z\r\n", "Set-Cookie: x\r\nX-CSRF-TOKEN: y : z\r\n"},
    {" : x\r\nno colon \r\n:\r\n", ": x\r\nno colon \r\n:\r\n"},
    {"A: b\r\n  c\r\n\td\r\nE: f\r\n", "A: b c d\r\nE: f\r\n"},
    {"A: b  \r\n  c: d\r\n", "A: b c: d\r\n"},
    {"A: b\n c\n", "A: b c\n"},
    {"A: b\r\n \r\n c\r\n", "A: b c\r\n"},
    {"A:\r\n b\r\n", "A: b\r\n"},
    {"HTTP/1.1 200 Fine\r\n Set-Cookie: x\r\n", "HTTP/1.1 200 Fine Set-Cookie: x\r\n"},
};

static void a_block_has_each_field_under_its_name_on_one_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(blocks); i++) {
        tl_buffer_clear(&block);
        assert_int_equal(add(blocks[i].lines), TL_BUFFER_OK);
        assert_string_equal(tl_buffer_text(&block), blocks[i].kept);
    }
}

static void a_block_has_its_cap(void **state)
{
    (void)state;
    static const char *const lines[] = {"Some: thing\r\n", "Some : thing\r\n",
                                        "Some: thing\r\n more\r\n"};
    for (size_t i = 0; i < COUNT(lines); i++) {
        int most = 100;
        tl_buffer_clear(&block);
        tl_buffer_status status;
        do
            status = add(lines[i]);
        while (status == TL_BUFFER_OK && most-- > 0);
        assert_int_equal(status, TL_BUFFER_FULL);
    }
}

static void fields_come_in_their_order(void **state)
{
    (void)state;
    tl_span name, value;
    assert_int_equal(add("HTTP/1.1 200 Fine\r\nA:  b c \r\nD:\r\nno field\r\na: e:f"),
                     TL_BUFFER_OK);
    tl_span rest = {block.data, block.length};
    char text[100] = "";
    while (tl_header_block_next(&rest, &name, &value))
        snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s=%.*s|", (int)name.length,
                 name.start, (int)value.length, value.start);
    assert_string_equal(text, "A=b c|D=|a=e:f|");
}

/* 1994-11-06 08:49:37, of RFC 9110 5.6.7. */
#define THEN 784111777

static const struct {
    const char *lines;
    time_t now;
    tl_time asked;
} waits[] = {
    {"", 0, 0},
    {"Retry-After:\r\n", 0, 0},
    {"Retry-After: 0\r\n", 0, 0},
    {"retry-after: 7\r\n", 0, 7 * TL_SECOND},
    {"Retry-After : 007 \r\n", 0, 7 * TL_SECOND},
    {"Retry-After:\r\n 7\r\n", 0, 7 * TL_SECOND},
    {"Retry-After: 86400\r\n", 0, 86400 * TL_SECOND},
    {"Retry-After: 99999999999\r\n", 0, 99999999999 * TL_SECOND},
    {"Retry-After: 9223372036854\r\n", 0, TL_NEVER},
    {"Retry-After: 9223372036854775807\r\n", 0, TL_NEVER},
    {"Retry-After: 100000000000000000000000\r\n", 0, TL_NEVER},
    {"Retry-After: -5\r\n", 0, 0},
    {"Retry-After: 1.5\r\n", 0, 0},
    {"Retry-After: 7s\r\n", 0, 0},
    {"Retry-After: soon\r\n", 0, 0},
    {"X-Retry-After: 7\r\nRetry-After2: 8\r\n", 0, 0},
    {"Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", THEN - 100, 100 * TL_SECOND},
    {"Retry-After: Sunday, 06-Nov-94 08:49:37 GMT\r\n", THEN - 100, 100 * TL_SECOND},
    {"Retry-After: Sun Nov  6 08:49:37 1994\r\n", THEN - 100, 100 * TL_SECOND},
    {"Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", THEN, 0},
    {"Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", THEN + 100, 0},
    {"Retry-After: Sun, 06 Nov 1994 08:49:37 GMT, and so on, and so on, and so on, and so on\r\n",
     0, 0},
};

static void retry_after_is_seconds_or_a_date(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(waits); i++) {
        tl_buffer_clear(&block);
        assert_int_equal(add(waits[i].lines), TL_BUFFER_OK);
        tl_time asked = tl_header_block_retry_after(&block, waits[i].now);
        if (asked != waits[i].asked)
            fail_msg("row %zu: %lld", i, (long long)asked);
    }
}

static const struct {
    const char *lines;
    tl_time kept;
} times[] = {
    {"", TL_NEVER},
    {"Keep-Alive: timeout=5, max=100\r\n", 5 * TL_SECOND},
    {"keep-alive: max=100 , Timeout = 5\r\n", 5 * TL_SECOND},
    {"Keep-Alive: timeout=0\r\n", 0},
    {"Keep-Alive: timeout=99999999999999999999\r\n", 1000 * 1000 * TL_SECOND},
    {"Keep-Alive: timeout=\r\n", TL_NEVER},
    {"Keep-Alive: timeout\r\n", TL_NEVER},
    {"Keep-Alive: 300\r\n", TL_NEVER},
    {"Keep-Alive: xtimeout=5, timeout=five\r\n", TL_NEVER},
};

static void keep_alive_has_a_timeout(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        tl_buffer_clear(&block);
        assert_int_equal(add(times[i].lines), TL_BUFFER_OK);
        tl_time kept = tl_header_block_keep_alive(&block);
        if (kept != times[i].kept)
            fail_msg("row %zu: %lld", i, (long long)kept);
    }
}

#define HEADER_BLOCK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEADER_BLOCK_TEST(a_block_has_each_field_under_its_name_on_one_line),
        HEADER_BLOCK_TEST(a_block_has_its_cap),
        HEADER_BLOCK_TEST(fields_come_in_their_order),
        HEADER_BLOCK_TEST(retry_after_is_seconds_or_a_date),
        HEADER_BLOCK_TEST(keep_alive_has_a_timeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
