/* A host that is away for longer than each deadline: work that no call waits for is not to blame
 * for that, and each call of a caller ends when its own time is over. */
#include "driver.h"
#include "net/engine_private.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE = 20, AWAY = 60, LONG = 3600 }; /* seconds */

static _Atomic tl_time ahead; /* how much all clocks are fast */

/* Goes before the C library's, for libcurl as well, so that no test has to wait. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    now->tv_sec += (time_t)(ahead / TL_SECOND);
    now->tv_nsec += (long)(ahead % TL_SECOND) * 1000;
    if (now->tv_nsec >= 1000000000L) {
        now->tv_nsec -= 1000000000L;
        now->tv_sec++;
    }
    return result;
}

static void be_away(void)
{
    ahead += AWAY * TL_SECOND;
}

static void answer_held_token(test_exchange *exchange)
{
    if (exchange_hold(exchange))
        answer_token(exchange);
}

static void answer_busy(test_exchange *exchange)
{
    exchange_answer(exchange, 503, "Retry-After: 1\r\n", "busy");
}

static const test_route routes[] = {
    {"/token", answer_held_token},
    {"/page", answer_when_released},
    {"/silent", answer_when_released},
    {"/fine", answer_fine},
    {"/busy", answer_busy},
    {0},
};

static const bool hosted[] = {true, false};

static void open_world(world *w, bool host)
{
    world_open(w, routes);
    w->identity->timeout = DEADLINE * TL_SECOND;
    if (host)
        assert_true(tl_engine_fd(w->engine) >= 0);
}

static tl_request *start_nobodys(world *w, const char *path, bool background)
{
    tl_request_spec spec = get_spec(w, path);
    spec.signin = NULL;
    spec.timeout = DEADLINE * TL_SECOND;
    spec.background = background;
    return start(w, &spec);
}

/* For the identity, with more time than any host is away. */
static tl_request *start_long(world *w)
{
    tl_request_spec spec = get_spec(w, "/fine");
    spec.timeout = LONG * TL_SECOND;
    return start(w, &spec);
}

static void no_fetch_of_a_token_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hosted); i++) {
        world w;
        open_world(&w, hosted[i]);
        tl_request *request = start_long(&w);
        drive_until_requested(&w, "/token", 1);
        be_away();
        server_release(w.server, "/token");
        expect_answer(&w, request, 200, "fine");
        assert_int_equal(server_requests(w.server, "/token"), 1);
        world_close(&w);
    }
}

static void no_renewal_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hosted); i++) {
        world w;
        open_world(&w, hosted[i]);
        w.life = 1000;
        server_release(w.server, "/token");
        expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
        w.identity->renew_at = 0; /* as if 970 s had passed */
        expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
        be_away();
        while (w.identity->signing_in)
            drive(&w);
        assert_int_equal(w.identity->failure.kind, TL_OK);
        assert_int_equal(w.granted, 2);
        world_close(&w);
    }
}

static void no_page_that_is_fetched_ahead_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hosted); i++) {
        world w;
        open_world(&w, hosted[i]);
        tl_request *page = start_nobodys(&w, "/page", true);
        drive_until_requested(&w, "/page", 1);
        be_away();
        server_release(w.server, "/page");
        expect_answer(&w, page, 200, "fine");
        assert_int_equal(page->attempts, 1);
        world_close(&w);
    }
}

static void a_callers_deadline_is_wall_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hosted); i++) {
        world w;
        open_world(&w, hosted[i]);
        tl_request *request = start_nobodys(&w, "/silent", false);
        drive_until_requested(&w, "/silent", 1);
        be_away();
        tl_engine_step(w.engine); /* in which it ends */
        assert_int_equal(request->state, TL_REQUEST_FINISHED);
        expect_error(&w, request, TL_TIMEOUT, "no answer within 20 s: waiting for the answer");
        world_close(&w);
    }
}

/* The caller that waits for a token goes when its time is over; the fetch goes on. */
static void a_caller_leaves_a_fetch_that_goes_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hosted); i++) {
        world w;
        open_world(&w, hosted[i]);
        tl_request_spec spec = get_spec(&w, "/fine");
        spec.timeout = DEADLINE * TL_SECOND;
        tl_request *hasty = start(&w, &spec), *patient = start_long(&w);
        drive_until_requested(&w, "/token", 1);
        be_away();
        tl_engine_step(w.engine);
        expect_error(&w, hasty, TL_TIMEOUT, "no answer within 20 s: waiting for a token");
        server_release(w.server, "/token");
        expect_answer(&w, patient, 200, "fine");
        world_close(&w);
    }
}

/* One whose next attempt and whose deadline are both due when the host comes back. */
static void a_caller_who_waits_for_the_next_attempt_is_told_so(void **state)
{
    (void)state;
    world w;
    open_world(&w, false);
    tl_request_spec spec = get_spec(&w, "/busy");
    spec.signin = NULL;
    tl_request *request = start(&w, &spec);
    while (request->state != TL_REQUEST_RESTING)
        drive(&w);
    request->at_latest = tl_now();
    tl_timer_set(&w.engine->schedule.wall, &request->backoff, request->at_latest - 1);
    tl_timer_set(&w.engine->schedule.wall, &request->deadline, request->at_latest);
    expect_error(&w, request, TL_TIMEOUT, "no answer within 20 s: waiting for the next attempt");
    assert_int_equal(server_requests(w.server, "/busy"), 1);
    world_close(&w);
}

/* To start requests is not to drive: nothing that comes from the token's endpoint is read. */
static void a_host_that_only_starts_requests_ends_no_fetch(void **state)
{
    (void)state;
    world w;
    open_world(&w, true);
    tl_request *request = start_long(&w);
    drive_until_requested(&w, "/token", 1);
    for (tl_time end = tl_now() + AWAY * TL_SECOND; tl_now() < end; ahead += 90 * TL_MILLISECOND)
        start_long(&w);
    tl_engine_step(w.engine);
    assert_true(w.identity->signing_in);
    server_release(w.server, "/token");
    expect_answer(&w, request, 200, "fine");
    world_close(&w);
}

/* A token that comes late: the request goes out then, so that no time before counts as time in
 * which nobody drove its attempt, and would be forgiven. */
static void the_time_before_a_grant_is_none_of_the_attempts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hosted); i++) {
        world w;
        open_world(&w, hosted[i]);
        const tl_allocator *allocator = tl_engine_allocator(w.engine);
        world_use(&w, tl_engine_adopt(w.engine, tl_identity_new_asked(allocator), NULL));
        tl_request *request = start_get(&w, "/fine");
        assert_ptr_equal(tl_engine_asked(w.engine), w.signin);
        w.engine->schedule.driven_until -= 3600 * TL_SECOND;
        tl_timer_set(&w.engine->schedule.wall, &request->deadline, tl_now() + 20 * TL_SECOND);
        tl_engine_grant(w.signin, "token-1", 7, 0);
        tl_engine_step(w.engine);
        assert_int_equal(request->state, TL_REQUEST_SENT);
        assert_true(w.engine->schedule.idle - request->idle_before < 1800 * TL_SECOND);
        world_close(&w);
    }
}

/* A server that takes no connection, because its queue is full of those that nobody accepts. */
typedef struct full_server {
    int listener, accepted[16], count; /* or at first those that fill the queue */
    char url[64];
} full_server;

static int connect_to(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    connect(fd, (const struct sockaddr *)address, sizeof *address);
    return fd;
}

static bool becomes(int fd, short events, int milliseconds)
{
    struct pollfd one = {.fd = fd, .events = events};
    return poll(&one, 1, milliseconds) == 1;
}

static full_server open_full_server(void)
{
    full_server s = {.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_return_code(bind(s.listener, (struct sockaddr *)&address, size), 0);
    assert_return_code(listen(s.listener, 0), 0);
    assert_return_code(getsockname(s.listener, (struct sockaddr *)&address, &size), 0);
    snprintf(s.url, sizeof s.url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    do {
        assert_in_range(s.count, 0, COUNT(s.accepted) - 1);
        s.accepted[s.count++] = connect_to(&address);
    } while (becomes(s.accepted[s.count - 1], POLLOUT, 50));
    return s;
}

static void empty_queue(full_server *s)
{
    while (s->count > 0)
        close(s->accepted[--s->count]);
    for (int fd; (fd = accept(s->listener, NULL, NULL)) >= 0;)
        close(fd);
}

/* Accepts one more, and answers who has asked. */
static void serve(full_server *s)
{
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine";
    char asked[1024];
    int fd = accept(s->listener, NULL, NULL);
    if (fd >= 0)
        s->accepted[s->count++] = fd;
    for (int i = 0; i < s->count; i++) {
        if (!becomes(s->accepted[i], POLLIN, 0))
            continue;
        if (read(s->accepted[i], asked, sizeof asked) > 0)
            assert_int_equal(write(s->accepted[i], answer, sizeof answer - 1), sizeof answer - 1);
        shutdown(s->accepted[i], SHUT_WR);
    }
}

static void close_server(full_server *s)
{
    empty_queue(s);
    close(s->listener);
}

/* libcurl counts the time in which nobody drives it as time for connecting: it gives up at once
 * when it is driven again. */
static void time_away_is_no_time_for_connecting(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hosted); i++) {
        world w = {.connect_timeout = DEADLINE * TL_SECOND};
        full_server server = open_full_server();
        w.server = server_start(routes);
        assert_non_null(w.server);
        assert_true(world_make_engine(&w));
        if (hosted[i])
            assert_true(tl_engine_fd(w.engine) >= 0);
        const tl_request_spec spec = {.method = "GET",
                                      .url = server.url,
                                      .headers = "",
                                      .timeout = LONG * TL_SECOND,
                                      .most_body = 100,
                                      .read = true};
        tl_request *request = start(&w, &spec);
        tl_engine_step(w.engine); /* begins to connect */
        be_away();
        empty_queue(&server);
        while (request->state != TL_REQUEST_FINISHED) {
            drive(&w);
            serve(&server);
        }
        expect_answer(&w, request, 200, "fine");
        assert_int_equal(request->attempts, 1);
        close_server(&server);
        world_close(&w);
    }
}

/* The silent server's time does count when the host waits for it and is called in vain. */
static void a_host_that_waits_ends_a_background_request(void **state)
{
    (void)state;
    world w;
    ahead = 0; /* since the kernel's timers go by its own clock */
    open_world(&w, true);
    struct pollfd wait = {.fd = tl_engine_fd(w.engine), .events = POLLIN};
    tl_request_spec spec = get_spec(&w, "/page");
    spec.signin = NULL;
    spec.timeout = 200 * TL_MILLISECOND;
    spec.background = true;
    tl_request *page = start(&w, &spec);
    while (page->state != TL_REQUEST_FINISHED) {
        assert_int_equal(poll(&wait, 1, 10000), 1);
        tl_engine_step(w.engine);
        settle(&w);
    }
    expect_error(&w, page, TL_TIMEOUT, "no answer within 0.2 s: waiting for the answer");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(no_fetch_of_a_token_fails),
        ENGINE_TEST(no_renewal_fails),
        ENGINE_TEST(no_page_that_is_fetched_ahead_fails),
        ENGINE_TEST(a_callers_deadline_is_wall_time),
        ENGINE_TEST(a_caller_leaves_a_fetch_that_goes_on),
        ENGINE_TEST(a_caller_who_waits_for_the_next_attempt_is_told_so),
        ENGINE_TEST(a_host_that_only_starts_requests_ends_no_fetch),
        ENGINE_TEST(the_time_before_a_grant_is_none_of_the_attempts),
        ENGINE_TEST(time_away_is_no_time_for_connecting),
        ENGINE_TEST(a_host_that_waits_ends_a_background_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
