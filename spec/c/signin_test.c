/* How requests come to their token. */
#include "driver.h"
#include "net/engine_private.h"

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

static void answer_only_first_token(test_exchange *exchange)
{
    if (exchange->nth == 1)
        answer_token(exchange);
    else
        exchange_answer(exchange, 503, "", "down");
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

/* When each token was issued. The API accepts it from a second later on. */
static _Atomic tl_time issued[MANY];

static void answer_and_note_token(test_exchange *exchange)
{
    issued[exchange->nth] = tl_now();
    answer_token(exchange);
}

static void answer_if_ripe(test_exchange *exchange)
{
    int number = 0;
    sscanf(exchange->authorization, "Bearer token-%d", &number);
    if (number > 0 && number < MANY && tl_now() - issued[number] >= TL_SECOND)
        exchange_answer(exchange, 200, "", exchange->authorization);
    else
        exchange_answer(exchange, 401, "", "too young");
}

static const test_route behind[] = {
    {"/token", answer_and_note_token}, {"/api", answer_if_ripe}, {0}};

static void a_token_ripens_for_an_api_whose_clock_is_behind(void **state)
{
    (void)state;
    world w;
    world_open(&w, behind);
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-2");
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-2");
    assert_int_equal(server_requests(w.server, "/token"), 2);
    assert_int_equal(server_requests(w.server, "/api"), 3);
    w.identity->expires_at = 0; /* the next one is not even tried before it is ripe */
    tl_request_spec spec = write_spec(&w, "/api");
    expect_answer(&w, start(&w, &spec), 200, "Bearer token-3");
    assert_int_equal(server_requests(w.server, "/api"), 4);
    world_close(&w);
}

/* Few, because all must be refused within the token's first second, on a slow machine as well. */
static void all_who_wait_let_the_token_ripen(void **state)
{
    (void)state;
    enum { FEW = 5 };
    world w;
    tl_request *requests[FEW];
    world_open(&w, behind);
    for (int i = 0; i < FEW; i++)
        requests[i] = start_get(&w, "/api");
    for (int i = 0; i < FEW; i++)
        expect_answer(&w, requests[i], 200, "Bearer token-2");
    assert_int_equal(server_requests(w.server, "/token"), 2);
    assert_int_equal(server_requests(w.server, "/api"), 2 * FEW);
    world_close(&w);
}

/* Its deadline is in driven time, which is an hour behind the time at which the token is ripe. */
static void a_background_request_lets_the_token_ripen_too(void **state)
{
    (void)state;
    world w;
    world_open(&w, behind);
    w.engine->schedule.driven_until -= 3600 * TL_SECOND;
    tl_request_spec spec = get_spec(&w, "/api");
    spec.background = true;
    expect_answer(&w, start(&w, &spec), 200, "Bearer token-2");
    assert_int_equal(server_requests(w.server, "/api"), 2);
    world_close(&w);
}

static void who_has_no_time_to_wait_tries_an_unripe_token(void **state)
{
    (void)state;
    world w;
    valid = 2;
    world_open(&w, usual);
    tl_request_spec spec = get_spec(&w, "/api");
    spec.timeout = 900 * TL_MILLISECOND;
    expect_answer(&w, start(&w, &spec), 200, "Bearer token-2");
    world_close(&w);
}

/* The first call fetches one, and one more because of the 401; the others find a rest. */
static void while_all_tokens_are_refused_few_are_fetched(void **state)
{
    (void)state;
    world w;
    valid = 0;
    world_open(&w, usual);
    expect_answer(&w, start_get(&w, "/api"), 401, "who?");
    for (int i = 0; i < MANY; i++) {
        w.identity->replacing.until = tl_now() + TL_SECOND; /* however slow the machine is */
        expect_answer(&w, start_get(&w, "/api"), 401, "who?");
    }
    assert_int_equal(server_requests(w.server, "/token"), 2);
    assert_int_equal(server_requests(w.server, "/api"), 2 + MANY);
    valid = 3;
    w.identity->replacing.until = 0; /* as if the rest were over */
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-3");
    world_close(&w);
}

/* The good token is thrown away once, and no more while the rest lasts. */
static void one_operation_that_is_refused_costs_the_others_no_token(void **state)
{
    (void)state;
    static const test_route routes[] = {
        {"/token", answer_token}, {"/api", answer_fine}, {"/never", refuse_token}, {0}};
    world w;
    world_open(&w, routes);
    expect_answer(&w, start_get(&w, "/api"), 200, "fine");
    expect_answer(&w, start_get(&w, "/never"), 401, "wrong secret");
    for (int i = 0; i < MANY; i++) {
        w.identity->replacing.until = tl_now() + TL_SECOND;
        expect_answer(&w, start_get(&w, "/never"), 401, "wrong secret");
        expect_answer(&w, start_get(&w, "/api"), 200, "fine");
    }
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
    w.life = 1000;
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
    w.identity->rest.until = 0; /* as if the second had passed */
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

static void answer_login(test_exchange *exchange)
{
    char headers[128];
    snprintf(headers, sizeof headers,
             "Set-Cookie: S=%d; Path=/\r\nX-CSRF-TOKEN: masked-%d\r\nConnection: close\r\n",
             exchange->nth, exchange->nth);
    exchange_answer(exchange, 200, headers, "");
}

/* The session that the API takes is the number `valid`. Each answer names another CSRF token. */
static void answer_session(test_exchange *exchange)
{
    char cookie[32], headers[64];
    snprintf(cookie, sizeof cookie, "S=%d", valid);
    if (strcmp(exchange->cookie, cookie) != 0) {
        exchange_answer(exchange, 401, "", "who?");
        return;
    }
    snprintf(headers, sizeof headers, "X-CSRF-TOKEN: masked-%d-%d\r\n", valid, exchange->nth);
    exchange_answer(exchange, 200, headers, exchange->csrf);
}

static void answer_no_cookie(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "X-CSRF-TOKEN: masked\r\n", "");
}

static const test_route sessions[] = {{"/login", answer_login},   {"/no-cookie", answer_no_cookie},
                                      {"/api", answer_session},   {"/token", answer_token},
                                      {"/other", answer_session}, {0}};

static void open_with_session(world *w, const char *path)
{
    world_open(w, sessions);
    world_use(w, world_add_sign_in(w, TL_SESSION, path));
    assert_non_null(w->signin);
}

static void a_session_is_one_for_all_and_sends_the_latest_csrf_token(void **state)
{
    (void)state;
    world w;
    tl_request *requests[MANY];
    valid = 1;
    open_with_session(&w, "/login");
    start_many(&w, requests);
    for (int i = 0; i < MANY; i++)
        expect_answer(&w, requests[i], 200, "masked-1");
    assert_int_equal(server_requests(w.server, "/login"), 1);
    /* Numbered by path: the answers to the next ones tell of "/other". */
    drive_until_finished(&w, start_get(&w, "/other"));
    expect_answer(&w, start_get(&w, "/other"), 200, "masked-1-1");
    expect_answer(&w, start_get(&w, "/other"), 200, "masked-1-2");
    world_close(&w);
}

static void a_session_that_ended_is_opened_again_once(void **state)
{
    (void)state;
    world w;
    valid = 1;
    open_with_session(&w, "/login");
    expect_answer(&w, start_get(&w, "/api"), 200, "masked-1");
    valid = 2;
    tl_request_spec spec = write_spec(&w, "/api");
    expect_answer(&w, start(&w, &spec), 200, "masked-2");
    valid = 0;
    expect_answer(&w, start_get(&w, "/api"), 401, "who?");
    assert_int_equal(server_requests(w.server, "/login"), 3);
    assert_int_equal(server_requests(w.server, "/api"), 5);
    world_close(&w);
}

static void a_session_reaches_no_other_identity(void **state)
{
    (void)state;
    world w;
    valid = 1;
    open_with_session(&w, "/login");
    expect_answer(&w, start_get(&w, "/api"), 200, "masked-1");
    tl_request_spec spec = get_spec(&w, "/api");
    spec.signin = NULL;
    expect_answer(&w, start(&w, &spec), 401, "who?");
    world_close(&w);
}

static void a_login_without_a_cookie_is_a_refusal(void **state)
{
    (void)state;
    world w;
    open_with_session(&w, "/no-cookie");
    expect_error(&w, start_get(&w, "/api"), TL_AUTH, "no cookie");
    expect_error(&w, start_get(&w, "/api"), TL_AUTH, "no cookie");
    assert_int_equal(server_requests(w.server, "/no-cookie"), 1);
    assert_int_equal(server_requests(w.server, "/api"), 0);
    world_close(&w);
}

static void a_waiter_says_what_it_waited_for(void **state)
{
    (void)state;
    static const test_route routes[] = {{"/login", answer_when_released}, {0}};
    world w;
    world_open(&w, routes);
    world_use(&w, world_add_sign_in(&w, TL_SESSION, "/login"));
    tl_request_spec spec = get_spec(&w, "/api");
    spec.timeout = 50 * TL_MILLISECOND;
    expect_error(&w, start(&w, &spec), TL_TIMEOUT, "waiting for a session");
    world_close(&w);
}

static void answer_too_much(test_exchange *exchange)
{
    static char body[2 * 1024 * 1024];
    if (body[0] == 0)
        memset(body, 'x', sizeof body - 1);
    exchange_answer(exchange, 200, "", body);
}

static void an_oversized_answer_lets_the_endpoint_rest(void **state)
{
    (void)state;
    static const test_route routes[] = {{"/token", answer_too_much}, {0}};
    world w;
    world_open(&w, routes);
    expect_error(&w, start_get(&w, "/api"), TL_LIMIT, "larger than");
    tl_request *resting = start_get(&w, "/api");
    assert_int_equal(resting->state, TL_REQUEST_FINISHED);
    expect_error(&w, resting, TL_LIMIT, "larger than");
    assert_int_equal(server_requests(w.server, "/token"), 1);
    world_close(&w);
}

/* Many requests wait for one answer of the host's. */
static void the_host_is_asked_once_for_all(void **state)
{
    (void)state;
    world w;
    tl_request *requests[MANY];
    valid = 1;
    world_open(&w, usual);
    world_use(
        &w, tl_engine_adopt(w.engine, tl_identity_new_asked(tl_engine_allocator(w.engine)), NULL));
    assert_null(tl_engine_asked(w.engine));
    start_many(&w, requests);
    assert_int_equal(tl_engine_timeout(w.engine), 0);
    assert_ptr_equal(tl_engine_asked(w.engine), w.signin);
    assert_null(tl_engine_asked(w.engine));
    tl_engine_grant(w.signin, "token-1", strlen("token-1"), 0);
    for (int i = 0; i < MANY; i++)
        expect_answer(&w, requests[i], 200, "Bearer token-1");
    valid = 2;
    tl_request *request = start_get(&w, "/api");
    while (!tl_engine_asked(w.engine))
        drive(&w);
    tl_error error;
    tl_error_set(&error, TL_AUTH, "none today");
    tl_engine_refuse(w.signin, &error, false);
    expect_error(&w, request, TL_AUTH, "none today");
    start_get(&w, "/api"); /* may ask at once */
    assert_ptr_equal(tl_engine_asked(w.engine), w.signin);
    tl_engine_grant(w.signin, "a b", 3, 0);
    world_close(&w);
}

static void a_fixed_token_is_not_renewed(void **state)
{
    (void)state;
    world w;
    valid = 1;
    world_open(&w, usual);
    world_use(&w, tl_engine_adopt(w.engine,
                                  tl_identity_new_bearer(tl_engine_allocator(w.engine), "token-1"),
                                  NULL));
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
    valid = 2;
    for (int i = 0; i < 2; i++)
        expect_answer(&w, start_get(&w, "/api"), 401, "who?");
    assert_int_equal(server_requests(w.server, "/api"), 3);
    assert_int_equal(server_requests(w.server, "/token"), 0);
    world_close(&w);
}

/* The old token serves, and the renewal is tried again in the course of later calls. */
static void a_token_outlives_the_failure_of_its_renewal(void **state)
{
    (void)state;
    static const test_route routes[] = {
        {"/token", answer_only_first_token}, {"/api", answer_if_valid}, {0}};
    world w;
    valid = 1;
    world_open(&w, routes);
    w.life = 1000;
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
    for (int renewals = 1; renewals <= 2; renewals++) {
        w.identity->renew_at = w.identity->rest.until = 0; /* as if 970 s, and a rest, had passed */
        expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
        while (w.identity->signing_in)
            drive(&w);
        assert_int_equal(w.identity->failure.kind, TL_HTTP);
        assert_true(w.identity->rest.until > 0);
        expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
        assert_int_equal(server_requests(w.server, "/token"), 1 + renewals * 4);
    }
    world_close(&w);
}

static void a_token_that_is_over_at_once_is_tried_all_the_same(void **state)
{
    (void)state;
    world w;
    valid = 1;
    world_open(&w, usual);
    w.life = 0.000001;
    expect_answer(&w, start_get(&w, "/api"), 200, "Bearer token-1");
    assert_int_equal(server_requests(w.server, "/token"), 1);
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
        ENGINE_TEST(a_token_ripens_for_an_api_whose_clock_is_behind),
        ENGINE_TEST(all_who_wait_let_the_token_ripen),
        ENGINE_TEST(a_background_request_lets_the_token_ripen_too),
        ENGINE_TEST(who_has_no_time_to_wait_tries_an_unripe_token),
        ENGINE_TEST(while_all_tokens_are_refused_few_are_fetched),
        ENGINE_TEST(one_operation_that_is_refused_costs_the_others_no_token),
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
        ENGINE_TEST(a_session_is_one_for_all_and_sends_the_latest_csrf_token),
        ENGINE_TEST(a_session_that_ended_is_opened_again_once),
        ENGINE_TEST(a_session_reaches_no_other_identity),
        ENGINE_TEST(a_login_without_a_cookie_is_a_refusal),
        ENGINE_TEST(a_waiter_says_what_it_waited_for),
        ENGINE_TEST(an_oversized_answer_lets_the_endpoint_rest),
        ENGINE_TEST(the_host_is_asked_once_for_all),
        ENGINE_TEST(a_fixed_token_is_not_renewed),
        ENGINE_TEST(a_token_outlives_the_failure_of_its_renewal),
        ENGINE_TEST(a_token_that_is_over_at_once_is_tried_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
