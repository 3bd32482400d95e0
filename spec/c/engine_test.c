/* What goes out, what comes back, and how requests share an engine. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void answer_echo(test_exchange *exchange)
{
    char text[600];
    snprintf(text, sizeof text, "%s [%s] %zu:%s", exchange->method, exchange->authorization,
             exchange->body_length, exchange->body);
    exchange_answer(exchange, 200, "X-Some: thing\r\n", text);
}

static void send_text(test_exchange *exchange, const char *text)
{
    exchange_send(exchange, text, strlen(text));
}

static void answer_after_interim(test_exchange *exchange)
{
    send_text(exchange, "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
                        "HTTP/1.1 103 Early Hints\r\nX-Interim: 2\r\n\r\n");
    exchange_answer(exchange, 200, "X-Final: 3\r\n", "fine");
}

static void answer_redirect(test_exchange *exchange)
{
    exchange_answer(exchange, 302, "Location: /echo\r\n", "elsewhere");
}

static void answer_thousand_bytes(test_exchange *exchange)
{
    char body[1001];
    memset(body, 'x', 1000);
    body[1000] = '\0';
    exchange_answer(exchange, 200, "", body);
}

static void answer_many_headers(test_exchange *exchange)
{
    char line[1025];
    snprintf(line, sizeof line, "X-Long: %01014d\r\n", 1);
    send_text(exchange, "HTTP/1.1 200 Fine\r\n");
    for (int i = 0; i < 260; i++)
        send_text(exchange, line);
    send_text(exchange, "Content-Length: 0\r\n\r\n");
}

/* libcurl itself takes lines of up to 100 KiB. */
static void answer_long_line(test_exchange *exchange)
{
    send_text(exchange, "HTTP/1.1 200 Fine\r\nX-Long: ");
    for (int i = 0; i < 3000; i++)
        send_text(exchange, "a hundred bytes that do not end the line, a hundred bytes that do not "
                            "end the line, hundred bytes; ");
    send_text(exchange, "\r\nContent-Length: 0\r\n\r\n");
}

static void answer_many_but_allowed_headers(test_exchange *exchange)
{
    char line[1025];
    snprintf(line, sizeof line, "X-Long: %01014d\r\n", 1);
    send_text(exchange, "HTTP/1.1 200 Fine\r\n");
    for (int i = 0; i < 250; i++)
        send_text(exchange, line);
    send_text(exchange, "Content-Length: 4\r\n\r\nfine");
}

static void answer_empty(test_exchange *exchange)
{
    send_text(exchange, "HTTP/1.1 204 Nothing\r\n\r\n");
}

static void answer_head(test_exchange *exchange)
{
    send_text(exchange, "HTTP/1.1 200 Fine\r\nContent-Length: 100\r\n\r\n");
}

static const test_route routes[] = {
    {"/token", answer_token},
    {"/fine", answer_fine},
    {"/echo", answer_echo},
    {"/silent", answer_when_released},
    {"/interim", answer_after_interim},
    {"/redirect", answer_redirect},
    {"/thousand", answer_thousand_bytes},
    {"/headers", answer_many_headers},
    {"/long-line", answer_long_line},
    {"/most-headers", answer_many_but_allowed_headers},
    {"/empty", answer_empty},
    {"/head", answer_head},
    {0},
};

static const struct sending {
    const char *method, *body;
    bool read, signed_in;
    const char *arrives;
} sendings[] = {
    {"GET", NULL, true, true, "GET [Bearer token-1] 0:"},
    {"PATCH", "{\"a\":1}", false, true, "PATCH [Bearer token-1] 7:{\"a\":1}"},
    {"POST", "{\"b\":2}", true, true, "POST [Bearer token-1] 7:{\"b\":2}"},
    {"GET", NULL, true, false, "GET [] 0:"},
    {"PUT", "{}", false, false, "PUT [] 2:{}"},
    {"DELETE", NULL, false, true, "DELETE [Bearer token-1] 0:"},
    {"POST", "", true, true, "POST [Bearer token-1] 0:"},
    {"POST", "", false, true, "POST [Bearer token-1] 0:"},
    {"GET", NULL, true, true, "GET [Bearer token-1] 0:"},
};

/* One after the other on one handle and connection: nothing of a request may show in the next. */
static void what_is_sent_arrives(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    for (size_t i = 0; i < COUNT(sendings); i++) {
        tl_request_spec spec = get_spec(&w, "/echo");
        spec.method = sendings[i].method;
        spec.body = sendings[i].body;
        spec.body_length = spec.body ? strlen(spec.body) : 0;
        spec.read = sendings[i].read;
        spec.signin = sendings[i].signed_in ? w.signin : NULL;
        tl_request *request = start(&w, &spec);
        expect_answer(&w, request, 200, sendings[i].arrives);
        assert_non_null(strstr(tl_buffer_text(&request->answer_headers), "X-Some: thing\r\n"));
        assert_int_equal(server_connections(w.server), 1);
    }
    world_close(&w);
}

static void a_large_body_arrives_whole(void **state)
{
    (void)state;
    enum { SIZE = 3000000 };
    world w;
    world_open(&w, routes);
    char *body = malloc(SIZE);
    assert_non_null(body);
    memset(body, 'x', SIZE);
    for (int read = 0; read < 2; read++) {
        tl_request_spec spec = write_spec(&w, "/echo");
        spec.read = read;
        spec.body = body;
        spec.body_length = SIZE;
        tl_request *request = start(&w, &spec);
        drive_until_finished(&w, request);
        assert_non_null(strstr(tl_buffer_text(&request->answer_body), " 3000000:xxx"));
    }
    free(body);
    world_close(&w);
}

static void answers_without_a_body_are_complete(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/empty"), 204, "");
    tl_request_spec spec = get_spec(&w, "/head");
    spec.method = "HEAD";
    expect_answer(&w, start(&w, &spec), 200, "");
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    assert_int_equal(server_connections(w.server), 1);
    world_close(&w);
}

static void one_connection_serves_them_all(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    for (int i = 0; i < 20; i++)
        expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    assert_int_equal(server_connections(w.server), 1);
    assert_int_equal(server_requests(w.server, "/fine"), 20);
    world_close(&w);
}

static void a_slow_answer_holds_no_other_up(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request_spec spec = get_spec(&w, "/silent");
    spec.signin = NULL; /* so that this is the first the server sees */
    tl_request *slow = start(&w, &spec);
    spec = get_spec(&w, "/fine");
    spec.signin = NULL;
    expect_answer(&w, start(&w, &spec), 200, "fine");
    assert_int_equal(slow->state, TL_REQUEST_SENT);
    server_release(w.server, "/silent");
    expect_answer(&w, slow, 200, "fine");
    world_close(&w);
}

static void interim_answers_leave_no_headers(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request *request = start_get(&w, "/interim");
    expect_answer(&w, request, 200, "fine");
    assert_string_equal(tl_buffer_text(&request->answer_headers),
                        "HTTP/1.1 200 Some Reason\r\nX-Final: 3\r\nContent-Length: 4\r\n\r\n");
    world_close(&w);
}

static void a_redirect_is_an_answer_like_any_other(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/redirect"), 302, "elsewhere");
    assert_int_equal(server_requests(w.server, "/echo"), 0);
    world_close(&w);
}

static void the_body_has_a_cap(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request_spec spec = get_spec(&w, "/thousand");
    spec.most_body = 1000;
    tl_request *request = start(&w, &spec);
    drive_until_finished(&w, request);
    assert_int_equal(request->error.kind, TL_OK);
    assert_int_equal(request->answer_body.length, 1000);
    spec.most_body = 999;
    expect_error(&w, start(&w, &spec), TL_LIMIT, "body is larger than 999 bytes");
    assert_int_equal(server_requests(w.server, "/thousand"), 2);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    world_close(&w);
}

static void the_headers_have_a_cap(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/most-headers"), 200, "fine");
    expect_error(&w, start_get(&w, "/headers"), TL_LIMIT, "header is larger than 262144 bytes");
    assert_int_equal(server_requests(w.server, "/headers"), 1);
    world_close(&w);
}

/* libcurl 7.88 calls it lack of memory, so there's no telling what it was. */
static void a_header_line_without_end_ends_the_call(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request *request = start_get(&w, "/long-line");
    drive_until_finished(&w, request);
    assert_int_not_equal(request->error.kind, TL_OK);
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    world_close(&w);
}

/* A gateway's key, say. */
static void headers_are_wiped_whatever_they_hold(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    const tl_request *request = start_get(&w, "/echo");
    assert_true(request->headers.secret);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(what_is_sent_arrives),
        ENGINE_TEST(headers_are_wiped_whatever_they_hold),
        ENGINE_TEST(a_large_body_arrives_whole),
        ENGINE_TEST(answers_without_a_body_are_complete),
        ENGINE_TEST(one_connection_serves_them_all),
        ENGINE_TEST(a_slow_answer_holds_no_other_up),
        ENGINE_TEST(interim_answers_leave_no_headers),
        ENGINE_TEST(a_redirect_is_an_answer_like_any_other),
        ENGINE_TEST(the_body_has_a_cap),
        ENGINE_TEST(the_headers_have_a_cap),
        ENGINE_TEST(a_header_line_without_end_ends_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
