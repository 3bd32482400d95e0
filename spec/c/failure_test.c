/* What goes wrong on the way, and what is tried again. */
#include "driver.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_text(test_exchange *exchange, const char *text)
{
    exchange_send(exchange, text, strlen(text));
}

static void answer_bytewise(test_exchange *exchange)
{
    static const char answer[] = "HTTP/1.1 200 Fine\r\nContent-Length: 4\r\n\r\nfine";
    for (size_t i = 0; answer[i]; i++)
        exchange_send(exchange, &answer[i], 1);
}

/* A byte now and then, without an end. */
static void answer_endlessly(test_exchange *exchange)
{
    send_text(exchange, "HTTP/1.1 200 Fine\r\nContent-Length: 900000\r\n\r\n");
    while (exchange_pause(exchange, 2) && exchange_send(exchange, "x", 1))
        continue;
}

/* The head of an answer, and no more until released. */
static void send_and_stop(test_exchange *exchange, const char *text)
{
    send_text(exchange, text);
    exchange_hold(exchange);
}

static void answer_head_only(test_exchange *exchange)
{
    send_and_stop(exchange, "HTTP/1.1 200 Fine\r\nContent-Length: 4\r\n\r\n");
}

static void answer_early_hints_only(test_exchange *exchange)
{
    send_and_stop(exchange, "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n");
}

static void answer_502_head_only(test_exchange *exchange)
{
    send_and_stop(exchange, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\n");
}

static void answer_000(test_exchange *exchange)
{
    exchange_answer(exchange, 0, "", "no");
}

static void switch_protocols(test_exchange *exchange)
{
    send_text(exchange, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n\r\n");
    exchange->over = true;
}

/* Longer than libcurl takes, which is 100 KiB. */
static void send_much(test_exchange *exchange)
{
    char much[1000];
    memset(much, 'x', sizeof much);
    for (int i = 0; i < 200; i++)
        exchange_send(exchange, much, sizeof much);
}

static void answer_long_line(test_exchange *exchange)
{
    send_text(exchange, "HTTP/1.1 200 Fine\r\nX-Much: ");
    send_much(exchange);
    send_text(exchange, "\r\nContent-Length: 0\r\n\r\n");
}

static void answer_long_status_line(test_exchange *exchange)
{
    send_text(exchange, "HTTP/1.1 200 Fine");
    send_much(exchange);
    send_text(exchange, "\r\nContent-Length: 0\r\n\r\n");
}

static void answer_half_then_fine(test_exchange *exchange)
{
    if (exchange->nth > 1) {
        answer_fine(exchange);
        return;
    }
    send_text(exchange, "HTTP/1.1 200 Fine\r\nContent-Length: 100\r\n\r\nhalf");
    exchange->over = true;
}

static void reset_then_fine(test_exchange *exchange)
{
    if (exchange->nth > 1)
        answer_fine(exchange);
    else
        exchange_reset(exchange);
}

static void answer_no_http_then_fine(test_exchange *exchange)
{
    if (exchange->nth > 1) {
        answer_fine(exchange);
        return;
    }
    send_text(exchange, "SSH-2.0-hello\r\n");
    exchange->over = true;
}

/* The first request has made the connection; the second finds it closed, having been read whole. */
static void close_at_second(test_exchange *exchange)
{
    if (exchange->nth == 2)
        exchange->over = true;
    else
        answer_fine(exchange);
}

static void answer_429_once(test_exchange *exchange)
{
    if (exchange->nth > 1)
        answer_fine(exchange);
    else
        exchange_answer(exchange, 429, "Retry-After: 1\r\n", "slowly");
}

static void answer_in_an_hour(test_exchange *exchange)
{
    exchange_answer(exchange, 503, "Retry-After: 3600\r\n", "later");
}

static void answer_in_an_age(test_exchange *exchange)
{
    exchange_answer(exchange, 503, "Retry-After: 9223372036854775807\r\n", "later");
}

static void answer_429(test_exchange *exchange)
{
    exchange_answer(exchange, 429, "", "no");
}

static void answer_500(test_exchange *exchange)
{
    exchange_answer(exchange, 500, "", "no");
}

static void answer_502(test_exchange *exchange)
{
    exchange_answer(exchange, 502, "", "no");
}

static void answer_503(test_exchange *exchange)
{
    exchange_answer(exchange, 503, "", "no");
}

static void answer_504(test_exchange *exchange)
{
    exchange_answer(exchange, 504, "", "no");
}

static const test_route routes[] = {
    {"/token", answer_token},
    {"/silent", answer_when_released},
    {"/bytewise", answer_bytewise},
    {"/endless", answer_endlessly},
    {"/head", answer_head_only},
    {"/hints", answer_early_hints_only},
    {"/502-head", answer_502_head_only},
    {"/long-line", answer_long_line},
    {"/long-status", answer_long_status_line},
    {"/000", answer_000},
    {"/101", switch_protocols},
    {"/half", answer_half_then_fine},
    {"/reset", reset_then_fine},
    {"/no-http", answer_no_http_then_fine},
    {"/second", close_at_second},
    {"/429-once", answer_429_once},
    {"/hour", answer_in_an_hour},
    {"/age", answer_in_an_age},
    {"/429", answer_429},
    {"/500", answer_500},
    {"/502", answer_502},
    {"/503", answer_503},
    {"/504", answer_504},
    {0},
};

/* A port that is taken, but where nobody listens. */
static int take_port(int *fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_return_code(bind(*fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_return_code(getsockname(*fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static void a_refused_connection_is_tried_four_times(void **state)
{
    (void)state;
    world w;
    char url[64];
    int fd;
    world_open(&w, routes);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", take_port(&fd));
    for (int read = 0; read < 2; read++) {
        tl_request_spec spec = read ? get_spec(&w, "/") : write_spec(&w, "/");
        spec.url = url;
        tl_request *request = start(&w, &spec);
        expect_error(&w, request, TL_NETWORK, "");
        assert_int_equal(request->attempts, 4);
        assert_int_equal(request->status, 0);
    }
    close(fd);
    world_close(&w);
}

static void a_backoff_without_room_ends_the_call(void **state)
{
    (void)state;
    world w;
    char url[64];
    int fd, without_room = 0;
    world_open(&w, routes);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", take_port(&fd));
    while (without_room == 0) { /* until the dice fall so */
        tl_request_spec spec = get_spec(&w, "/");
        spec.url = url;
        spec.signin = NULL;
        spec.timeout = 100 * TL_MILLISECOND;
        tl_request *request = start(&w, &spec);
        drive_until_finished(&w, request);
        without_room += request->error.kind == TL_NETWORK && request->attempts < 4;
        tl_engine_cancel(request);
    }
    close(fd);
    world_close(&w);
}

/* A handle that has been used remembers times of its last transfer, which this one must not take
 * for its own: nothing of the write has reached a server. */
static void a_server_that_is_gone_has_not_got_the_write(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/bytewise"), 200, "fine");
    tl_request_spec spec = write_spec(&w, "/bytewise");
    server_stop(w.server);
    w.server = NULL;
    tl_request *request = start(&w, &spec);
    expect_error(&w, request, TL_NETWORK, "");
    assert_int_equal(request->attempts, 4);
    world_close(&w);
}

static const struct deadline {
    const char *path, *words;
    int status;
    tl_outcome outcome; /* of a write */
} deadlines[] = {
    {"/silent", "waiting for the answer", 0, TL_OUTCOME_UNKNOWN},
    {"/hints", "waiting for the answer", 0, TL_OUTCOME_UNKNOWN},
    {"/502-head", "after 0 bytes of the answer's body", 502, TL_OUTCOME_UNKNOWN},
    {"/head", "after 0 bytes of the answer's body", 200, TL_OUTCOME_DONE},
    {"/endless", "of the answer's body", 200, TL_OUTCOME_DONE},
};

static void a_deadline_ends_the_call_and_not_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(deadlines); i++) {
        world w;
        world_open(&w, routes);
        expect_answer(&w, start_get(&w, "/bytewise"), 200, "fine");
        tl_request_spec spec = get_spec(&w, deadlines[i].path);
        spec.timeout = 300 * TL_MILLISECOND;
        tl_time started = tl_now();
        expect_error(&w, start(&w, &spec), TL_TIMEOUT, deadlines[i].words);
        assert_true(tl_now() - started >= 300 * TL_MILLISECOND);
        assert_int_equal(server_requests(w.server, deadlines[i].path), 1);
        world_close(&w);
    }
}

static void a_deadline_keeps_what_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(deadlines); i++) {
        for (int read = 0; read < 2; read++) {
            world w;
            world_open(&w, routes);
            expect_answer(&w, start_get(&w, "/bytewise"), 200, "fine");
            tl_request_spec spec = write_spec(&w, deadlines[i].path);
            spec.read = read;
            spec.timeout = 300 * TL_MILLISECOND;
            tl_request *request = start(&w, &spec);
            expect_error(&w, request, TL_TIMEOUT, deadlines[i].words);
            assert_int_equal(request->error.status, deadlines[i].status);
            assert_int_equal(request->outcome, read ? TL_OUTCOME_NONE : deadlines[i].outcome);
            assert_int_equal(request->attempts, 1);
            world_close(&w);
        }
    }
}

/* RFC 9110 15.2: 1xx is interim, an answer is still to come. */
static void a_status_below_200_is_no_answer(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        bool read = i % 2;
        world w;
        world_open(&w, routes);
        tl_request_spec spec = write_spec(&w, i < 2 ? "/101" : "/000");
        spec.read = read;
        tl_request *request = start(&w, &spec);
        expect_error(&w, request, TL_NETWORK, "");
        assert_int_equal(request->error.status, 0);
        assert_int_equal(request->attempts, read ? 4 : 1);
        assert_int_equal(request->outcome, read ? TL_OUTCOME_NONE : TL_OUTCOME_UNKNOWN);
        world_close(&w);
    }
}

static const struct header {
    const char *path;
    tl_outcome outcome;
} headers[] = {
    {"/long-status", TL_OUTCOME_UNKNOWN},
    {"/long-line", TL_OUTCOME_DONE},
};

/* libcurl says then that it is out of memory, which is not what has happened. */
static void a_header_line_that_libcurl_does_not_take_is_a_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++) {
        world w;
        world_open(&w, routes);
        tl_request_spec spec = write_spec(&w, headers[i].path);
        tl_request *request = start(&w, &spec);
        expect_error(&w, request, TL_LIMIT, "header line");
        assert_int_equal(request->outcome, headers[i].outcome);
        assert_int_equal(request->attempts, 1);
        tl_signin *signin = world_add_sign_in(&w, TL_TOKEN, headers[i].path);
        spec = get_spec(&w, "/bytewise");
        spec.signin = signin;
        expect_error(&w, start(&w, &spec), TL_LIMIT, "header line");
        world_close(&w);
    }
}

static void an_answer_may_come_byte_by_byte(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/bytewise"), 200, "fine");
    assert_int_equal(server_requests(w.server, "/bytewise"), 1);
    world_close(&w);
}

/* On a fresh connection libcurl itself never sends again. */
static void a_lost_answer_is_asked_for_again_by_a_read_only(void **state)
{
    (void)state;
    const char *paths[] = {"/half", "/reset", "/no-http"};
    for (size_t i = 0; i < COUNT(paths); i++) {
        world w;
        world_open(&w, routes);
        tl_request_spec spec = write_spec(&w, paths[i]);
        tl_request *request = start(&w, &spec);
        expect_error(&w, request, TL_NETWORK, "");
        assert_int_equal(request->error.status, i == 0 ? 200 : 0);
        assert_int_equal(server_requests(w.server, paths[i]), 1);
        world_close(&w);

        world_open(&w, routes);
        expect_answer(&w, start_get(&w, paths[i]), 200, "fine");
        assert_int_equal(server_requests(w.server, paths[i]), 2);
        world_close(&w);
    }
}

static void a_write_on_a_connection_that_closes_is_executed_once(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/second"), 200, "fine");
    tl_request_spec spec = write_spec(&w, "/second");
    tl_request *request = start(&w, &spec);
    expect_error(&w, request, TL_NETWORK, "");
    assert_int_equal(request->attempts, 1);
    assert_int_equal(server_requests(w.server, "/second"), 2);
    world_close(&w);
}

static void a_read_on_a_connection_that_closes_is_sent_again(void **state)
{
    (void)state;
    for (int with_body = 0; with_body < 2; with_body++) {
        world w;
        world_open(&w, routes);
        expect_answer(&w, start_get(&w, "/second"), 200, "fine");
        tl_request_spec spec = with_body ? write_spec(&w, "/second") : get_spec(&w, "/second");
        spec.read = true;
        expect_answer(&w, start(&w, &spec), 200, "fine");
        assert_int_equal(server_requests(w.server, "/second"), 3);
        world_close(&w);
    }
}

static const struct status {
    const char *path;
    int status, read, write; /* how often it is sent */
} statuses[] = {
    {"/429", 429, 4, 4}, {"/500", 500, 1, 1}, {"/502", 502, 4, 1},
    {"/503", 503, 4, 1}, {"/504", 504, 4, 1},
};

static void what_a_status_says_about_trying_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        world w;
        world_open(&w, routes);
        expect_answer(&w, start_get(&w, statuses[i].path), statuses[i].status, "no");
        assert_int_equal(server_requests(w.server, statuses[i].path), statuses[i].read);
        tl_request_spec spec = write_spec(&w, statuses[i].path);
        expect_answer(&w, start(&w, &spec), statuses[i].status, "no");
        assert_int_equal(server_requests(w.server, statuses[i].path),
                         statuses[i].read + statuses[i].write);
        world_close(&w);
    }
}

static void retry_after_is_waited_for(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request_spec spec = write_spec(&w, "/429-once");
    tl_time started = tl_now();
    expect_answer(&w, start(&w, &spec), 200, "fine");
    assert_true(tl_now() - started >= TL_SECOND);
    assert_int_equal(server_requests(w.server, "/429-once"), 2);
    world_close(&w);
}

static void a_retry_after_beyond_the_deadline_ends_the_call(void **state)
{
    (void)state;
    const char *paths[] = {"/hour", "/age"};
    for (size_t i = 0; i < COUNT(paths); i++) {
        world w;
        world_open(&w, routes);
        tl_request *request = start_get(&w, paths[i]);
        expect_answer(&w, request, 503, "later");
        assert_true(request->retry_after >= 3600 * TL_SECOND);
        assert_int_equal(server_requests(w.server, paths[i]), 1);
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(a_refused_connection_is_tried_four_times),
        ENGINE_TEST(a_backoff_without_room_ends_the_call),
        ENGINE_TEST(a_server_that_is_gone_has_not_got_the_write),
        ENGINE_TEST(a_deadline_ends_the_call_and_not_before),
        ENGINE_TEST(a_deadline_keeps_what_is_known),
        ENGINE_TEST(a_status_below_200_is_no_answer),
        ENGINE_TEST(a_header_line_that_libcurl_does_not_take_is_a_limit),
        ENGINE_TEST(an_answer_may_come_byte_by_byte),
        ENGINE_TEST(a_lost_answer_is_asked_for_again_by_a_read_only),
        ENGINE_TEST(a_write_on_a_connection_that_closes_is_executed_once),
        ENGINE_TEST(a_read_on_a_connection_that_closes_is_sent_again),
        ENGINE_TEST(what_a_status_says_about_trying_again),
        ENGINE_TEST(retry_after_is_waited_for),
        ENGINE_TEST(a_retry_after_beyond_the_deadline_ends_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
