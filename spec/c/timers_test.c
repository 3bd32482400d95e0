#include "net/timers.h"
#include "test.h"

#include <string.h>

/* A timer that writes its name into the log when it fires, and then does as told. */
typedef struct named {
    tl_timer timer;
    char name;
    struct named *clears; /* this one */
    struct named *sets;   /* this one, to `sets_at` */
    tl_time sets_at;
} named;

static tl_timers timers;
static named a, b, c, d;
static char fired[32]; /* the names, in order */

static void on_fire(tl_timer *timer)
{
    named *self = TL_OWNER(timer, named, timer);
    size_t length = strlen(fired);
    fired[length] = self->name;
    fired[length + 1] = '\0';
    if (self->clears)
        tl_timer_clear(&self->clears->timer);
    if (self->sets)
        tl_timer_set(&timers, &self->sets->timer, self->sets_at);
}

static int set_up(void **state)
{
    (void)state;
    named *all[] = {&a, &b, &c, &d};
    tl_timers_init(&timers);
    fired[0] = '\0';
    for (size_t i = 0; i < COUNT(all); i++) {
        *all[i] = (named){.name = (char)('a' + i)};
        tl_timer_init(&all[i]->timer, on_fire);
    }
    return 0;
}

static void set(named *which, tl_time at)
{
    tl_timer_set(&timers, &which->timer, at);
}

static void check_fires(tl_time now, const char *expected)
{
    fired[0] = '\0';
    tl_timers_fire(&timers, now);
    assert_string_equal(fired, expected);
}

static void they_fire_by_time_and_then_by_age(void **state)
{
    (void)state;
    assert_int_equal(tl_timers_next(&timers), TL_NEVER);
    set(&a, 30);
    set(&b, 10);
    set(&c, 20);
    set(&d, 20);
    assert_int_equal(tl_timers_next(&timers), 10);
    check_fires(9, "");
    check_fires(20, "bcd");
    assert_int_equal(tl_timers_next(&timers), 30);
    check_fires(100, "a");
    check_fires(100, "");
    assert_int_equal(tl_timers_next(&timers), TL_NEVER);
}

static void a_set_timer_moves(void **state)
{
    (void)state;
    set(&a, 10);
    set(&b, 20);
    set(&a, 30);
    assert_int_equal(tl_timers_next(&timers), 20);
    check_fires(25, "b");
    set(&a, 5);
    check_fires(25, "a");
}

static void a_cleared_timer_does_not_fire(void **state)
{
    (void)state;
    set(&a, 10);
    set(&b, 20);
    tl_timer_clear(&a.timer);
    tl_timer_clear(&a.timer);
    assert_int_equal(tl_timers_next(&timers), 20);
    check_fires(100, "b");
    tl_timer_clear(&b.timer); /* after it fired */
    check_fires(100, "");
}

static void one_that_sets_itself_waits_for_the_next_call(void **state)
{
    (void)state;
    a.sets = &a;
    a.sets_at = 10;
    set(&a, 10);
    set(&b, 20);
    check_fires(50, "ab");
    check_fires(50, "a");
    check_fires(9, "");
}

static void one_due_timer_clears_another(void **state)
{
    (void)state;
    a.clears = &b;
    set(&a, 10);
    set(&b, 20);
    set(&c, 30);
    check_fires(50, "ac");
    assert_int_equal(tl_timers_next(&timers), TL_NEVER);
}

static void one_due_timer_moves_another(void **state)
{
    (void)state;
    a.sets = &b;
    a.sets_at = 40; /* due as well, but not in this call */
    set(&a, 10);
    set(&b, 20);
    check_fires(50, "a");
    check_fires(50, "b");
}

static void one_that_fires_starts_another(void **state)
{
    (void)state;
    a.sets = &d;
    a.sets_at = 1;
    set(&a, 10);
    set(&b, 20);
    check_fires(50, "ab");
    check_fires(50, "d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(they_fire_by_time_and_then_by_age, set_up),
        cmocka_unit_test_setup(a_set_timer_moves, set_up),
        cmocka_unit_test_setup(a_cleared_timer_does_not_fire, set_up),
        cmocka_unit_test_setup(one_that_sets_itself_waits_for_the_next_call, set_up),
        cmocka_unit_test_setup(one_due_timer_clears_another, set_up),
        cmocka_unit_test_setup(one_due_timer_moves_another, set_up),
        cmocka_unit_test_setup(one_that_fires_starts_another, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
