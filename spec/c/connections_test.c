/* Which connection a request goes out over, and when it waits for one. */
#include "driver.h"
#include "net/engine_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void answer_and_close_later(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "", "fine");
    if (exchange_hold(exchange))
        exchange->over = true;
}

/* What some servers say as they give up on a connection on which nothing comes, RFC 9110 15.5.9. */
static void answer_and_time_out(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "", "fine");
    exchange_answer(exchange, 408, "", "too late");
}

static void answer_keeping_no_time(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "Keep-Alive : max=9,\r\n timeout=0\r\n", "fine");
}

static void answer_keeping_long(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "Keep-Alive: timeout=1000\r\n", "fine");
}

static void answer_with_a_folded_beginning(test_exchange *exchange)
{
    static const char bytes[] = "HTTP/1.1 200 OK\r\n X: y\r\nContent-Length: 4\r\n\r\nfine";
    exchange_send(exchange, bytes, sizeof bytes - 1);
    exchange->over = true;
}

static void answer_slowly(test_exchange *exchange)
{
    if (exchange_pause(exchange, 700))
        exchange_answer(exchange, 200, "Connection: close\r\n", "fine");
    exchange->over = true;
}

static void answer_keeping_a_second(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "Keep-Alive: timeout=1\r\n", "fine");
}

static const test_route routes[] = {
    {"/token", answer_token},
    {"/fine", answer_fine},
    {"/close-later", answer_and_close_later},
    {"/time-out", answer_and_time_out},
    {"/no-time", answer_keeping_no_time},
    {"/long", answer_keeping_long},
    {"/second", answer_keeping_a_second},
    {"/held", answer_when_released},
    {"/folded", answer_with_a_folded_beginning},
    {"/slow", answer_slowly},
    {0},
};

static void open_signed_in(world *w)
{
    world_open(w, routes);
    expect_answer(w, start_get(w, "/fine"), 200, "fine");
}

/* What libcurl makes of it differs from version to version; before 8.1.0 it may have crashed. */
static void an_answer_that_begins_folded_does_no_harm(void **state)
{
    (void)state;
    world w;
    open_signed_in(&w);
    for (int i = 0; i < 3; i++) {
        expect_answer(&w, start_get(&w, "/long"), 200, "fine");
        tl_request *request = start_get(&w, "/folded");
        drive_until_finished(&w, request);
        tl_engine_cancel(request);
    }
    world_close(&w);
}

static tl_request *start_write(world *w, const char *path)
{
    const tl_request_spec spec = write_spec(w, path);
    return start(w, &spec);
}

/* What has come on a connection that is not used, the engine does not look at by itself. */
static void wait_for_something_to_read(const world *w)
{
    const tl_socket *first = tl_socket_table_first(&w->engine->wire.sockets.open);
    assert_non_null(first);
    while (!tl_sockets_ended(&w->engine->wire.sockets, &first->ends))
        be_idle(1);
}

static void nothing_goes_out_over_a_connection_that_has_ended(void **state)
{
    (void)state;
    static const char *const ends[] = {"/close-later", "/time-out"};
    for (size_t i = 0; i < COUNT(ends); i++) {
        world w;
        open_signed_in(&w);
        expect_answer(&w, start_get(&w, ends[i]), 200, "fine");
        server_release(w.server, ends[i]);
        wait_for_something_to_read(&w);
        tl_request *request = start_write(&w, "/fine");
        expect_answer(&w, request, 200, "fine");
        assert_int_equal(request->attempts, 1);
        assert_int_equal(server_connections(w.server), 2);
        assert_int_equal(server_requests(w.server, "/fine"), 2);
        world_close(&w);
    }
}

/* Two connections of one engine may have the same port at their own end, to different servers. */
static void a_connection_is_known_by_both_its_ends(void **state)
{
    (void)state;
    int pair[2];
    assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), errno);
    assert_int_equal(write(pair[1], "x", 1), 1);
    const tl_ends first = {
        .ip = "10.0.0.1", .local_ip = "10.0.0.9", .port = 443, .local_port = 50000};
    tl_ends others[] = {first, first, first, first, {.port = 0}};
    test_memory memory = {0};
    const tl_allocator allocator = test_allocator(&memory);
    tl_sockets sockets;
    tl_sockets_init(&sockets, &allocator, NULL);
    for (size_t i = 0; i < COUNT(pair); i++) {
        tl_socket *socket = tl_socket_table_add(&sockets.open, pair[i]);
        tl_ends ends = first;
        ends.port += (long)i;
        socket->until = TL_NEVER;
        tl_socket_table_set_ends(&sockets.open, socket, &ends);
    }
    strcpy(others[0].ip, "10.0.0.2");
    strcpy(others[1].local_ip, "10.0.0.8");
    others[2].port = 444; /* which has nothing to read */
    others[3].local_port = 50001;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(tl_sockets_ended(&sockets, &others[i]));
    assert_true(tl_sockets_ended(&sockets, &first));
    tl_sockets_free(&sockets);
    assert_int_equal(memory.live, 0);
    close(pair[0]);
    close(pair[1]);
}

static void no_connection_is_used_past_the_time_that_was_announced(void **state)
{
    (void)state;
    world w;
    open_signed_in(&w);
    expect_answer(&w, start_get(&w, "/no-time"), 200, "fine");
    for (int i = 0; i < 3; i++) {
        tl_request *request = start_write(&w, "/no-time");
        expect_answer(&w, request, 200, "fine");
        assert_int_equal(request->attempts, 1);
        assert_int_equal(server_connections(w.server), 2 + i);
    }
    expect_answer(&w, start_get(&w, "/long"), 200, "fine");
    expect_answer(&w, start_write(&w, "/long"), 200, "fine");
    expect_answer(&w, start_write(&w, "/fine"), 200, "fine");
    assert_int_equal(server_connections(w.server), 5);
    world_close(&w);
}

static const tl_socket *last_opened(const world *w)
{
    return TL_OWNER(w->engine->wire.sockets.open.all.previous, tl_socket, all);
}

/* A request needs time to arrive, and the server has counted since it sent its answer. */
static void a_part_of_the_announced_time_is_left_unused(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        tl_time used;
    } rows[] = {{"/second", TL_SECOND / 2}, {"/long", 999 * TL_SECOND}};
    world w;
    open_signed_in(&w);
    for (size_t i = 0; i < COUNT(rows); i++) {
        tl_time before = tl_now();
        expect_answer(&w, start_get(&w, rows[i].path), 200, "fine");
        tl_time until = last_opened(&w)->until;
        assert_in_range(until, before + rows[i].used, tl_now() + rows[i].used);
    }
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine"); /* which says nothing of it */
    assert_true(last_opened(&w)->until == TL_NEVER);
    world_close(&w);
}

/* Many at once, which all get their answer at the same moment. */
static void burst(world *w, int count)
{
    tl_request *requests[64];
    int before = server_requests(w->server, "/held");
    for (int i = 0; i < count; i++)
        requests[i] = start_get(w, "/held");
    drive_until_requested(w, "/held", before + count);
    server_release(w->server, "/held");
    for (int i = 0; i < count; i++)
        expect_answer(w, requests[i], 200, "fine");
}

static void connections_are_kept_for_the_most_requests_at_once(void **state)
{
    (void)state;
    world w;
    open_signed_in(&w);
    burst(&w, 40);
    for (int i = 0; i < 3; i++)
        expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    int connections = server_connections(w.server);
    assert_in_range(connections, 40, 41);
    assert_int_equal(w.engine->wire.sockets.open.count, connections);
    world_close(&w);
}

static void time_in_the_queue_for_a_connection_is_no_attempt(void **state)
{
    (void)state;
    world w = {.max_connections = 1, .connect_timeout = 500 * TL_MILLISECOND};
    w.server = server_start(routes);
    assert_non_null(w.server);
    assert_true(world_make_engine(&w));
    w.trace = true;
    tl_request *requests[6];
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    for (size_t i = 0; i < COUNT(requests); i++)
        requests[i] = start_write(&w, "/slow");
    for (size_t i = 0; i < COUNT(requests); i++) {
        expect_answer(&w, requests[i], 200, "fine");
        assert_int_equal(requests[i]->attempts, 1);
    }
    assert_int_equal(server_requests(w.server, "/slow"), COUNT(requests));
    world_close(&w);
}

enum { CALLERS = 4 };

/* A port at which no connection is made any more: nobody accepts those that have filled its queue.
 */
static void open_deaf_port(int fds[CALLERS + 1], char *url, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    for (int i = 0; i <= CALLERS; i++)
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int listener = fds[CALLERS];
    assert_return_code(bind(listener, (struct sockaddr *)&address, sizeof address), errno);
    assert_return_code(listen(listener, 0), errno);
    assert_return_code(getsockname(listener, (struct sockaddr *)&address, &length), errno);
    for (int i = 0; i < CALLERS; i++)
        connect(fds[i], (struct sockaddr *)&address, sizeof address);
    snprintf(url, size, "http://127.0.0.1:%d/", ntohs(address.sin_port));
}

/* Otherwise each would stay in memory for as long as the client, and in a forked child the number
 * would be closed, whatever of the host's has it by then. */
static void a_socket_that_was_never_connected_is_forgotten(void **state)
{
    (void)state;
    world w = {.connect_timeout = 50 * TL_MILLISECOND};
    w.server = server_start(routes);
    assert_non_null(w.server);
    assert_true(world_make_engine(&w));
    char url[64];
    int fds[CALLERS + 1];
    open_deaf_port(fds, url, sizeof url);
    tl_request_spec spec = get_spec(&w, "/");
    spec.url = url;
    spec.signin = NULL;
    const tl_socket_table *open = &w.engine->wire.sockets.open;
    tl_request *given_up = start(&w, &spec);
    while (open->count == 0)
        drive(&w);
    tl_engine_cancel(given_up);
    assert_int_equal(open->count, 0);
    expect_error(&w, start(&w, &spec), TL_TIMEOUT, "");
    assert_int_equal(open->count, 0);
    for (size_t i = 0; i < COUNT(fds); i++)
        close(fds[i]);
    world_close(&w);
}

/* Each of its attempts has the whole time for connecting, also the one that was in the queue. */
static void time_in_the_queue_is_not_taken_from_the_time_for_connecting(void **state)
{
    (void)state;
    world w = {.max_connections = 1, .connect_timeout = 1000 * TL_MILLISECOND, .trace = true};
    w.server = server_start(routes);
    assert_non_null(w.server);
    assert_true(world_make_engine(&w));
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    while (tl_engine_traced(w.engine))
        tl_engine_drop_trace(w.engine);
    char url[64];
    int fds[CALLERS + 1];
    open_deaf_port(fds, url, sizeof url);
    tl_request *first = start_write(&w, "/slow");
    tl_request_spec spec = write_spec(&w, "/");
    spec.url = url;
    spec.signin = NULL;
    tl_request *second = start(&w, &spec);
    expect_answer(&w, first, 200, "fine");
    expect_error(&w, second, TL_TIMEOUT, "");
    assert_int_equal(second->attempts, 4);
    tl_engine_drop_trace(w.engine); /* of the first request */
    for (const tl_trace *trace; (trace = tl_engine_traced(w.engine));) {
        assert_true(trace->total - trace->lookup > 800 * TL_MILLISECOND);
        tl_engine_drop_trace(w.engine);
    }
    for (size_t i = 0; i < COUNT(fds); i++)
        close(fds[i]);
    world_close(&w);
}

static void a_request_that_waits_for_a_connection_says_so(void **state)
{
    (void)state;
    world w = {.max_connections = 1};
    w.server = server_start(routes);
    assert_non_null(w.server);
    assert_true(world_make_engine(&w));
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    start_get(&w, "/held");
    drive_until_requested(&w, "/held", 1);
    tl_request_spec spec = write_spec(&w, "/fine");
    spec.timeout = 50 * TL_MILLISECOND;
    tl_request *request = start(&w, &spec);
    expect_error(&w, request, TL_TIMEOUT, "waiting for a free connection");
    assert_int_equal(request->outcome, TL_OUTCOME_NONE);
    world_close(&w);
}

/* What a handle's callbacks are given. */
static void *given[5];

static size_t note_write(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    given[0] = context;
    return size * count;
}

static size_t note_header(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    given[1] = context;
    return size * count;
}

/* Called only when the handle has no body of its own. */
static size_t note_read(char *bytes, size_t size, size_t count, void *context)
{
    (void)size, (void)count;
    given[2] = context;
    *bytes = 'x';
    return 1;
}

static int note_send(void *context, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    given[3] = context;
    return CURL_PREREQFUNC_OK;
}

static int note_lookup(void *resolver, void *reserved, void *context)
{
    (void)resolver, (void)reserved;
    given[4] = context;
    return 0;
}

/* The handle goes to its last URL once more, by itself. */
static void expect_no_pointer_in(CURL *easy)
{
    char *owner = "some";
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
    assert_null(owner);
    for (size_t i = 0; i < COUNT(given); i++)
        given[i] = easy; /* anything but NULL: each must have been called */
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, note_write);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, note_header);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, note_read);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, note_send);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, note_lookup);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)1);
    assert_int_equal(curl_easy_perform(easy), CURLE_OK);
    for (size_t i = 0; i < COUNT(given); i++)
        assert_null(given[i]);
}

static void a_handle_keeps_nothing_of_the_request_before(void **state)
{
    (void)state;
    const bool kept = curl_version_info(CURLVERSION_NOW)->version_num >= 0x080100;
    for (int write = 0; write < 2; write++) {
        world w;
        open_signed_in(&w);
        tl_request_spec spec = write_spec(&w, "/fine");
        spec.read = write == 0; /* then libcurl has the body's address */
        tl_request *request = start(&w, &spec);
        expect_answer(&w, request, 200, "fine");
        tl_engine_cancel(request);
        assert_int_equal(w.engine->wire.idle_count, kept ? 1 : 0);
        if (kept)
            expect_no_pointer_in(w.engine->wire.idle[0]);
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(nothing_goes_out_over_a_connection_that_has_ended),
        ENGINE_TEST(a_connection_is_known_by_both_its_ends),
        ENGINE_TEST(no_connection_is_used_past_the_time_that_was_announced),
        ENGINE_TEST(a_part_of_the_announced_time_is_left_unused),
        ENGINE_TEST(connections_are_kept_for_the_most_requests_at_once),
        ENGINE_TEST(time_in_the_queue_for_a_connection_is_no_attempt),
        ENGINE_TEST(time_in_the_queue_is_not_taken_from_the_time_for_connecting),
        ENGINE_TEST(a_socket_that_was_never_connected_is_forgotten),
        ENGINE_TEST(a_request_that_waits_for_a_connection_says_so),
        ENGINE_TEST(a_handle_keeps_nothing_of_the_request_before),
        ENGINE_TEST(an_answer_that_begins_folded_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
