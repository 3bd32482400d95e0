/* A system that refuses to watch a socket: the transfer that needs it ends, and no other. */
#include "driver.h"
#include "poller_calls.h"

#include <string.h>

static const test_route routes[] = {{"/token", answer_token},
                                    {"/fine", answer_fine},
                                    {"/silent", answer_when_released},
                                    {"/other", answer_when_released},
                                    {0}};

/* A request that is under way when the next one is refused. It has a connection of its own, and
 * another one is idle. */
static tl_request *start_bystander(world *w)
{
    tl_request *bystander = start_get(w, "/silent");
    drive_until_requested(w, "/silent", 1);
    expect_answer(w, start_get(w, "/fine"), 200, "fine");
    return bystander;
}

static void check_bystander(world *w, tl_request *bystander)
{
    assert_int_equal(poller_calls_to_refuse, 0);
    assert_int_equal(bystander->state, TL_REQUEST_SENT);
    server_release(w->server, "/silent");
    expect_answer(w, bystander, 200, "fine");
    assert_int_equal(bystander->attempts, 1);
    assert_int_equal(server_requests(w->server, "/silent"), 1);
}

/* The socket of a kept connection is watched already. But where a body does not go out in one go
 * libcurl asks for the socket to be watched for writing, too. */
static void give_long_body(tl_request_spec *spec)
{
    static char body[1024 * 1024];
    memset(body, ' ', sizeof body);
    spec->body = body;
    spec->body_length = sizeof body;
}

static void a_write_that_went_out_is_unknown(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request *bystander = start_bystander(&w);
    tl_request_spec spec = write_spec(&w, "/other");
    give_long_body(&spec);
    poller_calls_to_refuse = 1;
    tl_request *request = start(&w, &spec);
    expect_error(&w, request, TL_NETWORK, "refuses to watch");
    assert_int_equal(request->outcome, TL_OUTCOME_UNKNOWN);
    assert_int_equal(request->attempts, 1);
    check_bystander(&w, bystander);
    world_close(&w);
}

static void a_read_is_sent_again(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request *bystander = start_bystander(&w);
    tl_request_spec spec = write_spec(&w, "/other");
    give_long_body(&spec);
    spec.read = true;
    poller_calls_to_refuse = 1;
    tl_request *request = start(&w, &spec);
    drive_until_requested(&w, "/other", 1);
    server_release(w.server, "/other");
    expect_answer(&w, request, 200, "fine");
    assert_int_equal(request->attempts, 2);
    check_bystander(&w, bystander);
    world_close(&w);
}

/* The socket of a new connection is to be watched before anything is sent. */
static void a_write_that_did_not_go_out_is_sent_again(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    tl_request *bystander = start_get(&w, "/silent");
    drive_until_requested(&w, "/silent", 1);
    tl_request_spec spec = write_spec(&w, "/fine");
    poller_calls_to_refuse = 1;
    tl_request *request = start(&w, &spec);
    expect_answer(&w, request, 200, "fine");
    assert_int_equal(request->attempts, 2);
    assert_int_equal(server_requests(w.server, "/fine"), 1);
    check_bystander(&w, bystander);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ENGINE_TEST(a_write_that_went_out_is_unknown),
        ENGINE_TEST(a_read_is_sent_again),
        ENGINE_TEST(a_write_that_did_not_go_out_is_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
