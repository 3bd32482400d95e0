/* What a host that only waits on the descriptor is woken up for. */
#include "driver.h"
#include "net/engine_private.h"
#include "poller_calls.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void answer_and_close_later(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "", "fine");
    if (exchange_hold(exchange))
        exchange->over = true;
}

static void answer_for_the_last_time(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "Connection: close\r\n", "fine");
    exchange->over = true;
}

static const test_route routes[] = {
    {"/token", answer_token},
    {"/fine", answer_fine},
    {"/silent", answer_when_released},
    {"/close-later", answer_and_close_later},
    {"/last", answer_for_the_last_time},
    {0},
};

/* What it was woken up for, and how often for nothing. */
typedef struct host {
    world *world;
    struct pollfd wait;
    int wake_ups, in_vain;
} host;

static host host_of(world *w)
{
    host h = {.world = w, .wait = {.fd = tl_engine_fd(w->engine), .events = POLLIN}};
    assert_true(h.wait.fd >= 0);
    return h;
}

static void wake_up(host *h)
{
    assert_int_equal(poll(&h->wait, 1, 10000), 1);
    int before = poller_calls_events;
    bool due = tl_engine_timeout(h->world->engine) == 0;
    tl_engine_step(h->world->engine);
    settle(h->world);
    h->wake_ups++;
    h->in_vain += !due && poller_calls_events == before;
}

static bool are_finished(tl_request *const *requests, int count)
{
    for (int i = 0; i < count; i++) {
        if (requests[i]->state != TL_REQUEST_FINISHED)
            return false;
    }
    return true;
}

static void expect_quiet(host *h)
{
    assert_int_equal(poll(&h->wait, 1, 0), 0);
    assert_int_equal(tl_engine_timeout(h->world->engine), TL_NEVER);
    assert_int_equal(tl_engine_in_flight(h->world->engine), 0);
    assert_int_equal(poll(&h->wait, 1, 150), 0); /* longer than a tick of driven time */
}

enum { MANY = 100 };

static void a_host_is_woken_up_for_events_alone(void **state)
{
    (void)state;
    tl_request *requests[MANY];
    world w;
    world_open(&w, routes);
    host h = host_of(&w);
    for (int i = 0; i < MANY; i++)
        requests[i] = start_get(&w, "/fine");
    while (!are_finished(requests, MANY))
        wake_up(&h);
    assert_int_equal(h.in_vain, 0);
    expect_quiet(&h);
    for (int i = 0; i < MANY; i++)
        expect_answer(&w, requests[i], 200, "fine");
    world_close(&w);
}

/* Over the kept connection, where a request costs a host the least. */
static void one_after_the_other_costs_a_few_wake_ups_each(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    host h = host_of(&w);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    int before = poller_calls_events;
    for (int i = 0; i < MANY; i++) {
        tl_request *request = start_get(&w, "/fine");
        while (request->state != TL_REQUEST_FINISHED)
            wake_up(&h);
        tl_engine_cancel(request);
    }
    assert_int_equal(h.in_vain, 0);
    assert_true(h.wake_ups <=
                (poller_calls_events - before) + MANY); /* libcurl begins each by its timer */
    expect_quiet(&h);
    world_close(&w);
}

/* To take it out and put it in again costs more than all other calls of a small request. A newer
 * libcurl has that done with a descriptor that wakes it up, which is not one of our sockets. */
static void a_kept_connection_is_watched_all_the_time(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    int before = poller_calls_removals;
    for (int i = 0; i < MANY; i++)
        expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    assert_int_equal(poller_calls_removals, before);
    world_close(&w);
}

/* While nothing is under way: it is no more than one wake-up, and the next request goes its way. */
static void a_host_is_woken_up_once_when_a_kept_connection_ends(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    host h = host_of(&w);
    for (int i = 0; i < 3; i++) {
        tl_request *request = start_get(&w, "/close-later");
        while (request->state != TL_REQUEST_FINISHED)
            wake_up(&h);
        tl_engine_cancel(request);
        server_release(w.server, "/close-later");
        wake_up(&h);
        expect_quiet(&h);
    }
    assert_int_equal(h.in_vain, 0);
    world_close(&w);
}

/* How many turns it takes to wait for a time that comes soon. */
static int turns_of_a_pause(world *w)
{
    tl_pause *pause = tl_engine_pause(w->engine, 50 * TL_MILLISECOND);
    int turns = 0;
    for (; !pause->awaited.over; turns++) {
        tl_engine_block(w->engine);
        tl_engine_step(w->engine);
    }
    tl_engine_end_pause(pause);
    return turns;
}

enum { FEW = 3 }; /* turns: for the end of a connection, for the time, and one for good measure */

/* The same without a host: the end of a kept connection does not keep a wait from waiting. */
static void a_wait_goes_on_when_a_kept_connection_ends(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/close-later"), 200, "fine");
    server_release(w.server, "/close-later");
    assert_in_range(turns_of_a_pause(&w), 1, FEW);
    world_close(&w);
}

/* A child that has a copy of the only connection's descriptor, and none of the server's. */
static pid_t child_with_copy(const world *w)
{
    const tl_socket *only = tl_socket_table_first(&w->engine->wire.sockets.open);
    assert_non_null(only);
    pid_t child = fork();
    assert_return_code(child, errno);
    for (int fd = 3; child == 0 && fd < 1024; fd++) {
        if (fd != only->fd)
            close(fd);
    }
    while (child == 0)
        pause();
    return child;
}

/* Then the system does not forget by itself what is watched, when the descriptor is closed. */
static void what_is_closed_is_forgotten_although_a_child_has_a_copy(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    pid_t child = child_with_copy(&w);
    expect_answer(&w, start_get(&w, "/last"), 200, "fine"); /* libcurl closes the connection */
    assert_in_range(turns_of_a_pause(&w), 1, FEW);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    world_close(&w);
}

static void what_is_left_untaken_keeps_calling(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    host h = host_of(&w);
    tl_request *request = start_get(&w, "/fine");
    tl_request *other = start_get(&w, "/fine");
    while (request->state != TL_REQUEST_FINISHED || other->state != TL_REQUEST_FINISHED) {
        assert_int_equal(poll(&h.wait, 1, 10000), 1);
        tl_engine_step(w.engine);
        for (tl_signin *signin; (signin = tl_engine_answered(w.engine));)
            tl_engine_grant(signin, "token-1", 7, 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(poll(&h.wait, 1, 0), 1);
        assert_int_equal(tl_engine_timeout(w.engine), 0);
        assert_non_null(tl_engine_take(w.engine));
    }
    expect_quiet(&h);
    world_close(&w);
}

/* A host that has gone: no timer calls it, but the engine can still be driven. */
static void a_host_that_is_idle_is_not_called(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    host h = host_of(&w);
    tl_request_spec spec = get_spec(&w, "/silent");
    spec.signin = NULL;
    spec.timeout = 100 * TL_MILLISECOND;
    tl_request *request = start(&w, &spec);
    drive_until_requested(&w, "/silent", 1);
    tl_engine_idle(w.engine);
    be_idle(150);
    assert_int_equal(poll(&h.wait, 1, 0), 0);
    h = host_of(&w); /* begins anew */
    assert_int_equal(poll(&h.wait, 1, 0), 1);
    expect_error(&w, request, TL_TIMEOUT, "");
    expect_quiet(&h);
    world_close(&w);
}

/* Otherwise it would wait for nothing, for ever. */
static void a_host_is_told_once_when_the_last_one_is_given_up(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    host h = host_of(&w);
    tl_request_spec spec = get_spec(&w, "/silent");
    spec.signin = NULL;
    tl_request *request = start(&w, &spec);
    tl_pause *pause = tl_engine_pause(w.engine, 1000 * TL_SECOND);
    drive_until_requested(&w, "/silent", 1);
    tl_engine_cancel(request);
    while (poll(&h.wait, 1, 50) == 1) /* what libcurl still has to do */
        wake_up(&h);
    tl_engine_end_pause(pause);
    assert_int_equal(poll(&h.wait, 1, 0), 1);
    assert_int_equal(tl_engine_timeout(w.engine), 0);
    wake_up(&h);
    expect_quiet(&h);
    world_close(&w);
}

/* As when a walk that steps between two tasks is left after its next page has come. */
static void a_host_is_told_when_what_it_has_not_taken_is_given_up(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    host h = host_of(&w);
    tl_pause *pauses[2];
    for (int i = 0; i < 2; i++)
        pauses[i] = tl_engine_pause(w.engine, TL_MILLISECOND);
    while (!pauses[0]->awaited.over || !pauses[1]->awaited.over)
        tl_engine_step(w.engine); /* somebody else than the host */
    tl_engine_end_pause(pauses[0]);
    tl_engine_end_pause(pauses[1]);
    assert_int_equal(poll(&h.wait, 1, 0), 1);
    wake_up(&h);
    expect_quiet(&h);
    world_close(&w);
}

/* And when a token comes that nobody waits for any more. */
static void a_host_is_told_when_another_sees_the_last_token_come(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    host h = host_of(&w);
    tl_engine_cancel(start_get(&w, "/fine"));
    assert_int_equal(tl_engine_in_flight(w.engine), 1);
    while (tl_engine_in_flight(w.engine) > 0) {
        tl_engine_step(w.engine);
        settle(&w);
    }
    assert_int_equal(poll(&h.wait, 1, 0), 1);
    wake_up(&h);
    expect_quiet(&h);
    world_close(&w);
}

static void what_is_given_again_is_taken_again(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    host h = host_of(&w);
    tl_pause *pause = tl_engine_pause(w.engine, TL_MILLISECOND);
    tl_engine_give_again(&pause->awaited);
    assert_null(tl_engine_take(w.engine));
    while (!pause->awaited.over) {
        assert_int_equal(poll(&h.wait, 1, 10000), 1);
        tl_engine_step(w.engine);
    }
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(tl_engine_take(w.engine), pause);
        assert_null(tl_engine_take(w.engine));
        expect_quiet(&h);
        tl_engine_give_again(&pause->awaited);
        tl_engine_give_again(&pause->awaited);
        assert_int_equal(poll(&h.wait, 1, 0), 1);
    }
    tl_engine_end_pause(pause);
    wake_up(&h); /* for there is nothing left */
    expect_quiet(&h);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(a_host_is_woken_up_for_events_alone),
        ENGINE_TEST(one_after_the_other_costs_a_few_wake_ups_each),
        ENGINE_TEST(a_kept_connection_is_watched_all_the_time),
        ENGINE_TEST(a_host_is_woken_up_once_when_a_kept_connection_ends),
        ENGINE_TEST(a_wait_goes_on_when_a_kept_connection_ends),
        ENGINE_TEST(what_is_closed_is_forgotten_although_a_child_has_a_copy),
        ENGINE_TEST(what_is_left_untaken_keeps_calling),
        ENGINE_TEST(a_host_that_is_idle_is_not_called),
        ENGINE_TEST(a_host_is_told_once_when_the_last_one_is_given_up),
        ENGINE_TEST(a_host_is_told_when_what_it_has_not_taken_is_given_up),
        ENGINE_TEST(a_host_is_told_when_another_sees_the_last_token_come),
        ENGINE_TEST(what_is_given_again_is_taken_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
