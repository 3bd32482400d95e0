/* What is kept of attempts, and for how long. */
#include "driver.h"

#include <stdio.h>
#include <string.h>

static const test_route routes[] = {
    {"/token", answer_token}, {"/fine", answer_fine}, {"/silent", answer_when_released}, {0}};

static void open_tracing(world *w)
{
    world_open(w, routes);
    tl_engine_free(w->engine);
    w->trace = true;
    assert_true(world_make_engine(w));
}

static const tl_trace *next_trace(world *w)
{
    const tl_trace *trace = tl_engine_traced(w->engine);
    assert_non_null(trace);
    return trace;
}

static void attempts_are_kept_in_their_order(void **state)
{
    (void)state;
    world w;
    open_tracing(&w);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    const tl_trace *trace = next_trace(&w);
    assert_string_equal(trace->method, "POST");
    assert_string_equal(trace->sought, "token");
    assert_int_equal(trace->sent, strlen("secret=hush"));
    tl_engine_drop_trace(w.engine);
    trace = next_trace(&w);
    assert_string_equal(trace->method, "GET");
    assert_null(trace->sought);
    assert_int_equal(trace->status, 200);
    assert_int_equal(trace->attempt, 1);
    assert_int_equal(trace->received, strlen("fine"));
    assert_string_equal(trace->error, "");
    assert_true(trace->first_byte > 0 && trace->total >= trace->first_byte);
    tl_engine_drop_trace(w.engine);
    assert_null(tl_engine_traced(w.engine));
    world_close(&w);
}

static void an_attempt_that_is_cancelled_is_told_of(void **state)
{
    (void)state;
    world w;
    open_tracing(&w);
    world_use(&w, NULL);
    tl_request *request = start_get(&w, "/silent");
    drive_until_requested(&w, "/silent", 1);
    assert_null(tl_engine_traced(w.engine));
    tl_engine_cancel(request);
    const tl_trace *trace = next_trace(&w);
    assert_string_equal(trace->error, "given up");
    assert_int_equal(trace->status, 0);
    world_close(&w);
}

/* Nobody else is left who could be told. */
static void it_says_that_a_write_may_have_been_executed(void **state)
{
    (void)state;
    world w;
    open_tracing(&w);
    world_use(&w, NULL);
    for (int read = 0; read < 2; read++) {
        tl_request_spec spec = get_spec(&w, "/silent");
        spec.signin = NULL;
        spec.read = read;
        tl_request *request = start(&w, &spec);
        request->awaited.host = 7 + (uint64_t)read;
        drive_until_requested(&w, "/silent", 1 + read);
        tl_engine_cancel(request);
        const tl_trace *trace = next_trace(&w);
        assert_int_equal(trace->outcome, read ? TL_OUTCOME_NONE : TL_OUTCOME_UNKNOWN);
        assert_int_equal(trace->host, 7 + read);
        tl_engine_drop_trace(w.engine);
    }
    world_close(&w);
}

/* The oldest make way. What is left at the end is freed. */
static void only_so_many_are_kept(void **state)
{
    (void)state;
    enum { MORE_THAN_KEPT = 300 };
    world w;
    open_tracing(&w);
    world_use(&w, NULL);
    for (int i = 0; i < MORE_THAN_KEPT; i++) {
        tl_request *request = start_get(&w, "/fine");
        expect_answer(&w, request, 200, "fine");
        tl_engine_cancel(request);
    }
    int kept = 0;
    while (kept < MORE_THAN_KEPT && tl_engine_traced(w.engine)) {
        tl_engine_drop_trace(w.engine);
        kept++;
    }
    assert_int_equal(kept, 256);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    world_close(&w);
}

static void nothing_is_kept_unless_asked_for(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    assert_null(tl_engine_traced(w.engine));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(attempts_are_kept_in_their_order),
        ENGINE_TEST(an_attempt_that_is_cancelled_is_told_of),
        ENGINE_TEST(it_says_that_a_write_may_have_been_executed),
        ENGINE_TEST(only_so_many_are_kept),
        ENGINE_TEST(nothing_is_kept_unless_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
