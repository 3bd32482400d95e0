/* Engines that share a token file. Each could be a process of its own. */
#include "driver.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MANY = 20 };

/* The number of the token that the API takes. */
static atomic_int valid;

static world worlds[MANY];
static test_server *server;
static char folder[64], cache[96];

/* What happens just before the next lock is taken, or NULL. */
static void (*before_lock)(void);

/* In place of the C library's. */
int flock(int fd, int operation)
{
    void (*happen)(void) = before_lock;
    before_lock = NULL;
    if (happen)
        happen();
    return (int)syscall(SYS_flock, fd, operation);
}

static void answer_if_valid(test_exchange *exchange)
{
    int number;
    if (sscanf(exchange->authorization, "Bearer token-%d", &number) == 1 && number == valid)
        exchange_answer(exchange, 200, "", exchange->authorization);
    else
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

static void answer_only_second_token(test_exchange *exchange)
{
    if (exchange->nth == 1)
        exchange_answer(exchange, 401, "", "wrong secret");
    else
        answer_token(exchange);
}

static void answer_all_but_first_token(test_exchange *exchange)
{
    if (exchange->nth > 1 || exchange_hold(exchange))
        answer_token(exchange);
}

#define ROUTES(token)                                                                              \
    {                                                                                              \
        {"/token", token}, {"/api", answer_if_valid}, {"/free", answer_fine},                      \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

static const test_route usual[] = ROUTES(answer_token);
static const test_route held[] = ROUTES(answer_token_when_released);
static const test_route later_held[] = ROUTES(answer_later_tokens_when_released);
static const test_route first_held[] = ROUTES(answer_all_but_first_token);
static const test_route first_refused[] = ROUTES(answer_only_second_token);

static int make_folder(void **state)
{
    guard_against_hanging(state);
    strcpy(folder, "/tmp/tasklist-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(cache, sizeof cache, "%s/cache", folder);
    valid = 1;
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    test_remove_folder(folder);
    return 0;
}

static void open_worlds(const test_route *routes, int count)
{
    server = server_start(routes);
    assert_non_null(server);
    for (int i = 0; i < count; i++) {
        worlds[i] = (world){.server = server, .token_folder = cache, .trace = true, .life = 1000};
        assert_true(world_make_engine(&worlds[i]));
        worlds[i].signin->sharing.opened = 0; /* as if it had lived for long */
    }
}

/* Nobody keeps the lock beyond his sign-in. */
static void close_world(world *w)
{
    assert_true(w->identity->signing_in || w->signin->sharing.store.lock < 0);
    w->server = NULL;
    world_close(w);
}

static void close_worlds(int count)
{
    for (int i = 0; i < count; i++)
        close_world(&worlds[i]);
    server_stop(server);
}

/* One after the other, never waiting for one of them. */
static void drive_all(int count)
{
    for (int i = 0; i < count; i++) {
        tl_engine_step(worlds[i].engine);
        settle(&worlds[i]);
    }
    be_idle(1);
}

static void expect_requests(const char *path, int count)
{
    assert_int_equal(server_requests(server, path), count);
}

static void expect_no_trouble(int count)
{
    for (int i = 0; i < count; i++)
        assert_string_equal(worlds[i].signin->sharing.store.fault, "");
}

static void many_that_start_at_once_fetch_one_token(void **state)
{
    (void)state;
    tl_request *requests[MANY];
    open_worlds(held, MANY);
    for (int i = 0; i < MANY; i++)
        requests[i] = start_get(&worlds[i], "/api");
    while (server_requests(server, "/token") == 0)
        drive_all(MANY);
    for (int i = 0; i < 100; i++)
        drive_all(MANY);
    expect_requests("/api", 0);
    server_release(server, "/token");
    for (int i = 0; i < MANY; i++) {
        while (requests[i]->state != TL_REQUEST_FINISHED)
            drive_all(MANY);
        expect_answer(&worlds[i], requests[i], 200, "Bearer token-1");
    }
    expect_requests("/token", 1);
    expect_requests("/api", MANY);
    expect_no_trouble(MANY);
    close_worlds(MANY);
}

static void a_live_token_in_the_file_is_all_that_is_needed(void **state)
{
    (void)state;
    open_worlds(usual, 2);
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-1");
    tl_request *request = start_get(&worlds[1], "/api");
    assert_int_equal(request->state, TL_REQUEST_SENT); /* at once */
    expect_answer(&worlds[1], request, 200, "Bearer token-1");
    expect_requests("/token", 1);
    tl_time difference = worlds[1].identity->expires_at - worlds[0].identity->expires_at;
    assert_true(difference > -TL_SECOND && difference < TL_SECOND);
    close_worlds(2);
}

static void write_token_1(bool replacement)
{
    tl_clocks asked = tl_clocks_at(tl_now());
    assert_true(tl_token_store_write(&worlds[0].signin->sharing.store, "token-1", 7,
                                     1000 * TL_SECOND, replacement, &asked));
}

static void write_first_token(void)
{
    write_token_1(false);
}

static void a_token_that_comes_between_the_look_and_the_lock_is_taken(void **state)
{
    (void)state;
    open_worlds(usual, 2);
    before_lock = write_first_token;
    expect_answer(&worlds[1], start_get(&worlds[1], "/api"), 200, "Bearer token-1");
    assert_null(before_lock);
    assert_true(worlds[1].signin->sharing.store.lock < 0);
    expect_requests("/token", 0);
    close_worlds(2);
}

static void a_token_without_end_is_shared_too(void **state)
{
    (void)state;
    open_worlds(usual, 2);
    worlds[0].life = 0;
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-1");
    expect_answer(&worlds[1], start_get(&worlds[1], "/api"), 200, "Bearer token-1");
    assert_int_equal(worlds[1].identity->expires_at, TL_NEVER);
    expect_requests("/token", 1);
    close_worlds(2);
}

/* A host's loop goes on: the wait is a timer among others. */
static void waiting_for_the_lock_holds_nothing_up(void **state)
{
    (void)state;
    open_worlds(held, 2);
    tl_request *holding = start_get(&worlds[0], "/api");
    drive_until_requested(&worlds[0], "/token", 1);
    tl_request *waiting = start_get(&worlds[1], "/api");
    assert_int_equal(waiting->state, TL_REQUEST_WAITING);
    tl_time timeout = tl_engine_timeout(worlds[1].engine);
    assert_true(timeout >= 0 && timeout <= 200 * TL_MILLISECOND);
    tl_request_spec spec = get_spec(&worlds[1], "/free");
    spec.signin = NULL;
    expect_answer(&worlds[1], start(&worlds[1], &spec), 200, "fine");
    spec = get_spec(&worlds[1], "/api");
    spec.timeout = 50 * TL_MILLISECOND;
    expect_error(&worlds[1], start(&worlds[1], &spec), TL_TIMEOUT, "waiting for a token");
    server_release(server, "/token");
    expect_answer(&worlds[0], holding, 200, "Bearer token-1");
    expect_answer(&worlds[1], waiting, 200, "Bearer token-1");
    expect_requests("/token", 1);
    close_worlds(2);
}

static void let_token_age(int count)
{
    for (int i = 0; i < count; i++)
        worlds[i].identity->renew_at = 0; /* as if 970 s had passed */
}

/* The file's token is due for us as well, without an engine that says so. It comes from another
 * boot: when this machine has been up for less than 980 s, no token of this boot can be that old.
 */
static void let_file_age(world *w)
{
    tl_clocks asked = tl_clocks_at(tl_now());
    asked.boot_id[0] = '\0';
    asked.wall -= 980 * TL_SECOND;
    assert_true(tl_token_store_write(&w->signin->sharing.store, "token-1", 7, 1000 * TL_SECOND,
                                     false, &asked));
}

static void one_renews_while_the_others_go_on(void **state)
{
    (void)state;
    open_worlds(later_held, 3);
    for (int i = 0; i < 3; i++)
        expect_answer(&worlds[i], start_get(&worlds[i], "/api"), 200, "Bearer token-1");
    let_token_age(3);
    let_file_age(&worlds[0]);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++)
            expect_answer(&worlds[i], start_get(&worlds[i], "/api"), 200, "Bearer token-1");
    }
    drive_until_requested(&worlds[0], "/token", 2);
    valid = 2;
    server_release(server, "/token");
    for (int i = 0; i < 3; i++) {
        while (worlds[i].identity->signing_in)
            drive_all(3);
        expect_answer(&worlds[i], start_get(&worlds[i], "/api"), 200, "Bearer token-2");
    }
    expect_requests("/token", 2);
    expect_requests("/api", 15);
    close_worlds(3);
}

static void who_has_just_come_renews_nothing(void **state)
{
    (void)state;
    open_worlds(usual, 2);
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-1");
    let_file_age(&worlds[0]);
    worlds[1].signin->sharing.opened = tl_now();
    for (int i = 0; i < 3; i++)
        expect_answer(&worlds[1], start_get(&worlds[1], "/api"), 200, "Bearer token-1");
    expect_requests("/token", 1);
    valid = 2;
    worlds[1].signin->sharing.opened = 0;
    expect_answer(&worlds[1], start_get(&worlds[1], "/api"), 200, "Bearer token-2");
    expect_requests("/token", 2);
    close_worlds(2);
}

static void a_holder_that_ends_leaves_its_turn_to_the_next(void **state)
{
    (void)state;
    open_worlds(first_held, 2);
    valid = 2;
    start_get(&worlds[0], "/api");
    drive_until_requested(&worlds[0], "/token", 1);
    tl_request *waiting = start_get(&worlds[1], "/api");
    close_world(&worlds[0]);
    expect_answer(&worlds[1], waiting, 200, "Bearer token-2");
    expect_requests("/token", 2);
    close_world(&worlds[1]);
    server_stop(server);
}

/* As if it had waited for the lock's present holder for as long as a sign-in may take. */
static void wait_for_long(world *w)
{
    w->signin->sharing.patient_until = 0;
}

/* It is not dead, but nobody drives it: a stopped process, or a host that thinks. */
static void a_holder_that_stops_is_not_waited_for_for_ever(void **state)
{
    (void)state;
    tl_request *requests[MANY];
    open_worlds(first_held, MANY);
    valid = 2;
    start_get(&worlds[0], "/api");
    drive_until_requested(&worlds[0], "/token", 1);
    for (int i = 1; i < MANY; i++)
        requests[i] = start_get(&worlds[i], "/api");
    wait_for_long(&worlds[1]); /* the others look at the file before their time is over, too */
    for (int i = 1; i < MANY; i++) {
        while (requests[i]->state != TL_REQUEST_FINISHED) {
            for (int j = 1; j < MANY; j++) {
                tl_engine_step(worlds[j].engine);
                settle(&worlds[j]);
            }
            be_idle(1);
        }
        expect_answer(&worlds[i], requests[i], 200, "Bearer token-2");
    }
    expect_requests("/token", 2);
    server_release(server, "/token");
    close_worlds(MANY);
}

/* What one waited for once counts for nothing the next time. */
static void each_holder_has_its_own_time(void **state)
{
    (void)state;
    open_worlds(held, 2);
    tl_token_store *holding = &worlds[0].signin->sharing.store;
    assert_int_equal(tl_token_store_lock(holding), TL_FOLDER_OK);
    tl_request *waiting = start_get(&worlds[1], "/api");
    assert_int_equal(waiting->state, TL_REQUEST_WAITING);
    write_first_token();
    tl_token_store_unlock(holding);
    expect_answer(&worlds[1], waiting, 200, "Bearer token-1");
    wait_for_long(&worlds[1]);
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-1");
    let_token_age(2);
    let_file_age(&worlds[0]);
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-1");
    drive_until_requested(&worlds[0], "/token", 1);
    expect_answer(&worlds[1], start_get(&worlds[1], "/api"), 200, "Bearer token-1");
    assert_true(worlds[1].identity->signing_in);
    for (int i = 0; i < 100; i++)
        drive_all(2);
    server_release(server, "/token");
    while (worlds[0].identity->signing_in || worlds[1].identity->signing_in)
        drive_all(2);
    expect_requests("/token", 1);
    close_worlds(2);
}

static void a_401_drops_the_token_for_all(void **state)
{
    (void)state;
    open_worlds(usual, 3);
    for (int i = 0; i < 2; i++)
        expect_answer(&worlds[i], start_get(&worlds[i], "/api"), 200, "Bearer token-1");
    valid = 2;
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-2");
    expect_requests("/api", 4);
    expect_answer(&worlds[1], start_get(&worlds[1], "/api"), 200, "Bearer token-2");
    expect_requests("/api", 6);
    expect_answer(&worlds[2], start_get(&worlds[2], "/api"), 200, "Bearer token-2");
    expect_requests("/api", 7);
    expect_requests("/token", 2);
    close_worlds(3);
}

/* The API accepts every token from then on. */
static _Atomic tl_time ripe_at;

static void answer_when_ripe(test_exchange *exchange)
{
    if (tl_now() >= ripe_at)
        exchange_answer(exchange, 200, "", exchange->authorization);
    else
        exchange_answer(exchange, 401, "", "too young");
}

/* Another process has just fetched it because of a 401: one more would be younger still. */
static void a_young_replacement_in_the_file_ripens(void **state)
{
    (void)state;
    static const test_route routes[] = {{"/token", answer_token}, {"/api", answer_when_ripe}, {0}};
    enum { FEW = 5 }; /* so that all of them have met the API before it is ripe */
    tl_request *requests[FEW];
    open_worlds(routes, 2);
    ripe_at = tl_now() + TL_SECOND;
    write_token_1(true);
    for (int i = 0; i < FEW; i++)
        requests[i] = start_get(&worlds[1], "/api");
    for (int i = 0; i < FEW; i++)
        expect_answer(&worlds[1], requests[i], 200, "Bearer token-1");
    expect_requests("/token", 0);
    expect_requests("/api", 2 * FEW);
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-1");
    close_worlds(2);
}

/* Others must not run into the same 401 while the next token is on its way. */
static void a_refused_token_is_gone_before_the_next_is_there(void **state)
{
    (void)state;
    open_worlds(later_held, 2);
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-1");
    valid = 2;
    tl_request *first = start_get(&worlds[0], "/api");
    drive_until_requested(&worlds[0], "/token", 2);
    tl_request *second = start_get(&worlds[1], "/api");
    assert_int_equal(second->state, TL_REQUEST_WAITING);
    server_release(server, "/token");
    expect_answer(&worlds[0], first, 200, "Bearer token-2");
    expect_answer(&worlds[1], second, 200, "Bearer token-2");
    expect_requests("/api", 4);
    expect_requests("/token", 2);
    close_worlds(2);
}

static void a_refused_secret_frees_the_lock(void **state)
{
    (void)state;
    open_worlds(first_refused, 2);
    valid = 2;
    expect_error(&worlds[0], start_get(&worlds[0], "/api"), TL_AUTH, "refused");
    assert_true(worlds[0].signin->sharing.store.lock < 0);
    expect_answer(&worlds[1], start_get(&worlds[1], "/api"), 200, "Bearer token-2");
    close_worlds(2);
}

/* The token files in what was traced; `words` are in the first. */
static int count_token_files(world *w, const char *words)
{
    int count = 0;
    for (const tl_trace *trace; (trace = tl_engine_traced(w->engine));
         tl_engine_drop_trace(w->engine)) {
        if (!trace->token_file)
            continue;
        if (count++ == 0 && !strstr(trace->error, words))
            fail_msg("'%s' is not in '%s'", words, trace->error);
    }
    return count;
}

static void without_a_usable_folder_memory_serves_and_one_trace_tells(void **state)
{
    (void)state;
    open_worlds(usual, 1);
    assert_int_equal(symlink(folder, cache), 0);
    world *w = &worlds[0];
    expect_answer(w, start_get(w, "/api"), 200, "Bearer token-1");
    expect_answer(w, start_get(w, "/api"), 200, "Bearer token-1");
    valid = 2;
    expect_answer(w, start_get(w, "/api"), 200, "Bearer token-2");
    assert_int_equal(count_token_files(w, "cache: is a symbolic link"), 1);
    expect_requests("/token", 2);
    close_worlds(1);
}

static void a_damaged_file_is_told_of_once_and_mended(void **state)
{
    (void)state;
    char path[256];
    open_worlds(usual, 2);
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-1");
    assert_int_equal(count_token_files(&worlds[0], ""), 0);
    snprintf(path, sizeof path, "%s/%s.token", cache, worlds[0].signin->sharing.store.name);
    assert_int_equal(truncate(path, 40), 0);
    valid = 2;
    expect_answer(&worlds[1], start_get(&worlds[1], "/api"), 200, "Bearer token-2");
    assert_int_equal(count_token_files(&worlds[1], ".token: is cut"), 1);
    expect_answer(&worlds[0], start_get(&worlds[0], "/api"), 200, "Bearer token-2");
    assert_int_equal(count_token_files(&worlds[0], ""), 0);
    expect_requests("/token", 2);
    close_worlds(2);
}

#define SHARING_TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARING_TEST(many_that_start_at_once_fetch_one_token),
        SHARING_TEST(a_live_token_in_the_file_is_all_that_is_needed),
        SHARING_TEST(a_token_that_comes_between_the_look_and_the_lock_is_taken),
        SHARING_TEST(a_token_without_end_is_shared_too),
        SHARING_TEST(waiting_for_the_lock_holds_nothing_up),
        SHARING_TEST(one_renews_while_the_others_go_on),
        SHARING_TEST(who_has_just_come_renews_nothing),
        SHARING_TEST(a_holder_that_ends_leaves_its_turn_to_the_next),
        SHARING_TEST(a_holder_that_stops_is_not_waited_for_for_ever),
        SHARING_TEST(each_holder_has_its_own_time),
        SHARING_TEST(a_401_drops_the_token_for_all),
        SHARING_TEST(a_young_replacement_in_the_file_ripens),
        SHARING_TEST(a_refused_token_is_gone_before_the_next_is_there),
        SHARING_TEST(a_refused_secret_frees_the_lock),
        SHARING_TEST(without_a_usable_folder_memory_serves_and_one_trace_tells),
        SHARING_TEST(a_damaged_file_is_told_of_once_and_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
