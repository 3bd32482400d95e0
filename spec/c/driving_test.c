/* Driving the engine: its descriptor, its timeout, and time in which nobody drives. */
#include "driver.h"
#include "net/engine_private.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static const test_route routes[] = {
    {"/token", answer_token},
    {"/fine", answer_fine},
    {"/silent", answer_when_released},
    {"/silent-too", answer_when_released},
    {0},
};

static int descriptor(world *w)
{
    int fd = tl_engine_fd(w->engine);
    assert_true(fd >= 0);
    return fd;
}

/* As an event loop does that has asked for the descriptor once and knows nothing else. */
static void drive_by_descriptor(world *w, int fd, const tl_request *request)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    while (request->state != TL_REQUEST_FINISHED) {
        assert_int_equal(poll(&wait, 1, 10000), 1);
        tl_engine_step(w->engine);
        settle(w);
    }
}

static tl_request_spec nobodys_spec(world *w, const char *path, int milliseconds)
{
    tl_request_spec spec = get_spec(w, path);
    spec.signin = NULL;
    spec.timeout = milliseconds * TL_MILLISECOND;
    return spec;
}

static void the_descriptor_alone_is_enough(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    int fd = descriptor(&w);
    for (int i = 0; i < 3; i++) {
        tl_request *request = start_get(&w, "/fine"); /* after the call above */
        drive_by_descriptor(&w, fd, request);
        expect_answer(&w, request, 200, "fine");
    }
    world_close(&w);
}

/* Over a kept connection nothing has to be waited for. */
static void a_request_goes_out_when_it_is_started(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    start_get(&w, "/silent");
    for (int i = 0; i < 10000 && server_requests(w.server, "/silent") == 0; i++)
        be_idle(1);
    assert_int_equal(server_requests(w.server, "/silent"), 1);
    world_close(&w);
}

static void a_deadline_makes_the_descriptor_readable(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    int fd = descriptor(&w);
    const tl_request_spec spec = nobodys_spec(&w, "/silent", 100);
    tl_request *request = start(&w, &spec);
    drive_by_descriptor(&w, fd, request);
    expect_error(&w, request, TL_TIMEOUT, "");
    world_close(&w);
}

static void a_request_that_is_finished_at_once_makes_the_descriptor_readable(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    struct pollfd wait = {.fd = descriptor(&w), .events = POLLIN};
    const tl_error refusal = {.kind = TL_AUTH, .message = "refused"};
    tl_identity_refuse(w.identity, &refusal, true, tl_now());
    tl_request *request = start_get(&w, "/fine");
    assert_int_equal(request->state, TL_REQUEST_FINISHED);
    assert_int_equal(tl_engine_timeout(w.engine), 0);
    assert_int_equal(poll(&wait, 1, 10000), 1);
    assert_ptr_equal(tl_engine_take(w.engine), request);
    assert_null(tl_engine_take(w.engine));
    world_close(&w);
}

/* The second waits inside libcurl until the first gives the only connection up. */
static void a_cancel_wakes_who_waits_for_the_connection(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    curl_multi_setopt(w.engine->wire.multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
    int fd = descriptor(&w);
    const tl_request_spec silent = nobodys_spec(&w, "/silent", 20000);
    tl_request *first = start(&w, &silent);
    const tl_request_spec fine = nobodys_spec(&w, "/fine", 20000);
    tl_request *second = start(&w, &fine);
    drive_until_requested(&w, "/silent", 1);
    while (tl_engine_timeout(w.engine) < 15 * TL_SECOND) { /* no other reason to wake up soon */
        tl_engine_step(w.engine);
        be_idle(1);
    }
    tl_engine_cancel(first);
    drive_by_descriptor(&w, fd, second);
    expect_answer(&w, second, 200, "fine");
    world_close(&w);
}

static void an_idle_engine_has_nothing_to_do(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    struct pollfd wait = {.fd = descriptor(&w), .events = POLLIN};
    assert_int_equal(tl_engine_timeout(w.engine), TL_NEVER);
    assert_int_equal(poll(&wait, 1, 0), 0);
    tl_request *request = start_get(&w, "/fine");
    drive_by_descriptor(&w, wait.fd, request);
    tl_engine_cancel(request);
    tl_engine_step(w.engine);
    while (tl_engine_timeout(w.engine) != TL_NEVER) /* libcurl's own clean-up */
        drive(&w);
    assert_int_equal(poll(&wait, 1, 0), 0);
    world_close(&w);
}

/* As if the hour before now belonged to the request, and nobody had driven the engine in it. */
static void let_an_hour_pass(tl_request *request)
{
    tl_schedule *schedule = &request->awaited.engine->schedule;
    schedule->driven_until -= 3600 * TL_SECOND;
    request->at_latest -= 3600 * TL_SECOND;
    tl_timer_set(request->background ? &schedule->driven : &schedule->wall, &request->deadline,
                 request->at_latest);
}

static const struct idleness {
    bool background, blocks; /* waits before it steps */
} idlenesses[] = {{true, true}, {true, false}, {false, true}, {false, false}};

static void time_without_a_driver_counts_only_when_a_call_waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(idlenesses); i++) {
        world w;
        world_open(&w, routes);
        tl_request_spec spec = nobodys_spec(&w, "/fine", 20000);
        spec.background = idlenesses[i].background;
        tl_request *request = start(&w, &spec);
        let_an_hour_pass(request);
        if (!idlenesses[i].blocks) {
            tl_engine_step(w.engine);
            settle(&w);
        }
        if (spec.background)
            expect_answer(&w, request, 200, "fine");
        else
            expect_error(&w, request, TL_TIMEOUT, "");
        world_close(&w);
    }
}

/* The same in real time. */
static void a_pause_ends_no_background_request(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request_spec spec = nobodys_spec(&w, "/fine", 1500);
    spec.background = true;
    tl_request *request = start(&w, &spec);
    be_idle(1600);
    expect_answer(&w, request, 200, "fine");
    world_close(&w);
}

static void a_pause_ends_no_token_fetch(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request *request = start_get(&w, "/fine");
    assert_non_null(w.signin->fetch);
    let_an_hour_pass(w.signin->fetch);
    expect_answer(&w, request, 200, "fine");
    world_close(&w);
}

static void a_background_request_does_end_while_driven(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request_spec spec = nobodys_spec(&w, "/silent", 50);
    spec.background = true;
    expect_error(&w, start(&w, &spec), TL_TIMEOUT, "");
    world_close(&w);
}

/* The hour before it was started is none of a request's time. */
static void only_time_since_the_start_is_forgiven(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    w.engine->schedule.driven_until -= 3600 * TL_SECOND;
    tl_request_spec spec = nobodys_spec(&w, "/silent", 50);
    spec.background = true;
    tl_request *request = start(&w, &spec);
    tl_engine_step(w.engine);
    assert_true(request->at_latest <
                tl_schedule_driven(&w.engine->schedule, tl_now()) + 1800 * TL_SECOND);
    expect_error(&w, request, TL_TIMEOUT, "");
    world_close(&w);
}

static void an_answer_that_came_in_time_counts(void **state)
{
    (void)state;
    for (int background = 0; background < 2; background++) {
        world w;
        world_open(&w, routes);
        struct pollfd wait = {.fd = descriptor(&w), .events = POLLIN};
        tl_request_spec spec = nobodys_spec(&w, "/silent", 20000);
        spec.background = background;
        tl_request *request = start(&w, &spec);
        drive_until_requested(&w, "/silent", 1);
        while (w.engine->wire.timer.at - tl_now() < 15 * TL_SECOND)
            tl_engine_step(w.engine);
        server_release(w.server, "/silent");
        assert_int_equal(poll(&wait, 1, 10000), 1);
        let_an_hour_pass(request);
        expect_answer(&w, request, 200, "fine");
        world_close(&w);
    }
}

/* As many answers as events are taken at once: one more than there is room for beside the timer. */
enum { MANY = TL_POLLER_EVENTS };

static void wait_for_bytes_on_all_sockets(const world *w)
{
    const tl_link *all = &w->engine->wire.sockets.open.all;
    for (const tl_link *link = all->next; link != all; link = link->next) {
        struct pollfd one = {.fd = TL_OWNER(link, tl_socket, all)->fd, .events = POLLIN};
        assert_int_equal(poll(&one, 1, 10000), 1);
    }
}

/* The timer fires, then answers come, then deadlines pass, and only then the host comes. */
static void many_answers_that_came_in_time_count_though_a_timer_has_fired(void **state)
{
    (void)state;
    tl_request *requests[MANY];
    world w;
    world_open(&w, routes);
    struct pollfd wait = {.fd = descriptor(&w), .events = POLLIN};
    const tl_request_spec spec = nobodys_spec(&w, "/silent", 20000);
    for (int i = 0; i < MANY; i++)
        requests[i] = start(&w, &spec);
    drive_until_requested(&w, "/silent", MANY);
    while (w.engine->wire.timer.at - tl_now() < 15 * TL_SECOND)
        tl_engine_step(w.engine);
    tl_engine_pause(w.engine, TL_MILLISECOND);
    assert_int_equal(poll(&wait, 1, 10000), 1);
    server_release(w.server, "/silent");
    wait_for_bytes_on_all_sockets(&w);
    for (int i = 0; i < MANY; i++)
        let_an_hour_pass(requests[i]);
    for (int i = 0; i < MANY; i++)
        expect_answer(&w, requests[i], 200, "fine");
    world_close(&w);
}

enum { IDLE = MANY + 16 };

static void end_idle_connections(const world *w)
{
    const tl_link *all = &w->engine->wire.sockets.open.all;
    for (const tl_link *link = all->next; link != all; link = link->next) {
        const tl_socket *one = TL_OWNER(link, tl_socket, all);
        if (one->interest & TL_POLLER_IDLE)
            assert_return_code(shutdown(one->fd, SHUT_RD), errno);
    }
}

/* After a burst there are more idle connections than requests. All of them end, then an answer
 * comes, then its deadline passes, and only then the host comes. */
static void an_answer_counts_that_came_behind_the_ends_of_many_idle_connections(void **state)
{
    (void)state;
    tl_request *requests[IDLE];
    world w;
    world_open(&w, routes);
    tl_request_spec spec = nobodys_spec(&w, "/silent", 20000);
    tl_request *last = start(&w, &spec);
    spec = nobodys_spec(&w, "/silent-too", 20000);
    for (int i = 0; i < IDLE; i++)
        requests[i] = start(&w, &spec);
    drive_until_requested(&w, "/silent", 1);
    drive_until_requested(&w, "/silent-too", IDLE);
    server_release(w.server, "/silent-too");
    for (int i = 0; i < IDLE; i++)
        expect_answer(&w, requests[i], 200, "fine");
    end_idle_connections(&w);
    server_release(w.server, "/silent");
    wait_for_bytes_on_all_sockets(&w);
    let_an_hour_pass(last);
    expect_answer(&w, last, 200, "fine");
    world_close(&w);
}

/* The wait ends with an answer, then another comes, then its deadline passes, and only then
 * somebody steps. */
static void an_answer_that_came_after_the_wait_but_in_time_counts(void **state)
{
    (void)state;
    tl_request *requests[2];
    const char *const paths[] = {"/silent", "/silent-too"};
    world w;
    world_open(&w, routes);
    for (int i = 0; i < 2; i++) {
        const tl_request_spec spec = nobodys_spec(&w, paths[i], 20000);
        requests[i] = start(&w, &spec);
        drive_until_requested(&w, paths[i], 1);
    }
    while (w.engine->wire.timer.at - tl_now() < 15 * TL_SECOND)
        tl_engine_step(w.engine);
    server_release(w.server, paths[0]);
    while (!tl_poller_has_kept(&w.engine->wire.poller))
        tl_engine_block(w.engine);
    server_release(w.server, paths[1]);
    wait_for_bytes_on_all_sockets(&w);
    let_an_hour_pass(requests[1]);
    tl_engine_step(w.engine);
    for (int i = 0; i < 2; i++)
        expect_answer(&w, requests[i], 200, "fine");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(the_descriptor_alone_is_enough),
        ENGINE_TEST(a_request_goes_out_when_it_is_started),
        ENGINE_TEST(a_deadline_makes_the_descriptor_readable),
        ENGINE_TEST(a_request_that_is_finished_at_once_makes_the_descriptor_readable),
        ENGINE_TEST(a_cancel_wakes_who_waits_for_the_connection),
        ENGINE_TEST(an_idle_engine_has_nothing_to_do),
        ENGINE_TEST(time_without_a_driver_counts_only_when_a_call_waits),
        ENGINE_TEST(a_pause_ends_no_background_request),
        ENGINE_TEST(a_pause_ends_no_token_fetch),
        ENGINE_TEST(a_background_request_does_end_while_driven),
        ENGINE_TEST(only_time_since_the_start_is_forgiven),
        ENGINE_TEST(an_answer_that_came_in_time_counts),
        ENGINE_TEST(many_answers_that_came_in_time_count_though_a_timer_has_fired),
        ENGINE_TEST(an_answer_counts_that_came_behind_the_ends_of_many_idle_connections),
        ENGINE_TEST(an_answer_that_came_after_the_wait_but_in_time_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
