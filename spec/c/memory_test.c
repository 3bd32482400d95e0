/* An engine that gets no memory: at each place where it asks for some, once and from there on. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>

static void answer_ten_kilobytes(test_exchange *exchange)
{
    char body[10001];
    for (size_t i = 0; i < sizeof body - 1; i++)
        body[i] = 'x';
    body[sizeof body - 1] = '\0';
    exchange_answer(exchange, 200, "", body);
}

static void answer_long_token(test_exchange *exchange)
{
    char token[2000];
    for (size_t i = 0; i < sizeof token - 1; i++)
        token[i] = 't';
    token[sizeof token - 1] = '\0';
    exchange_answer(exchange, 200, "", token);
}

static const test_route routes[] = {
    {"/token", answer_long_token}, {"/api", answer_ten_kilobytes}, {0}};

/* True when the request got its answer, which it does only with memory. */
static bool try_a_write(world *w)
{
    const tl_request_spec spec = write_spec(w, "/api");
    tl_request *request = tl_engine_start(w->engine, &spec);
    if (!request)
        return false;
    drive_until_finished(w, request);
    if (request->error.kind == TL_OK)
        assert_int_equal(request->answer_body.length, 10000);
    else
        assert_true(request->error.kind == TL_MEMORY || request->error.kind == TL_NETWORK);
    return request->error.kind == TL_OK;
}

/* False when the engine could do all it had to, so that a larger `n` shows nothing new. */
static bool run_without_memory(test_server *server, size_t n, bool after, const char *folder)
{
    world w = {
        .server = server, .token_folder = folder, .memory = {.fail_at = n, .fail_after = after}};
    bool made = world_make_engine(&w), done = false;
    if (made) {
        done = try_a_write(&w) && w.memory.asked < n;
        w.memory.fail_at = 0;
        if (!try_a_write(&w))
            fail_msg("nothing works after request %zu for memory had failed", n);
        tl_engine_free(w.engine);
    }
    assert_int_equal(w.memory.live, 0);
    assert_int_equal(w.memory.lies, 0);
    return !done;
}

static void lack_of_memory_is_survived(void **state)
{
    (void)state;
    test_server *server = server_start(routes);
    assert_non_null(server);
    for (int after = 0; after < 2; after++) {
        size_t n = 1;
        while (run_without_memory(server, n, after, NULL))
            n++;
        assert_true(n > 20);
    }
    server_stop(server);
}

/* Both ways of coming to a token: there is none in the file, and there is one. */
static void lack_of_memory_is_survived_with_a_token_file(void **state)
{
    (void)state;
    char folder[] = "/tmp/tasklist-test-XXXXXX", cache[64];
    test_server *server = server_start(routes);
    assert_non_null(server);
    assert_non_null(mkdtemp(folder));
    snprintf(cache, sizeof cache, "%s/cache", folder);
    for (int with_token = 0; with_token < 2; with_token++) {
        for (size_t n = 1; run_without_memory(server, n, false, cache); n++) {
            if (!with_token)
                test_remove_folder(cache);
        }
    }
    test_remove_folder(folder);
    server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(lack_of_memory_is_survived),
        ENGINE_TEST(lack_of_memory_is_survived_with_a_token_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
