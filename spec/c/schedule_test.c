/* The two clocks of an engine, told the time. */
#include "net/schedule.h"
#include "test.h"

static tl_schedule schedule;
static tl_timer wall, driven;
static int wall_fired, driven_fired;

static void on_wall(tl_timer *timer)
{
    (void)timer;
    wall_fired++;
}

static void on_driven(tl_timer *timer)
{
    (void)timer;
    driven_fired++;
}

static const tl_time start = 1000 * TL_SECOND;

static int set_up(void **state)
{
    (void)state;
    tl_schedule_init(&schedule, start);
    tl_timer_init(&wall, on_wall);
    tl_timer_init(&driven, on_driven);
    wall_fired = driven_fired = 0;
    return 0;
}

/* A timer of driven time that is due in `time` if somebody drives all the while. */
static void set_driven(tl_time time)
{
    tl_timer_set(&schedule.driven, &driven, tl_schedule_driven(&schedule, start) + time);
}

static void driven_time_stands_still_while_nobody_drives(void **state)
{
    (void)state;
    set_driven(10 * TL_SECOND);
    tl_schedule_resume(&schedule, start + 60 * TL_SECOND, false);
    assert_int_equal(tl_schedule_driven(&schedule, start + 60 * TL_SECOND), start);
    tl_schedule_fire(&schedule, start + 60 * TL_SECOND);
    assert_int_equal(driven_fired, 0);
    assert_int_equal(tl_schedule_next(&schedule, false), start + 70 * TL_SECOND);
}

static void time_in_which_the_engine_waits_is_driven(void **state)
{
    (void)state;
    set_driven(10 * TL_SECOND);
    tl_schedule_waited(&schedule, start + 10 * TL_SECOND);
    tl_schedule_fire(&schedule, start + 10 * TL_SECOND);
    assert_int_equal(driven_fired, 1);
}

static void wall_time_goes_on_whoever_drives(void **state)
{
    (void)state;
    tl_timer_set(&schedule.wall, &wall, start + 10 * TL_SECOND);
    tl_schedule_resume(&schedule, start + 60 * TL_SECOND, false);
    assert_int_equal(tl_schedule_next(&schedule, false), start + 10 * TL_SECOND);
    tl_schedule_fire(&schedule, start + 60 * TL_SECOND);
    assert_int_equal(wall_fired, 1);
}

/* Comes each time when the descriptor calls it. */
static void the_time_of_a_host_that_waits_is_driven(void **state)
{
    (void)state;
    tl_time now = start;
    set_driven(10 * TL_SECOND);
    while (driven_fired == 0) {
        tl_time called = tl_schedule_next(&schedule, true);
        assert_in_range(called, now + 1, now + TL_SECOND);
        now = called;
        tl_schedule_resume(&schedule, now, true);
        tl_schedule_fire(&schedule, now);
    }
    assert_int_equal(now, start + 10 * TL_SECOND);
}

/* One that comes sooner has been called by a socket. */
static void a_host_that_is_called_by_sockets_loses_no_time(void **state)
{
    (void)state;
    tl_time now = start;
    set_driven(TL_SECOND);
    for (; driven_fired == 0; tl_schedule_fire(&schedule, now))
        tl_schedule_resume(&schedule, now += 7 * TL_MILLISECOND, true);
    assert_in_range(now, start + TL_SECOND, start + TL_SECOND + 7 * TL_MILLISECOND);
}

static const struct absence {
    tl_time deadline, away;
} absences[] = {
    {10 * TL_SECOND, 10 * TL_SECOND},
    {10 * TL_SECOND, 3600 * TL_SECOND},
    {10 * TL_SECOND, TL_SECOND},
    {200 * TL_MILLISECOND, 200 * TL_MILLISECOND},
    {50 * TL_MILLISECOND, 80 * TL_MILLISECOND},
};

/* However often: what was counted before stays, and nothing is added. */
static void no_time_of_a_busy_host_is_driven(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(absences); i++) {
        set_up(NULL);
        set_driven(absences[i].deadline);
        for (int times = 1; times <= 100; times++) {
            tl_time now = start + times * absences[i].away;
            tl_schedule_resume(&schedule, now, true);
            tl_schedule_fire(&schedule, now);
            assert_int_equal(driven_fired, 0);
            assert_int_equal(tl_schedule_driven(&schedule, now), start);
        }
    }
}

/* Calls that do not drive: none of the time between them is driven, but what one of them begins has
 * its time from then on, whatever was before. */
static void a_host_that_never_steps_does_not_drive(void **state)
{
    (void)state;
    tl_time now = start;
    set_driven(TL_SECOND);
    while (now < start + 60 * TL_SECOND)
        tl_schedule_visit(&schedule, now += 50 * TL_MILLISECOND, true);
    tl_schedule_resume(&schedule, now += TL_SECOND, true);
    assert_int_equal(tl_schedule_driven(&schedule, now), start);
}

static void what_begins_in_a_visit_has_its_whole_time(void **state)
{
    (void)state;
    for (int hosted = 0; hosted < 2; hosted++) {
        tl_time now = start + 60 * TL_SECOND;
        set_up(NULL);
        tl_schedule_visit(&schedule, now, hosted);
        tl_time begun = tl_schedule_driven(&schedule, now);
        tl_timer_set(&schedule.driven, &driven, begun + TL_SECOND);
        tl_schedule_waited(&schedule, now + TL_SECOND);
        tl_schedule_fire(&schedule, now + TL_SECOND - 1);
        assert_int_equal(driven_fired, 0);
        tl_schedule_fire(&schedule, now + TL_SECOND);
        assert_int_equal(driven_fired, 1);
        tl_schedule_resume(&schedule, now + 2 * TL_SECOND, false);
        assert_int_equal(tl_schedule_driven(&schedule, now + 2 * TL_SECOND), begun + TL_SECOND);
    }
}

/* A machine that lets a host run a little late, or libcurl's timers of a few milliseconds, do not
 * make driven time stand still. */
static void a_host_may_be_a_little_late(void **state)
{
    (void)state;
    tl_time now = start;
    set_driven(TL_SECOND);
    for (int i = 0; driven_fired == 0 && i < 1000; i++) {
        tl_timer_set(&schedule.wall, &wall, now + TL_MILLISECOND);
        now += 10 * TL_MILLISECOND;
        tl_schedule_resume(&schedule, now, true);
        tl_schedule_fire(&schedule, now);
    }
    assert_int_equal(now, start + TL_SECOND);
}

static void nothing_calls_a_host_without_timers(void **state)
{
    (void)state;
    assert_int_equal(tl_schedule_next(&schedule, true), TL_NEVER);
    assert_int_equal(tl_schedule_next(&schedule, false), TL_NEVER);
    tl_timer_set(&schedule.wall, &wall, start + 60 * TL_SECOND);
    assert_int_equal(tl_schedule_next(&schedule, true), start + 60 * TL_SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(driven_time_stands_still_while_nobody_drives, set_up),
        cmocka_unit_test_setup(time_in_which_the_engine_waits_is_driven, set_up),
        cmocka_unit_test_setup(wall_time_goes_on_whoever_drives, set_up),
        cmocka_unit_test_setup(the_time_of_a_host_that_waits_is_driven, set_up),
        cmocka_unit_test_setup(a_host_that_is_called_by_sockets_loses_no_time, set_up),
        cmocka_unit_test_setup(no_time_of_a_busy_host_is_driven, set_up),
        cmocka_unit_test_setup(a_host_that_never_steps_does_not_drive, set_up),
        cmocka_unit_test_setup(what_begins_in_a_visit_has_its_whole_time, set_up),
        cmocka_unit_test_setup(a_host_may_be_a_little_late, set_up),
        cmocka_unit_test_setup(nothing_calls_a_host_without_timers, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
