/* A system that gives up connecting by itself: tcp(7), tcp_syn_retries. */
#include "driver.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool unreachable;

/* libcurl must find these two, before the C library's. */
#define FOR_LIBCURL __attribute__((visibility("default")))

FOR_LIBCURL int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    if (!unreachable)
        return (int)syscall(SYS_connect, fd, address, length);
    errno = EINPROGRESS;
    return -1;
}

FOR_LIBCURL int getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
    int code = (int)syscall(SYS_getsockopt, fd, level, name, value, length);
    if (code == 0 && unreachable && level == SOL_SOCKET && name == SO_ERROR)
        *(int *)value = ETIMEDOUT;
    return code;
}

static const test_route routes[] = {{"/token", answer_token}, {"/fine", answer_fine}, {0}};

/* Or it would be tried without end and without a pause, since less than the time for connecting is
 * over. */
static void a_system_that_gives_up_is_no_queue(void **state)
{
    (void)state;
    world w;
    world_open(&w, routes);
    const tl_request_spec specs[] = {get_spec(&w, "/fine"), write_spec(&w, "/fine")};
    unreachable = true;
    for (size_t i = 0; i < COUNT(specs); i++) {
        tl_request_spec spec = specs[i];
        spec.signin = NULL;
        spec.timeout = 5 * TL_SECOND;
        tl_request *request = start(&w, &spec);
        expect_error(&w, request, TL_TIMEOUT, "");
        assert_int_equal(request->attempts, 4);
        assert_int_equal(request->outcome, TL_OUTCOME_NONE);
    }
    unreachable = false;
    expect_answer(&w, start_get(&w, "/fine"), 200, "fine");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {ENGINE_TEST(a_system_that_gives_up_is_no_queue)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
