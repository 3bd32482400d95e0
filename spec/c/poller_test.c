/* The poller's face, whichever system is behind it. */
#include "net/poller.h"
#include "poller_calls.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ = TL_POLLER_READ, WRITE = TL_POLLER_WRITE, BOTH = READ | WRITE, FAILED = 4 };

static tl_poller poller;
static int pair[2]; /* the first is watched */

static int set_up(void **state)
{
    (void)state;
    alarm(60); /* ends a test that hangs */
    if (!tl_poller_open(&poller))
        return -1;
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static int tear_down(void **state)
{
    (void)state;
    tl_poller_close(&poller);
    close(pair[0]);
    if (pair[1] >= 0)
        close(pair[1]);
    return 0;
}

#define POLLER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static bool is_ready(int milliseconds)
{
    struct pollfd wait = {.fd = tl_poller_fd(&poller), .events = POLLIN};
    return poll(&wait, 1, milliseconds) == 1;
}

/* What the poller says of `fd` in one go; it must speak of no other. */
static int take(int fd)
{
    tl_poller_event events[TL_POLLER_EVENTS];
    int count = tl_poller_take(&poller, events, TL_POLLER_EVENTS), seen = 0;
    for (int i = 0; i < count; i++) {
        assert_int_equal(events[i].fd, fd);
        seen |= (events[i].readable ? READ : 0) | (events[i].writable ? WRITE : 0) |
                (events[i].failed ? FAILED : 0);
    }
    return seen;
}

static void watch(int old_interest, int interest)
{
    assert_true(tl_poller_watch(&poller, pair[0], old_interest, interest));
}

static void say_something(void)
{
    assert_int_equal(write(pair[1], "x", 1), 1);
}

/* The descriptor and tl_poller_take must agree. */
static void expect(int what)
{
    assert_int_equal(is_ready(0), what != 0);
    assert_int_equal(take(pair[0]), what);
}

static void it_says_what_was_asked_for(void **state)
{
    (void)state;
    expect(0);
    watch(0, READ);
    expect(0);
    say_something();
    expect(READ);
    expect(READ); /* for as long as it lies there */
    char byte;
    assert_int_equal(read(pair[0], &byte, 1), 1);
    expect(0);
}

/* Every change from one interest to another, with a socket that can be read and written. */
static void an_interest_can_change_to_any_other(void **state)
{
    (void)state;
    say_something();
    for (int old_interest = 0; old_interest <= BOTH; old_interest++) {
        for (int interest = 0; interest <= BOTH; interest++) {
            watch(0, old_interest);
            watch(old_interest, interest);
            expect(interest);
            watch(interest, 0);
            expect(0);
        }
    }
}

static void a_descriptor_can_be_asked_for_again(void **state)
{
    (void)state;
    say_something();
    watch(0, READ);
    watch(READ, 0);
    watch(0, WRITE);
    expect(WRITE);
}

static void the_end_of_the_other_side_can_be_read(void **state)
{
    (void)state;
    watch(0, READ);
    say_something();
    assert_return_code(shutdown(pair[1], SHUT_WR), errno);
    expect(READ); /* no failure: the byte is still to be read */
    char byte;
    assert_int_equal(read(pair[0], &byte, 1), 1);
    expect(READ);
    assert_int_equal(read(pair[0], &byte, 1), 0);
}

static void nobody_on_the_other_side_is_a_failure_to_a_writer(void **state)
{
    (void)state;
    watch(0, WRITE);
    close(pair[1]);
    pair[1] = -1;
    expect(WRITE | FAILED);
}

/* What was asked before must still hold. */
static void what_the_system_refuses_changes_nothing(void **state)
{
    (void)state;
    say_something();
    watch(0, READ);
    assert_false(tl_poller_watch(&poller, -1, 0, BOTH));
    expect(READ);
    poller_calls_to_refuse = 1;
    assert_false(tl_poller_watch(&poller, pair[0], READ, BOTH));
    assert_int_equal(poller_calls_to_refuse, 0);
    expect(READ);
    watch(READ, BOTH);
    expect(BOTH);
}

/* Where an interest takes two calls, the second may be refused. */
static void what_is_refused_halfway_is_not_asked_for(void **state)
{
    (void)state;
    say_something();
    for (int calls = 0; calls < 3; calls++) {
        poller_calls_to_allow = calls;
        poller_calls_to_refuse = 1;
        bool watched = tl_poller_watch(&poller, pair[0], 0, BOTH);
        assert_int_equal(watched, poller_calls_to_refuse);
        poller_calls_to_refuse = 0;
        expect(watched ? BOTH : 0);
        if (watched)
            watch(BOTH, 0);
    }
}

enum { MANY = 3 * TL_POLLER_EVENTS + 1 };

/* Nobody is starved: what is over for one makes room for the next. */
static void more_than_are_taken_at_once_come_in_turn(void **state)
{
    (void)state;
    int many[MANY][2], seen = 0, rounds = 0;
    for (int i = 0; i < MANY; i++) {
        assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, many[i]), errno);
        assert_int_equal(write(many[i][1], "x", 1), 1);
        assert_true(tl_poller_watch(&poller, many[i][0], 0, READ));
    }
    while (is_ready(0)) {
        tl_poller_event events[TL_POLLER_EVENTS];
        int count = tl_poller_take(&poller, events, TL_POLLER_EVENTS);
        assert_in_range(count, 1, TL_POLLER_EVENTS);
        for (int i = 0; i < count; i++) {
            char byte;
            assert_true(events[i].readable);
            assert_int_equal(read(events[i].fd, &byte, 1), 1);
        }
        seen += count;
        rounds++;
    }
    assert_int_equal(seen, MANY);
    assert_int_equal(rounds, 4);
    for (int i = 0; i < MANY; i++) {
        assert_true(tl_poller_watch(&poller, many[i][0], READ, 0));
        close(many[i][0]);
        close(many[i][1]);
    }
}

static void fewer_can_be_taken_than_there_are(void **state)
{
    (void)state;
    int other[2];
    assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, other), errno);
    watch(0, WRITE);
    assert_true(tl_poller_watch(&poller, other[0], 0, WRITE));
    tl_poller_event one;
    assert_int_equal(tl_poller_take(&poller, &one, 1), 1);
    assert_true(one.writable);
    close(other[0]);
    close(other[1]);
}

static void arm(tl_time at)
{
    assert_true(tl_poller_arm(&poller, at));
}

static void expect_no_timer(void)
{
    assert_false(is_ready(0));
    assert_int_equal(take(-1), 0);
}

/* It may not be early either. */
static void expect_timer(tl_time at)
{
    assert_true(is_ready(10000));
    assert_true(tl_now() >= at);
    assert_int_equal(take(-1), 0);
    expect_no_timer();
}

static void a_timer_makes_the_descriptor_readable_once(void **state)
{
    (void)state;
    expect_no_timer();
    arm(TL_NEVER);
    expect_no_timer();
    for (int i = 0; i < 3; i++) {
        tl_time at = tl_now() + 20 * TL_MILLISECOND;
        arm(at);
        expect_timer(at);
    }
}

static void a_time_that_is_over_fires_at_once(void **state)
{
    (void)state;
    const tl_time times[] = {0, 1, tl_now() - TL_SECOND, tl_now()};
    for (size_t i = 0; i < COUNT(times); i++) {
        arm(times[i]);
        expect_timer(times[i]);
        arm(times[i]); /* once more, since it has fired */
        expect_timer(times[i]);
    }
}

static void a_timer_can_be_moved(void **state)
{
    (void)state;
    tl_time now = tl_now(), soon = now + 20 * TL_MILLISECOND, later = now + 60 * TL_MILLISECOND;
    arm(now + 3600 * TL_SECOND);
    arm(soon);
    expect_timer(soon);
    arm(now + 30 * TL_MILLISECOND);
    arm(later);
    expect_timer(later);
}

static void a_timer_is_set_only_when_its_time_changes(void **state)
{
    (void)state;
    tl_time at = tl_now() + 3600 * TL_SECOND;
    int before = poller_calls_settings;
    for (int i = 0; i < 3; i++)
        arm(TL_NEVER);
    assert_int_equal(poller_calls_settings, before);
    for (int i = 0; i < 3; i++)
        arm(at);
    assert_int_equal(poller_calls_settings, before + 1);
    for (int i = 0; i < 3; i++)
        arm(TL_NEVER);
    assert_int_equal(poller_calls_settings, before + 2);
}

static void a_timer_can_be_switched_off(void **state)
{
    (void)state;
    arm(tl_now() + 20 * TL_MILLISECOND);
    arm(TL_NEVER);
    assert_false(is_ready(100));
    expect_no_timer();
}

/* What has fired and was not taken must not stay behind. */
static void a_timer_that_has_fired_can_be_moved_and_switched_off(void **state)
{
    (void)state;
    arm(0);
    assert_true(is_ready(10000));
    arm(tl_now() + 3600 * TL_SECOND);
    expect_no_timer();
    arm(0);
    assert_true(is_ready(10000));
    arm(TL_NEVER);
    expect_no_timer();
}

static void timer_and_events_come_together(void **state)
{
    (void)state;
    watch(0, BOTH);
    say_something();
    arm(0);
    assert_true(is_ready(10000));
    while (take(pair[0]) != BOTH)
        ;
    watch(BOTH, READ);
    expect(READ);
}

static void a_closed_poller_has_no_descriptor(void **state)
{
    (void)state;
    tl_poller_close(&poller);
    assert_int_equal(tl_poller_fd(&poller), -1);
    tl_poller_close(&poller);
    tl_poller closed = TL_POLLER_CLOSED;
    tl_poller_close(&closed);
    assert_int_equal(tl_poller_fd(&closed), -1);
}

enum { MOST_DESCRIPTORS = 256 };

static int count_open(bool *kept_over_exec)
{
    int count = 0;
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++) {
        int flags = fcntl(fd, F_GETFD);
        kept_over_exec[fd] = flags >= 0 && !(flags & FD_CLOEXEC);
        count += flags >= 0;
    }
    return count;
}

static void its_descriptors_are_close_on_exec_and_given_back(void **state)
{
    (void)state;
    bool before[MOST_DESCRIPTORS], after[MOST_DESCRIPTORS];
    tl_poller other;
    int count = count_open(before);
    assert_true(tl_poller_open(&other));
    assert_true(tl_poller_arm(&other, tl_now() + 3600 * TL_SECOND));
    assert_int_equal(fcntl(tl_poller_fd(&other), F_GETFD), FD_CLOEXEC);
    count_open(after);
    assert_memory_equal(before, after, sizeof before);
    tl_poller_close(&other);
    while (count_open(after) > count) /* libkqueue closes its own from another thread */
        usleep(1000);
}

/* The status of the child's exit. It comes by way of exec, because valgrind would complain of the
 * memory that a child of cmocka's keeps. */
static int status_of_child(void (*act)(void))
{
    int status;
    pid_t child = fork();
    assert_return_code(child, errno);
    if (child == 0) {
        act();
        execlp("true", "true", NULL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void close_it(void)
{
    int fd = tl_poller_fd(&poller);
    tl_poller_close(&poller);
    if (fcntl(fd, F_GETFD) >= 0)
        _exit(1);
}

static void a_child_that_closes_it_leaves_the_parents_alone(void **state)
{
    (void)state;
    tl_time at = tl_now() + 200 * TL_MILLISECOND;
    watch(0, READ);
    arm(at);
    assert_int_equal(status_of_child(close_it), 0);
    expect_timer(at);
    say_something();
    expect(READ);
    watch(READ, BOTH);
    expect(BOTH);
}

/* The number of the parent's poller may be another file's by now. */
static void close_it_late(void)
{
    int fd = tl_poller_fd(&poller);
    bool inherited = fcntl(fd, F_GETFD) >= 0;
    if (!inherited && dup2(pair[0], fd) != fd)
        _exit(1);
    tl_poller_close(&poller);
    if ((fcntl(fd, F_GETFD) >= 0) != !inherited)
        _exit(1);
}

static void a_child_closes_no_other_file(void **state)
{
    (void)state;
    assert_int_equal(status_of_child(close_it_late), 0);
}

static void it_waits_for_an_event(void **state)
{
    (void)state;
    watch(0, READ);
    say_something();
    assert_true(tl_poller_block(&poller, TL_NEVER));
    expect(READ);
}

static void what_it_has_seen_is_not_asked_for_again(void **state)
{
    (void)state;
    watch(0, READ);
    say_something();
    assert_true(tl_poller_block(&poller, TL_NEVER));
    int before = poller_calls_events;
    assert_true(tl_poller_block(&poller, TL_NEVER));
    assert_int_equal(take(pair[0]), READ);
    assert_int_equal(poller_calls_events, before);
}

/* The number may be another descriptor's by then. */
static void what_it_has_seen_goes_when_the_descriptor_is_forgotten(void **state)
{
    (void)state;
    watch(0, READ);
    say_something();
    assert_true(tl_poller_block(&poller, TL_NEVER));
    watch(READ, 0);
    expect(0);
}

enum { IDLE = TL_POLLER_IDLE };

static void an_idle_descriptor_costs_no_call(void **state)
{
    (void)state;
    watch(0, READ);
    int before = poller_calls_changes;
    for (int i = 0; i < 3; i++) {
        watch(READ, READ | IDLE);
        watch(READ | IDLE, READ);
    }
    assert_int_equal(poller_calls_changes, before);
    say_something();
    expect(READ);
}

/* Nothing that comes may stay unseen where others wait on the descriptor, or they would spin. */
static void what_comes_of_an_idle_one_is_seen(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        watch(0, READ);
        watch(READ, READ | IDLE);
        say_something();
        if (shared)
            arm(TL_NEVER);
        else
            assert_true(tl_poller_block(&poller, TL_NEVER));
        assert_int_equal(take(pair[0]), READ);
        watch(READ | IDLE, 0);
        expect(0);
    }
}

static void an_idle_one_can_be_asked_for_something_else(void **state)
{
    (void)state;
    watch(0, READ);
    watch(READ, READ | IDLE);
    watch(READ | IDLE, WRITE);
    expect(WRITE);
}

static void it_waits_for_the_timer(void **state)
{
    (void)state;
    tl_time at = tl_now() + 20 * TL_MILLISECOND;
    arm(at);
    assert_true(tl_poller_block(&poller, TL_NEVER));
    assert_true(tl_now() >= at);
    expect_no_timer(); /* it has fired, and that was taken */
}

static void it_waits_no_longer_and_no_shorter_than_told(void **state)
{
    (void)state;
    tl_time begin = tl_now();
    watch(0, READ);
    assert_true(tl_poller_block(&poller, 0));
    assert_true(tl_poller_block(&poller, -1));
    assert_true(tl_poller_block(&poller, 20 * TL_MILLISECOND + 1));
    assert_true(tl_now() - begin > 20 * TL_MILLISECOND);
    expect(0);
}

static void on_signal(int number)
{
    (void)number;
}

/* The child sends signals until one of them comes while its parent waits. */
static void a_signal_ends_the_wait(void **state)
{
    (void)state;
    const struct sigaction action = {.sa_handler = on_signal}, usual = {.sa_handler = SIG_DFL};
    assert_return_code(sigaction(SIGUSR1, &action, NULL), errno);
    pid_t child = fork();
    assert_return_code(child, errno);
    while (child == 0) {
        if (kill(getppid(), SIGUSR1) != 0)
            _exit(0);
        usleep(1000);
    }
    assert_false(tl_poller_block(&poller, TL_NEVER));
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    sigaction(SIGUSR1, &usual, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POLLER_TEST(it_says_what_was_asked_for),
        POLLER_TEST(an_interest_can_change_to_any_other),
        POLLER_TEST(a_descriptor_can_be_asked_for_again),
        POLLER_TEST(the_end_of_the_other_side_can_be_read),
        POLLER_TEST(nobody_on_the_other_side_is_a_failure_to_a_writer),
        POLLER_TEST(what_the_system_refuses_changes_nothing),
        POLLER_TEST(what_is_refused_halfway_is_not_asked_for),
        POLLER_TEST(more_than_are_taken_at_once_come_in_turn),
        POLLER_TEST(fewer_can_be_taken_than_there_are),
        POLLER_TEST(a_timer_makes_the_descriptor_readable_once),
        POLLER_TEST(a_time_that_is_over_fires_at_once),
        POLLER_TEST(a_timer_can_be_moved),
        POLLER_TEST(a_timer_is_set_only_when_its_time_changes),
        POLLER_TEST(a_timer_can_be_switched_off),
        POLLER_TEST(a_timer_that_has_fired_can_be_moved_and_switched_off),
        POLLER_TEST(timer_and_events_come_together),
        POLLER_TEST(a_closed_poller_has_no_descriptor),
        POLLER_TEST(its_descriptors_are_close_on_exec_and_given_back),
        POLLER_TEST(a_child_that_closes_it_leaves_the_parents_alone),
        POLLER_TEST(a_child_closes_no_other_file),
        POLLER_TEST(it_waits_for_an_event),
        POLLER_TEST(what_it_has_seen_is_not_asked_for_again),
        POLLER_TEST(what_it_has_seen_goes_when_the_descriptor_is_forgotten),
        POLLER_TEST(an_idle_descriptor_costs_no_call),
        POLLER_TEST(what_comes_of_an_idle_one_is_seen),
        POLLER_TEST(an_idle_one_can_be_asked_for_something_else),
        POLLER_TEST(it_waits_for_the_timer),
        POLLER_TEST(it_waits_no_longer_and_no_shorter_than_told),
        POLLER_TEST(a_signal_ends_the_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
