/* Ends: cancelled requests, freed engines, fork, and what a child gets to see. */
#include "driver.h"
#include "net/engine_private.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void answer_half(test_exchange *exchange)
{
    static const char half[] = "HTTP/1.1 200 Fine\r\nContent-Length: 100\r\n\r\nhalf";
    exchange_send(exchange, half, strlen(half));
    exchange_hold(exchange);
    exchange->over = true;
}

static void answer_wait_a_minute(test_exchange *exchange)
{
    exchange_answer(exchange, 503, "Retry-After: 60\r\n", "later");
}

static const test_route routes[] = {
    {"/token", answer_token},
    {"/held-token", answer_when_released},
    {"/fine", answer_fine},
    {"/silent", answer_when_released},
    {"/half", answer_half},
    {"/minute", answer_wait_a_minute},
    {0},
};

static tl_request *start_long(world *w, const char *path)
{
    tl_request_spec spec = get_spec(w, path);
    spec.timeout = 1000 * TL_SECOND;
    return start(w, &spec);
}

/* For an identity whose token does not come. */
static tl_request *start_waiting(world *w)
{
    tl_signin *signin = world_add_sign_in(w, TL_TOKEN, "/held-token");
    assert_non_null(signin);
    tl_request_spec spec = get_spec(w, "/fine");
    spec.signin = signin;
    return start(w, &spec);
}

enum stage { WAITING, JUST_SENT, ON_THE_WIRE, HALF_ANSWERED, RESTING, FINISHED, TAKEN, STAGES };

static tl_request *start_up_to(world *w, enum stage stage)
{
    tl_request *request;
    switch (stage) {
    case WAITING:
        request = start_waiting(w);
        assert_int_equal(request->state, TL_REQUEST_WAITING);
        return request;
    case JUST_SENT:
        request = start_long(w, "/silent");
        assert_int_equal(request->state, TL_REQUEST_SENT);
        return request;
    case ON_THE_WIRE:
        request = start_long(w, "/silent");
        drive_until_requested(w, "/silent", 1);
        return request;
    case HALF_ANSWERED:
        request = start_long(w, "/half");
        while (request->answer_body.length == 0)
            drive(w);
        return request;
    case RESTING:
        request = start_long(w, "/minute");
        while (request->state != TL_REQUEST_RESTING)
            drive(w);
        return request;
    case FINISHED:
        request = start_long(w, "/fine");
        while (request->state != TL_REQUEST_FINISHED) {
            tl_engine_block(w->engine);
            tl_engine_step(w->engine);
        }
        return request;
    default:
        request = start_long(w, "/fine");
        expect_answer(w, request, 200, "fine");
        return request;
    }
}

static void open_signed_in(world *w)
{
    world_open(w, routes);
    expect_answer(w, start_get(w, "/fine"), 200, "fine");
}

static void a_request_can_be_cancelled_in_every_state(void **state)
{
    (void)state;
    for (enum stage stage = 0; stage < STAGES; stage++) {
        world w;
        open_signed_in(&w);
        tl_request *request = start_up_to(&w, stage);
        tl_request *other = start_long(&w, "/fine");
        size_t live = w.memory.live;
        tl_engine_cancel(request);
        assert_true(w.memory.live < live);
        expect_answer(&w, other, 200, "fine");
        world_close(&w);
    }
}

/* What is known of a write that is cancelled at each stage. It is taken for a read up to there: a
 * write's stages are the same. */
static const tl_outcome known_of_writes[STAGES] = {
    [JUST_SENT] = TL_OUTCOME_UNKNOWN,
    [ON_THE_WIRE] = TL_OUTCOME_UNKNOWN,
    [HALF_ANSWERED] = TL_OUTCOME_DONE,
};

static void who_cancels_a_write_is_told_what_is_known(void **state)
{
    (void)state;
    for (enum stage stage = 0; stage < STAGES; stage++) {
        for (int write = 0; write < 2; write++) {
            world w;
            open_signed_in(&w);
            tl_request *request = start_up_to(&w, stage);
            request->read = !write;
            assert_int_equal(tl_engine_cancel(request),
                             write ? known_of_writes[stage] : TL_OUTCOME_NONE);
            world_close(&w);
        }
    }
}

/* world_close checks that nothing is left. */
static void an_engine_can_be_freed_with_requests_in_every_state(void **state)
{
    (void)state;
    for (enum stage stage = 0; stage < STAGES; stage++) {
        world w;
        open_signed_in(&w);
        start_up_to(&w, stage);
        world_close(&w);
    }
    world w;
    open_signed_in(&w);
    for (enum stage stage = STAGES; stage-- > 0;)
        start_up_to(&w, stage);
    world_close(&w);
}

static void an_engine_can_be_freed_before_a_token_is_settled(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    start_get(&w, "/fine");
    while (!tl_engine_answered(w.engine)) {
        tl_engine_block(w.engine);
        tl_engine_step(w.engine);
    }
    world_close(&w);
}

/* A pause that is over and one that is not, and a request whose token the host still has to give.
 */
static void start_other_waits(world *w)
{
    tl_request_spec spec = get_spec(w, "/fine");
    spec.signin =
        tl_engine_adopt(w->engine, tl_identity_new_asked(tl_engine_allocator(w->engine)), NULL);
    start(w, &spec);
    tl_pause *over = tl_engine_pause(w->engine, 1);
    tl_engine_pause(w->engine, 1000 * TL_SECOND);
    while (!over->awaited.over) {
        tl_engine_block(w->engine);
        tl_engine_step(w->engine);
    }
}

static void an_engine_can_be_freed_while_anything_is_waited_for(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    start_other_waits(&w);
    world_close(&w);
    world_open(&w, routes);
    start_other_waits(&w);
    assert_non_null(tl_engine_asked(w.engine));
    assert_non_null(tl_engine_take(w.engine));
    world_close(&w);
}

static void an_engine_can_be_freed_at_once(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    world_close(&w);
    world_open(&w, routes);
    start_get(&w, "/fine");
    world_close(&w);
}

enum { MOST_DESCRIPTORS = 1024 };

static void note_open(bool open[MOST_DESCRIPTORS])
{
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++)
        open[fd] = fcntl(fd, F_GETFD) >= 0;
}

static int family_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &size) == 0 ? address.ss_family : AF_UNSPEC;
}

/* libcurl's own, by which another thread could wake it up: before 8.12 a pair of sockets that are
 * kept over exec, and whose numbers it tells nobody. */
static bool is_wake_up(int fd)
{
    return curl_version_info(CURLVERSION_NOW)->version_num < 0x080c00 && family_of(fd) == AF_UNIX;
}

static void every_descriptor_is_close_on_exec(void **state)
{
    (void)state;
    world w;
    bool before[MOST_DESCRIPTORS], now[MOST_DESCRIPTORS];
    int kept = 0, connections = 0, others = 0;
    note_open(before);
    open_signed_in(&w);
    assert_true(tl_engine_fd(w.engine) >= 0);
    start_up_to(&w, ON_THE_WIRE);
    note_open(now);
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++) {
        if (!now[fd] || before[fd])
            continue;
        connections += family_of(fd) == AF_INET;
        others += family_of(fd) == AF_UNSPEC;
        if (fcntl(fd, F_GETFD) & FD_CLOEXEC)
            continue;
        kept++;
        if (!is_wake_up(fd))
            fail_msg("descriptor %d is kept over exec", fd);
    }
    assert_true(kept == 0 || kept == 2);
    assert_true(connections > 0 && others > 0); /* the poller's, at least */
    world_close(&w);
}

/* How many connections to the server are open on the client's side. */
static int open_connections(const world *w)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++) {
        struct sockaddr_in peer = {0};
        socklen_t size = sizeof peer;
        count += getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
                 peer.sin_family == AF_INET && ntohs(peer.sin_port) == server_port(w->server);
    }
    return count;
}

/* What a forked child does with its parent's engine. Its exit status tells whether all was well; it
 * comes by way of exec, because valgrind would complain of the memory that libcurl keeps. */
static void leave_child(world *w)
{
    bool ours = tl_engine_is_ours(w->engine), connected = open_connections(w) > 0;
    int poller = tl_poller_fd(&w->engine->wire.poller);
    tl_engine_free(w->engine);
    bool closed = open_connections(w) == 0 && fcntl(poller, F_GETFD) < 0;
    if (!ours && connected && closed && w->memory.live == 0)
        execlp("true", "true", NULL);
    _exit(1);
}

static void expect_child_to_leave_well(world *w)
{
    int status;
    pid_t child = fork();
    assert_return_code(child, 0);
    if (child == 0)
        leave_child(w);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_forked_child_leaves_the_parents_connection_alone(void **state)
{
    (void)state;
    for (enum stage stage = 0; stage < STAGES; stage++) {
        world w;
        open_signed_in(&w);
        assert_true(tl_engine_fd(w.engine) >= 0);
        start_up_to(&w, stage);
        expect_answer(&w, start_long(&w, "/fine"), 200, "fine");
        int connections = server_connections(w.server);
        expect_child_to_leave_well(&w);
        assert_true(tl_engine_is_ours(w.engine));
        expect_answer(&w, start_long(&w, "/fine"), 200, "fine");
        assert_int_equal(server_connections(w.server), connections);
        world_close(&w);
    }
}

static void a_forked_child_can_end_whatever_was_waited_for(void **state)
{
    (void)state;
    world w;
    open_signed_in(&w);
    start_other_waits(&w);
    expect_child_to_leave_well(&w);
    world_close(&w);
}

static void an_answer_comes_after_a_fork_too(void **state)
{
    (void)state;
    world w;
    open_signed_in(&w);
    tl_request *request = start_up_to(&w, ON_THE_WIRE);
    expect_child_to_leave_well(&w);
    server_release(w.server, "/silent");
    expect_answer(&w, request, 200, "fine");
    assert_int_equal(server_requests(w.server, "/silent"), 1);
    world_close(&w);
}

/* Parent and child share it: what the child would do to it is done to the parent. */
static void a_forked_child_leaves_the_parents_timer_alone(void **state)
{
    (void)state;
    world w;
    open_signed_in(&w);
    struct pollfd wait = {.fd = tl_engine_fd(w.engine), .events = POLLIN};
    assert_true(wait.fd >= 0);
    tl_request_spec spec = get_spec(&w, "/silent");
    spec.timeout = 300 * TL_MILLISECOND;
    tl_request *request = start(&w, &spec);
    expect_child_to_leave_well(&w);
    while (request->state != TL_REQUEST_FINISHED) { /* by nothing but its deadline */
        assert_int_equal(poll(&wait, 1, 10000), 1);
        tl_engine_step(w.engine);
    }
    expect_error(&w, request, TL_TIMEOUT, "");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(a_request_can_be_cancelled_in_every_state),
        ENGINE_TEST(who_cancels_a_write_is_told_what_is_known),
        ENGINE_TEST(an_engine_can_be_freed_with_requests_in_every_state),
        ENGINE_TEST(an_engine_can_be_freed_before_a_token_is_settled),
        ENGINE_TEST(an_engine_can_be_freed_while_anything_is_waited_for),
        ENGINE_TEST(an_engine_can_be_freed_at_once),
        ENGINE_TEST(every_descriptor_is_close_on_exec),
        ENGINE_TEST(a_forked_child_leaves_the_parents_connection_alone),
        ENGINE_TEST(a_forked_child_can_end_whatever_was_waited_for),
        ENGINE_TEST(an_answer_comes_after_a_fork_too),
        ENGINE_TEST(a_forked_child_leaves_the_parents_timer_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
