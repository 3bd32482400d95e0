/* How requests come to their token. */
#include "driver.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { MANY = 50 };

/* The number of the token that the API takes; 0: none. */
static atomic_int valid;

static bool has_valid_token(const test_exchange *exchange)
{
    int number;
    return sscanf(exchange->authorization, "Bearer token-%d", &number) == 1 && number == valid;
}

static void answer_if_valid(test_exchange *exchange)
{
    if (has_valid_token(exchange))
        exchange_answer(exchange, 200, "", exchange->authorization);
    else
        exchange_answer(exchange, 401, "", "who?");
}

static void answer_late_if_valid(test_exchange *exchange)
{
    bool was_valid = has_valid_token(exchange);
    if (was_valid)
        answer_fine(exchange);
    else if (exchange_hold(exchange))
        exchange_answer(exchange, 401, "", "who?");
}

static void answer_token_when_released(test_exchange *exchange)
{
    if (exchange_hold(exchange))
        answer_token(exchange);
}

static void answer_later_tokens_when_released(test_exchange *exchange)
{
    if (exchange->nth == 1 || exchange_hold(exchange))
        answer_token(exchange);
}

static void refuse_token(test_exchange *exchange)
{
    exchange_answer(exchange, 401, "", "wrong secret");
}

static void refuse_first_token(test_exchange *exchange)
{
    if (exchange->nth == 1)
        exchange_answer(exchange, 400, "", "wrong secret");
    else
        answer_token(exchange);
}

static void answer_token_at_third_try(test_exchange *exchange)
{
    if (exchange->nth == 1)
        exchange_answer(exchange, 503, "", "busy");
    else if (exchange->nth == 2)
        answer_by_closing(exchange);
    else
        answer_token(exchange);
}

static void answer_evil_token(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "", "token\r\nEvil: yes");
}

static void answer_half_a_token(test_exchange *exchange)
{
    static const char half[] = "HTTP/1.1 200 Fine\r\nContent-Length: 100\r\n\r\ntok";
    exchange_send(exchange, half, strlen(half));
    exchange->over = true;
}

static void start_many(world *w, tl_request **requests)
{
    for (int i = 0; i < MANY; i++)
        requests[i] = start_get(w, "/api");
}

static const test_route usual[] = {{"/token", answer_token}, {"/api", answer_if_valid}, {0}};
static const test_route held[] = {
    {"/token", answer_token_when_released}, {"/api", answer_if_valid}, {0}};

static void many_cold_requests_fetch_one_token(void **state)
{
    (void)state;
    world w;
    tl_request *requests[MANY];
    valid = 1;
    world_open(&w, usual);
    start_many(&w, requests);
    for (int i = 0; i < MANY; i++)
        expect_answer(&w, requests[i], 200, "Bearer token-1");
    assert_int_equal(server_requests(w.server, "/token"), 1);
    assert_int_equal(server_requests(w.server, "/api"), MANY);
    world_close(&w);
}

static void the_fetch_outlives_the_request_that_started_it(void **state)
{
    (void)state;
    world w;
    tl_request *requests[MANY];
    valid = 1;
    world_open(&w, held);
    start_many(&w, requests);
    drive_until_requested(&w, "/token", 1);
    tl_engine_cancel(requests[0]);
    server_release(w.server, "/token");
    for (int i = 1; i < MANY; i++)
        expect_answer(&w, requests[i], 200, "Bearer token-1");
    assert_int_equal(server_requests(w.server, "/token"), 1);
    assert_int_equal(server_requests(w.server, "/api"), MANY - 1);
    world_close(&w);
}

static void the_fetch_outlives_all_who_wait_for_it(void **state)
{
    (void)state;
    world w;
    tl_request *requests[MANY];
    valid = 1;
    world_open(&w, held);
    start_many(&w, requests);
    drive_until_requested(&w, "/token", 1);
    for (int i = 0; i < MANY; i++)
        tl_engine_cancel(requests[i]);
    server_release(w.server, "/token");
    while (w.granted == 0)
        drive(&w);
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
    assert_int_equal(server_requests(w.server, "/token"), 1);
    assert_int_equal(server_requests(w.server, "/api"), 1);
    world_close(&w);
}

static void a_401_is_replayed_with_a_fresh_token(void **state)
{
    (void)state;
    world w;
    world_open(&w, usual);
    valid = 1;
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
    valid = 2;
    tl_request_spec spec = write_spec(&w, "/api");
    expect_answer(&w, start(&w, &spec), 200, "Bearer token-2");
    assert_int_equal(server_requests(w.server, "/api"), 3);
    assert_int_equal(server_requests(w.server, "/token"), 2);
    world_close(&w);
}

static void a_second_401_is_final(void **state)
{
    (void)state;
    world w;
    valid = 0;
    world_open(&w, usual);
    expect_answer(&w, start_get(&w, "/api"), 401, "who?");
    assert_int_equal(server_requests(w.server, "/api"), 2);
    assert_int_equal(server_requests(w.server, "/token"), 2);
    world_close(&w);
}

static void many_401s_fetch_one_token(void **state)
{
    (void)state;
    world w;
    tl_request *requests[MANY];
    world_open(&w, usual);
    valid = 1;
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
    valid = 2;
    start_many(&w, requests);
    for (int i = 0; i < MANY; i++)
        expect_answer(&w, requests[i], 200, "Bearer token-2");
    assert_int_equal(server_requests(w.server, "/token"), 2);
    world_close(&w);
}

static void a_late_401_drops_no_newer_token(void **state)
{
    (void)state;
    static const test_route routes[] = {
        {"/token", answer_token}, {"/api", answer_if_valid}, {"/late", answer_late_if_valid}, {0}};
    world w;
    world_open(&w, routes);
    valid = 1;
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
    valid = 2;
    tl_request *late = start_get(&w, "/late");
    drive_until_requested(&w, "/late", 1);
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-2");
    server_release(w.server, "/late");
    expect_answer(&w, late, 200, "fine");
    assert_int_equal(server_requests(w.server, "/late"), 2);
    assert_int_equal(server_requests(w.server, "/token"), 2);
    world_close(&w);
}

static void a_renewal_holds_nobody_up(void **state)
{
    (void)state;
    static const test_route routes[] = {
        {"/token", answer_later_tokens_when_released}, {"/api", answer_if_valid}, {0}};
    world w;
    valid = 1;
    world_open(&w, routes);
    w.life = 1000 * TL_SECOND;
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
    w.identity->renew_at = 0; /* as if 970 s had passed */
    for (int i = 0; i < 3; i++)
        expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
    drive_until_requested(&w, "/token", 2);
    valid = 2;
    server_release(w.server, "/token");
    while (w.granted < 2)
        drive(&w);
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-2");
    assert_int_equal(server_requests(w.server, "/token"), 2);
    world_close(&w);
}

static void a_waiter_whose_time_is_over_leaves_alone(void **state)
{
    (void)state;
    world w;
    valid = 1;
    world_open(&w, held);
    tl_request_spec spec = get_spec(&w, "/api");
    spec.timeout = 50 * TL_MILLISECOND;
    tl_request *hasty = start(&w, &spec);
    tl_request *patient = start_get(&w, "/api");
    expect_error(&w, hasty, TL_TIMEOUT, "waiting for a token");
    assert_int_equal(patient->state, TL_REQUEST_WAITING);
    drive_until_requested(&w, "/token", 1);
    server_release(w.server, "/token");
    expect_answer(&w, patient, 200, "Bearer token-1");
    assert_int_equal(server_requests(w.server, "/token"), 1);
    world_close(&w);
}

static void a_refused_secret_fails_all_at_once(void **state)
{
    (void)state;
    static const test_route routes[] = {{"/token", refuse_token}, {"/api", answer_fine}, {0}};
    world w;
    tl_request *requests[MANY];
    world_open(&w, routes);
    start_many(&w, requests);
    for (int i = 0; i < MANY; i++)
        expect_error(&w, requests[i], TL_AUTH, "refused");
    assert_int_equal(requests[0]->error.status, 401);
    tl_request *resting = start_get(&w, "/api");
    assert_int_equal(resting->state, TL_REQUEST_FINISHED);
    expect_error(&w, resting, TL_AUTH, "refused");
    assert_int_equal(server_requests(w.server, "/token"), 1);
    assert_int_equal(server_requests(w.server, "/api"), 0);
    world_close(&w);
}

static void a_rest_ends(void **state)
{
    (void)state;
    static const test_route routes[] = {{"/token", refuse_first_token}, {"/api", answer_fine}, {0}};
    world w;
    world_open(&w, routes);
    expect_error(&w, start_get(&w, "/api"), TL_AUTH, "refused");
    w.identity->rest_until = 0; /* as if the second had passed */
    expect_answer(&w, start_get(&w, "/api"), 200, "fine");
    assert_int_equal(server_requests(w.server, "/token"), 2);
    world_close(&w);
}

static void an_endpoint_that_stumbles_is_asked_again(void **state)
{
    (void)state;
    static const test_route routes[] = {
        {"/token", answer_token_at_third_try}, {"/api", answer_fine}, {0}};
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/api"), 200, "fine");
    assert_int_equal(w.granted, 1);
    world_close(&w);
}

static void an_endpoint_that_is_lost_is_named(void **state)
{
    (void)state;
    static const test_route routes[] = {{"/token", answer_by_closing}, {"/api", answer_fine}, {0}};
    world w;
    world_open(&w, routes);
    expect_error(&w, start_get(&w, "/api"), TL_NETWORK, "/token");
    assert_true(server_requests(w.server, "/token") >= 4);
    /* It may be back: the next call asks it again. */
    tl_request *next = start_get(&w, "/api");
    assert_int_equal(next->state, TL_REQUEST_WAITING);
    world_close(&w);
}

static void half_a_token_is_none(void **state)
{
    (void)state;
    static const test_route routes[] = {
        {"/token", answer_half_a_token}, {"/api", answer_fine}, {0}};
    world w;
    world_open(&w, routes);
    expect_error(&w, start_get(&w, "/api"), TL_AUTH, "no token from");
    assert_int_equal(server_requests(w.server, "/api"), 0);
    world_close(&w);
}

static void a_token_that_would_add_a_header_is_refused(void **state)
{
    (void)state;
    static const test_route routes[] = {{"/token", answer_evil_token}, {"/api", answer_fine}, {0}};
    world w;
    world_open(&w, routes);
    expect_error(&w, start_get(&w, "/api"), TL_AUTH, "no header can carry");
    assert_int_equal(server_requests(w.server, "/api"), 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(many_cold_requests_fetch_one_token),
        ENGINE_TEST(the_fetch_outlives_the_request_that_started_it),
        ENGINE_TEST(the_fetch_outlives_all_who_wait_for_it),
        ENGINE_TEST(a_401_is_replayed_with_a_fresh_token),
        ENGINE_TEST(a_second_401_is_final),
        ENGINE_TEST(many_401s_fetch_one_token),
        ENGINE_TEST(a_late_401_drops_no_newer_token),
        ENGINE_TEST(a_renewal_holds_nobody_up),
        ENGINE_TEST(a_waiter_whose_time_is_over_leaves_alone),
        ENGINE_TEST(a_refused_secret_fails_all_at_once),
        ENGINE_TEST(a_rest_ends),
        ENGINE_TEST(an_endpoint_that_stumbles_is_asked_again),
        ENGINE_TEST(an_endpoint_that_is_lost_is_named),
        ENGINE_TEST(half_a_token_is_none),
        ENGINE_TEST(a_token_that_would_add_a_header_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
