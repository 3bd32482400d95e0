/* The engine's face to a driver: what is in flight, what can be taken, pauses, and tokens that the
 * host gives when it likes. */
#include "driver.h"

#include <poll.h>
#include <string.h>

static void answer_held_token(test_exchange *exchange)
{
    if (exchange_hold(exchange))
        answer_token(exchange);
}

static const test_route routes[] = {
    {"/token", answer_held_token},
    {"/fine", answer_fine},
    {"/silent", answer_when_released},
    {0},
};

static size_t in_flight(const world *w)
{
    return tl_engine_in_flight(w->engine);
}

/* Drives without taking anything. */
static void drive_alone(world *w)
{
    assert_true(tl_engine_block(w->engine));
    tl_engine_step(w->engine);
}

static void fetches_are_in_flight_and_idle_connections_are_not(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    assert_int_equal(in_flight(&w), 0);
    tl_request *request = start_get(&w, "/fine");
    assert_int_equal(in_flight(&w), 2); /* the request, and that for the token */
    drive_until_requested(&w, "/token", 1);
    tl_engine_cancel(request);
    assert_int_equal(in_flight(&w), 1);
    server_release(w.server, "/token");
    while (w.identity->signing_in)
        drive(&w);
    assert_int_equal(in_flight(&w), 0);
    request = start_get(&w, "/fine");
    assert_int_equal(in_flight(&w), 1);
    drive_until_finished(&w, request);
    assert_int_equal(in_flight(&w), 0);
    tl_engine_cancel(request);
    assert_int_equal(in_flight(&w), 0);
    world_close(&w);
}

static void each_is_taken_once(void **state)
{
    (void)state;
    enum { COUNT_OF = 3 };
    tl_request *requests[COUNT_OF];
    bool taken[COUNT_OF] = {false};
    world w;
    world_open(&w, routes);
    server_release(w.server, "/token");
    for (int i = 0; i < COUNT_OF; i++)
        requests[i] = start_get(&w, "/fine");
    assert_null(tl_engine_take(w.engine));
    for (int left = COUNT_OF; left > 0;) {
        drive_alone(&w);
        for (tl_signin *signin; (signin = tl_engine_answered(w.engine));)
            tl_engine_grant(signin, "token-1", 7, 0);
        for (tl_awaited *one; (one = tl_engine_take(w.engine)); left--) {
            for (int i = 0; i < COUNT_OF; i++) {
                if ((void *)one != requests[i])
                    continue;
                assert_false(taken[i]);
                assert_true(one->over);
                taken[i] = true;
            }
        }
    }
    for (int i = 0; i < COUNT_OF; i++)
        assert_true(taken[i]);
    world_close(&w);
}

static void a_pause_is_taken_when_it_is_over(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_pause *longer = tl_engine_pause(w.engine, 60 * TL_MILLISECOND);
    tl_pause *shorter = tl_engine_pause(w.engine, 30 * TL_MILLISECOND);
    tl_pause *ended = tl_engine_pause(w.engine, 10 * TL_MILLISECOND);
    assert_int_equal(in_flight(&w), 3);
    tl_engine_end_pause(ended);
    assert_int_equal(in_flight(&w), 2);
    while (!shorter->awaited.over)
        drive_alone(&w);
    assert_ptr_equal(tl_engine_take(w.engine), shorter);
    while (!longer->awaited.over)
        drive_alone(&w);
    assert_ptr_equal(tl_engine_take(w.engine), longer);
    assert_null(tl_engine_take(w.engine));
    assert_int_equal(in_flight(&w), 0);
    tl_engine_end_pause(shorter);
    assert_int_equal(tl_engine_timeout(w.engine), TL_NEVER);
    world_close(&w); /* with the other one */
}

static void a_pause_can_end_before_it_is_taken(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_pause *pause = tl_engine_pause(w.engine, 1);
    while (!pause->awaited.over)
        drive_alone(&w);
    tl_engine_end_pause(pause);
    assert_null(tl_engine_take(w.engine));
    world_close(&w);
}

static void a_pause_can_be_over_before_its_time(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_pause *pause = tl_engine_pause(w.engine, 1000 * TL_SECOND);
    tl_engine_finish_pause(pause);
    while (!pause->awaited.over)
        drive_alone(&w);
    tl_engine_finish_pause(pause);
    assert_ptr_equal(tl_engine_take(w.engine), pause);
    assert_null(tl_engine_take(w.engine));
    assert_int_equal(in_flight(&w), 0);
    world_close(&w);
}

/* A host whose token function waits itself: other requests go on, and who waits for the token goes
 * by its own deadline. */
static void the_host_may_give_its_token_later(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    world_use(
        &w, tl_engine_adopt(w.engine, tl_identity_new_asked(tl_engine_allocator(w.engine)), NULL));
    tl_request_spec spec = get_spec(&w, "/fine");
    spec.timeout = 50 * TL_MILLISECOND;
    tl_request *hasty = start(&w, &spec), *patient = start_get(&w, "/fine");
    assert_ptr_equal(tl_engine_asked(w.engine), w.signin);
    spec = get_spec(&w, "/fine");
    spec.signin = NULL;
    expect_answer(&w, start(&w, &spec), 200, "fine");
    expect_error(&w, hasty, TL_TIMEOUT, "waiting for a token");
    assert_int_equal(patient->state, TL_REQUEST_WAITING);
    assert_false(tl_engine_is_asking(w.engine)); /* it is asked once */
    tl_engine_grant(w.signin, "token-1", strlen("token-1"), 0);
    expect_answer(&w, patient, 200, "fine");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(fetches_are_in_flight_and_idle_connections_are_not),
        ENGINE_TEST(each_is_taken_once),
        ENGINE_TEST(a_pause_is_taken_when_it_is_over),
        ENGINE_TEST(a_pause_can_end_before_it_is_taken),
        ENGINE_TEST(a_pause_can_be_over_before_its_time),
        ENGINE_TEST(the_host_may_give_its_token_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
