/* What src/base/system.h promises, on the system that the tests run on. */
#include "base/clock.h"
#include "base/system.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void a_boot_has_one_id(void **state)
{
    (void)state;
    char one[TL_BOOT_ID_SIZE], other[TL_BOOT_ID_SIZE];
    tl_read_boot_id(one);
    tl_read_boot_id(other);
    assert_string_equal(one, other);
    assert_true(strlen(one) >= 32);
    assert_int_equal(strcspn(one, " \n"), strlen(one));
}

static void a_socket_is_close_on_exec(void **state)
{
    (void)state;
    int fd = tl_open_socket(AF_INET, SOCK_STREAM, 0);
    assert_return_code(fd, errno);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    close(fd);
    assert_int_equal(tl_open_socket(-1, SOCK_STREAM, 0), -1);
}

static void a_descriptor_becomes_close_on_exec(void **state)
{
    (void)state;
    int fd = dup(0);
    assert_return_code(fd, errno);
    assert_int_equal(fcntl(fd, F_GETFD), 0);
    assert_true(tl_close_on_exec(fd));
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    close(fd);
    assert_false(tl_close_on_exec(fd));
}

static void what_is_wiped_is_zero_and_nothing_else(void **state)
{
    (void)state;
    char text[] = "a secret!";
    tl_wipe(text + 2, 6);
    assert_memory_equal(text, "a \0\0\0\0\0\0!", sizeof text);
    tl_wipe(text, 0);
    assert_int_equal(text[0], 'a');
}

static void the_clocks_are_those_of_the_system(void **state)
{
    (void)state;
    tl_time before = tl_now();
    time_t wall = time(NULL);
    tl_time read = tl_wall_clock();
    assert_in_range(read / TL_SECOND, wall - 1, time(NULL) + 1);
    assert_true(before > 0 && tl_now() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_boot_has_one_id),
        cmocka_unit_test(a_socket_is_close_on_exec),
        cmocka_unit_test(a_descriptor_becomes_close_on_exec),
        cmocka_unit_test(what_is_wiped_is_zero_and_nothing_else),
        cmocka_unit_test(the_clocks_are_those_of_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
