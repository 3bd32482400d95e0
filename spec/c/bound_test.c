/* How many requests are on the wire at a time, in which order the others go on, and what is kept of
 * those before. */
#include "driver.h"
#include "net/engine_private.h"

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

/* How often libcurl was asked for a handle, and given one to send with. */
static int handles_made, handles_added;

/* The function of libcurl's that the one of the same name here goes before. */
static void find_original(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);
    assert_non_null(found);
    memcpy(function, &found, sizeof found);
}

CURL *curl_easy_init(void)
{
    CURL *(*original)(void);
    find_original("curl_easy_init", &original);
    handles_made++;
    return original();
}

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    CURLMcode (*original)(CURLM *, CURL *);
    find_original("curl_multi_add_handle", &original);
    handles_added++;
    return original(multi, easy);
}

/* What the server's threads note. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int inside, most_inside; /* requests that are not answered yet, and the most there were */
static int without_proof;
static char order[64]; /* the first letters of the bodies, as they came */

static void note_body(const test_exchange *exchange)
{
    pthread_mutex_lock(&mutex);
    size_t length = strlen(order);
    if (length + 1 < sizeof order)
        order[length] = exchange->body[0];
    pthread_mutex_unlock(&mutex);
}

static void answer_noting_how_many(test_exchange *exchange)
{
    pthread_mutex_lock(&mutex);
    inside++;
    most_inside = inside > most_inside ? inside : most_inside;
    pthread_mutex_unlock(&mutex);
    exchange_pause(exchange, 5);
    pthread_mutex_lock(&mutex);
    inside--; /* before the answer, which lets the next one go */
    pthread_mutex_unlock(&mutex);
    exchange_answer(exchange, 200, "", "fine");
}

static void answer_noting_order(test_exchange *exchange)
{
    note_body(exchange);
    exchange_answer(exchange, 200, "", "fine");
}

static void answer_noting_order_when_released(test_exchange *exchange)
{
    note_body(exchange);
    answer_when_released(exchange);
}

static void answer_unless_first(test_exchange *exchange)
{
    note_body(exchange);
    exchange_answer(exchange, exchange->nth == 1 ? 503 : 200, "", "fine");
}

static void answer_token_at_the_second_try(test_exchange *exchange)
{
    if (exchange->nth == 1)
        exchange_answer(exchange, 503, "", "");
    else
        exchange_answer(exchange, 200, "", "late");
}

static void answer_refusal_when_released(test_exchange *exchange)
{
    if (exchange_hold(exchange))
        exchange_answer(exchange, 400, "", "");
}

/* An API to which the first token is no good. */
static void answer_to_the_second_token(test_exchange *exchange)
{
    pthread_mutex_lock(&mutex);
    without_proof += exchange->authorization[0] == '\0';
    pthread_mutex_unlock(&mutex);
    exchange_answer(exchange, strstr(exchange->authorization, "token-2") ? 200 : 401, "", "fine");
}

static const test_route routes[] = {
    {"/token", answer_token},
    {"/token-late", answer_token_at_the_second_try},
    {"/token-refused", answer_refusal_when_released},
    {"/fine", answer_fine},
    {"/held", answer_when_released},
    {"/counted", answer_noting_how_many},
    {"/order", answer_noting_order},
    {"/order-held", answer_noting_order_when_released},
    {"/order-again", answer_unless_first},
    {"/picky", answer_to_the_second_token},
    {0},
};

/* With at most so many on the wire, and requests for nobody until a test says otherwise. */
static void open_bounded(world *w, size_t max_requests)
{
    *w = (world){.server = server_start(routes), .max_requests = max_requests};
    assert_non_null(w->server);
    assert_true(world_make_engine(w));
    world_use(w, NULL);
    handles_made = handles_added = 0;
    inside = most_inside = without_proof = 0;
    memset(order, 0, sizeof order);
}

static tl_request *start_noted(world *w, const char *path, const char *body)
{
    tl_request_spec spec = get_spec(w, path);
    spec.method = "POST";
    spec.body = body;
    spec.body_length = strlen(body);
    return start(w, &spec);
}

static void wake_up(world *w, int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&wait, 1, 10000), 1);
    tl_engine_step(w->engine);
    settle(w);
}

/* So that a wait on the descriptor has nothing to do for a while. */
static void drive_until_quiet(world *w)
{
    while (tl_engine_timeout(w->engine) < 15 * TL_SECOND) {
        tl_engine_step(w->engine);
        settle(w);
        be_idle(1);
    }
}

static void no_more_than_the_bound_are_on_the_wire(void **state)
{
    (void)state;
    tl_request *requests[40];
    world w;
    open_bounded(&w, 3);
    for (size_t i = 0; i < COUNT(requests); i++)
        requests[i] = start_get(&w, "/counted");
    assert_int_equal(tl_engine_in_flight(w.engine), COUNT(requests));
    for (size_t i = 0; i < COUNT(requests); i++)
        expect_answer(&w, requests[i], 200, "fine");
    assert_int_equal(most_inside, 3);
    assert_int_equal(tl_engine_in_flight(w.engine), 0);
    world_close(&w);
}

static void without_a_bound_all_are_on_the_wire(void **state)
{
    (void)state;
    tl_request *requests[120];
    world w;
    open_bounded(&w, 0);
    for (size_t i = 0; i < COUNT(requests); i++)
        requests[i] = start_get(&w, "/held");
    drive_until_requested(&w, "/held", COUNT(requests));
    server_release(w.server, "/held");
    for (size_t i = 0; i < COUNT(requests); i++)
        expect_answer(&w, requests[i], 200, "fine");
    world_close(&w);
}

static void who_comes_first_goes_first(void **state)
{
    (void)state;
    tl_request *requests[8];
    world w;
    open_bounded(&w, 1);
    for (size_t i = 0; i < COUNT(requests); i++) {
        const char body[] = {(char)('a' + i), '\0'};
        requests[i] = start_noted(&w, "/order", body);
    }
    for (size_t i = 0; i < COUNT(requests); i++)
        expect_answer(&w, requests[i], 200, "fine");
    assert_string_equal(order, "abcdefgh");
    world_close(&w);
}

/* What goes out once more began before all that was never sent. */
static void a_second_attempt_goes_before_new_requests(void **state)
{
    (void)state;
    world w;
    open_bounded(&w, 1);
    tl_request *first = start_noted(&w, "/order-again", "a");
    tl_request *second = start_noted(&w, "/order-held", "b");
    tl_request *third = start_noted(&w, "/order", "c");
    drive_until_requested(&w, "/order-held", 1);
    while (first->state != TL_REQUEST_QUEUED)
        drive(&w);
    server_release(w.server, "/order-held");
    expect_answer(&w, third, 200, "fine");
    expect_answer(&w, first, 200, "fine");
    expect_answer(&w, second, 200, "fine");
    assert_int_equal(first->attempts, 2);
    assert_string_equal(order, "abac");
    world_close(&w);
}

static void the_deadline_runs_in_the_queue(void **state)
{
    (void)state;
    world w;
    open_bounded(&w, 1);
    tl_request *first = start_get(&w, "/held");
    tl_request_spec spec = write_spec(&w, "/fine");
    spec.timeout = 50 * TL_MILLISECOND;
    tl_request *second = start(&w, &spec);
    expect_error(&w, second, TL_TIMEOUT,
                 "no answer within 0.05 s: waiting for its turn: max_requests is 1");
    assert_int_equal(second->attempts, 0);
    assert_int_equal(second->outcome, TL_OUTCOME_NONE);
    assert_int_equal(server_requests(w.server, "/fine"), 0);
    server_release(w.server, "/held");
    expect_answer(&w, first, 200, "fine");
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    world_close(&w);
}

/* The bound is not to blame when there was room, but nobody made the next step. */
static void a_deadline_before_the_next_step_blames_no_bound(void **state)
{
    (void)state;
    tl_request *last = NULL;
    world w;
    open_bounded(&w, TL_MOST_FRESH + 1);
    tl_request_spec spec = get_spec(&w, "/held");
    spec.timeout = 50 * TL_MILLISECOND;
    for (size_t i = 0; i <= TL_MOST_FRESH; i++)
        last = start(&w, &spec);
    assert_int_equal(last->state, TL_REQUEST_QUEUED);
    be_idle(60);
    expect_error(&w, last, TL_TIMEOUT, "no answer within 0.05 s: waiting to be sent");
    world_close(&w);
}

/* It waits here for longer than a connection may take to be made. */
static void time_in_the_queue_is_not_taken_from_the_time_for_connecting(void **state)
{
    (void)state;
    world w = {.max_requests = 1, .connect_timeout = 100 * TL_MILLISECOND};
    w.server = server_start(routes);
    assert_non_null(w.server);
    assert_true(world_make_engine(&w));
    world_use(&w, NULL);
    tl_request *first = start_get(&w, "/held");
    tl_request *second = start_get(&w, "/fine");
    drive_until_requested(&w, "/held", 1);
    be_idle(150);
    tl_engine_step(w.engine);
    assert_int_equal(second->state, TL_REQUEST_QUEUED);
    server_release(w.server, "/held");
    expect_answer(&w, second, 200, "fine");
    expect_answer(&w, first, 200, "fine");
    assert_int_equal(second->attempts, 1);
    world_close(&w);
}

static void a_cancel_lets_the_next_one_go(void **state)
{
    (void)state;
    world w;
    open_bounded(&w, 1);
    int fd = tl_engine_fd(w.engine);
    tl_request *first = start_get(&w, "/held");
    tl_request *second = start_get(&w, "/fine");
    tl_request *third = start_get(&w, "/fine");
    drive_until_requested(&w, "/held", 1);
    drive_until_quiet(&w);
    assert_int_equal(tl_engine_cancel(second), TL_OUTCOME_NONE); /* in the queue */
    assert_int_equal(third->state, TL_REQUEST_QUEUED);
    tl_engine_cancel(first);
    assert_int_equal(third->state, TL_REQUEST_SENT);
    while (third->state != TL_REQUEST_FINISHED)
        wake_up(&w, fd);
    expect_answer(&w, third, 200, "fine");
    assert_int_equal(server_requests(w.server, "/fine"), 1);
    world_close(&w);
}

/* libcurl has nothing to do by itself once all that it was given is gone. */
static void who_is_left_when_all_before_are_cancelled_goes_on(void **state)
{
    (void)state;
    tl_request *requests[TL_MOST_FRESH];
    world w;
    open_bounded(&w, 0);
    for (size_t i = 0; i < COUNT(requests); i++)
        requests[i] = start_get(&w, "/held");
    tl_request *left = start_get(&w, "/fine");
    for (size_t i = 0; i < COUNT(requests); i++)
        tl_engine_cancel(requests[i]);
    int fd = tl_engine_fd(w.engine);
    assert_int_equal(left->state, TL_REQUEST_QUEUED);
    assert_int_equal(tl_engine_timeout(w.engine), 0);
    while (left->state != TL_REQUEST_FINISHED)
        wake_up(&w, fd);
    expect_answer(&w, left, 200, "fine");
    world_close(&w);
}

static void an_end_in_any_state_gives_its_place_back(void **state)
{
    (void)state;
    tl_request *requests[4];
    world w;
    open_bounded(&w, 1);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT(requests); i++)
            requests[i] = start_get(&w, "/fine");
        for (int i = 0; i < round; i++)
            drive_until_finished(&w, requests[i]);
        for (size_t i = 0; i < COUNT(requests); i++)
            tl_engine_cancel(requests[i]);
        assert_int_equal(w.engine->queue.on_wire, 0);
        assert_int_equal(tl_engine_in_flight(w.engine), 0);
    }
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    world_close(&w);
}

static void one_at_a_time_can_sign_in(void **state)
{
    (void)state;
    tl_request *requests[5];
    world w;
    open_bounded(&w, 1);
    world_use(&w, TL_OWNER(w.engine->signins.next, tl_signin, all));
    for (size_t i = 0; i < COUNT(requests); i++)
        requests[i] = start_get(&w, "/counted");
    for (size_t i = 0; i < COUNT(requests); i++)
        expect_answer(&w, requests[i], 200, "fine");
    assert_int_equal(w.granted, 1);
    assert_int_equal(most_inside, 1);
    world_close(&w);
}

/* Those that are in the queue with a token that somebody else's 401 has had dropped. */
static void nothing_goes_out_with_a_token_that_was_dropped(void **state)
{
    (void)state;
    tl_request *requests[4];
    world w;
    open_bounded(&w, 1);
    world_use(&w, TL_OWNER(w.engine->signins.next, tl_signin, all));
    for (size_t i = 0; i < COUNT(requests); i++)
        requests[i] = start_get(&w, "/picky");
    for (size_t i = 0; i < COUNT(requests); i++)
        expect_answer(&w, requests[i], 200, "fine");
    assert_int_equal(w.granted, 2);
    assert_int_equal(without_proof, 0);
    assert_int_equal(server_requests(w.server, "/picky"), 1 + COUNT(requests));
    world_close(&w);
}

static void a_sign_in_needs_no_room(void **state)
{
    (void)state;
    world w;
    open_bounded(&w, 1);
    world_use(&w, world_add_sign_in(&w, TL_TOKEN, "/token-late"));
    tl_request *patient = start_get(&w, "/fine");
    world_use(&w, NULL);
    tl_request *other = start_get(&w, "/held");
    drive_until_requested(&w, "/held", 1);
    while (w.granted == 0)
        drive(&w);
    assert_int_equal(patient->state, TL_REQUEST_QUEUED);
    server_release(w.server, "/held");
    expect_answer(&w, patient, 200, "fine");
    expect_answer(&w, other, 200, "fine");
    world_close(&w);
}

static void what_fails_for_its_sign_in_needs_no_room(void **state)
{
    (void)state;
    world w;
    open_bounded(&w, 1);
    world_use(&w, world_add_sign_in(&w, TL_TOKEN, "/token-refused"));
    tl_request *failed = start_get(&w, "/fine");
    world_use(&w, NULL);
    tl_request *other = start_get(&w, "/held");
    drive_until_requested(&w, "/held", 1);
    server_release(w.server, "/token-refused");
    expect_error(&w, failed, TL_AUTH, "refused");
    assert_int_equal(other->state, TL_REQUEST_SENT);
    world_close(&w);
}

enum { MANY = 256 };

/* A step connects for all that were added before it. `max_requests`: 0 is the hardest. */
static void start_and_drive_many(size_t max_requests)
{
    static tl_request *requests[MANY];
    int steps = 0;
    world w;
    open_bounded(&w, max_requests);
    int fd = tl_engine_fd(w.engine);
    assert_true(fd >= 0);
    for (int i = 0; i < MANY; i++)
        requests[i] = start_get(&w, "/fine");
    assert_int_equal(handles_added, TL_MOST_FRESH);
    assert_int_equal(tl_engine_timeout(w.engine), 0);
    for (int i = 0; i < MANY; i++) {
        for (; requests[i]->state != TL_REQUEST_FINISHED; steps++) {
            int before = handles_added;
            wake_up(&w, fd);
            assert_in_range(handles_added - before, 0, TL_MOST_FRESH);
        }
        expect_answer(&w, requests[i], 200, "fine");
    }
    assert_int_equal(handles_added, MANY);
    assert_true(steps >= MANY / TL_MOST_FRESH);
    assert_int_equal(server_requests(w.server, "/fine"), MANY);
    world_close(&w);
}

static void many_starts_take_many_steps(void **state)
{
    (void)state;
    start_and_drive_many(0);
    start_and_drive_many(100);
}

/* A full wire is no reason to come. */
static void a_host_is_not_called_for_what_has_no_room(void **state)
{
    (void)state;
    world w;
    open_bounded(&w, 2);
    struct pollfd wait = {.fd = tl_engine_fd(w.engine), .events = POLLIN};
    for (int i = 0; i < 5; i++)
        start_get(&w, "/held");
    drive_until_requested(&w, "/held", 2);
    drive_until_quiet(&w);
    assert_int_equal(poll(&wait, 1, 150), 0);
    assert_true(tl_engine_timeout(w.engine) > 15 * TL_SECOND);
    world_close(&w);
}

/* What a burst has used serves the next one, but not with a libcurl that is too old for that. */
static void as_many_handles_are_kept_as_the_bound_allows(void **state)
{
    (void)state;
    const bool kept = curl_version_info(CURLVERSION_NOW)->version_num >= 0x080100;
    static const struct {
        size_t max_requests, kept;
    } rows[] = {{64, 64}, {20, 20}, {0, TL_IDLE_HANDLES}};
    for (size_t row = 0; row < COUNT(rows); row++) {
        tl_request *requests[120];
        world w;
        open_bounded(&w, rows[row].max_requests);
        for (int round = 0; round < 2; round++) {
            int before = handles_made;
            for (size_t i = 0; i < COUNT(requests); i++)
                requests[i] = start_get(&w, "/counted");
            for (size_t i = 0; i < COUNT(requests); i++) {
                expect_answer(&w, requests[i], 200, "fine");
                tl_engine_cancel(requests[i]);
            }
            if (kept && round > 0 && rows[row].max_requests > 0)
                assert_int_equal(handles_made, before);
        }
        assert_true(w.engine->wire.idle_count <= (kept ? rows[row].kept : 0));
        assert_true(!kept || w.engine->wire.idle_count > 0);
        assert_int_equal(w.engine->wire.handles, w.engine->wire.idle_count);
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(no_more_than_the_bound_are_on_the_wire),
        ENGINE_TEST(without_a_bound_all_are_on_the_wire),
        ENGINE_TEST(who_comes_first_goes_first),
        ENGINE_TEST(a_second_attempt_goes_before_new_requests),
        ENGINE_TEST(the_deadline_runs_in_the_queue),
        ENGINE_TEST(a_deadline_before_the_next_step_blames_no_bound),
        ENGINE_TEST(time_in_the_queue_is_not_taken_from_the_time_for_connecting),
        ENGINE_TEST(a_cancel_lets_the_next_one_go),
        ENGINE_TEST(who_is_left_when_all_before_are_cancelled_goes_on),
        ENGINE_TEST(an_end_in_any_state_gives_its_place_back),
        ENGINE_TEST(one_at_a_time_can_sign_in),
        ENGINE_TEST(nothing_goes_out_with_a_token_that_was_dropped),
        ENGINE_TEST(a_sign_in_needs_no_room),
        ENGINE_TEST(what_fails_for_its_sign_in_needs_no_room),
        ENGINE_TEST(many_starts_take_many_steps),
        ENGINE_TEST(a_host_is_not_called_for_what_has_no_room),
        ENGINE_TEST(as_many_handles_are_kept_as_the_bound_allows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
