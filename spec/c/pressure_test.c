/* A libcurl that gets no memory: at each place where it asks for some, once and from there on. What
 * comes of that is never called something else. */
#include "base/url.h"
#include "driver.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const test_route routes[] = {{"/token", answer_token}, {"/fine", answer_fine}, {0}};

/* How often libcurl has asked, and the first time that it gets nothing; 0: never. */
static size_t asked, fail_at;
static bool fail_after;

static bool refuse(void)
{
    asked++;
    return fail_at != 0 && (asked == fail_at || (fail_after && asked > fail_at));
}

static void *allocate(size_t size)
{
    return refuse() ? NULL : malloc(size);
}

static void *reallocate(void *block, size_t size)
{
    return refuse() ? NULL : realloc(block, size);
}

static char *duplicate(const char *text)
{
    return refuse() ? NULL : strdup(text);
}

static void *allocate_zeroed(size_t count, size_t size)
{
    return refuse() ? NULL : calloc(count, size);
}

/* The engine's own call finds libcurl initialised. */
static int give_memory_to_libcurl(void **state)
{
    (void)state;
    return (int)curl_global_init_mem(CURL_GLOBAL_DEFAULT, allocate, free, reallocate, duplicate,
                                     allocate_zeroed);
}

/* Libcurl waits in vain for some of what it got no memory for, so that the time is over; and what
 * it can't hold of an answer looks like a header that is too long. */
static bool is_honest(const tl_request *request)
{
    switch (request->error.kind) {
    case TL_OK:
    case TL_MEMORY:
    case TL_TIMEOUT:
        return true;
    case TL_LIMIT:
        return strstr(request->error.message, "got no memory") != NULL;
    default:
        return false;
    }
}

/* A world of its own each time: libcurl's own lists are of no use after some of these failures. */
static bool run_without_memory(size_t n, bool write)
{
    world w;
    fail_at = 0;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    tl_request_spec spec = write ? write_spec(&w, "/fine") : get_spec(&w, "/fine");
    spec.signin = NULL;
    spec.timeout = 200 * TL_MILLISECOND;
    asked = 0;
    fail_at = n;
    tl_request *request = start(&w, &spec);
    drive_until_finished(&w, request);
    bool done = asked < n;
    fail_at = 0;
    if (!is_honest(request))
        fail_msg("request %zu for memory, %s: %s", n, write ? "write" : "read",
                 request->error.message);
    tl_engine_cancel(request);
    world_close(&w);
    return !done;
}

static void a_request_without_memory_fails_for_that(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        size_t n = 1;
        fail_after = i & 2;
        while (run_without_memory(n, i & 1))
            n++;
        assert_true(n > 10);
    }
}

/* Neither malformed nor without the part that was not found. */
static void a_url_without_memory_is_no_other_url(void **state)
{
    (void)state;
    for (int after = 0; after < 2; after++) {
        tl_url_facts facts;
        bool more = true;
        size_t n = 1;
        for (; more; n++) {
            asked = 0;
            fail_after = after;
            fail_at = n;
            tl_url_status status = tl_url_read("https://me:pw@127.0.0.1:8/a?b#c", &facts);
            fail_at = 0;
            more = asked >= n;
            if (status == TL_URL_MEMORY)
                continue;
            assert_int_equal(status, TL_URL_OK);
            assert_true(facts.https && facts.loopback && facts.credentials && facts.query &&
                        facts.fragment && facts.port == 8);
        }
        assert_true(n > 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(a_request_without_memory_fails_for_that),
        ENGINE_TEST(a_url_without_memory_is_no_other_url),
    };
    return cmocka_run_group_tests(tests, give_memory_to_libcurl, NULL);
}
