#include "base/list.h"
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

enum { MANY = 5000 };

static tl_timer many[MANY];
static size_t fired_count;

static void on_next_of_many(tl_timer *timer)
{
    assert_ptr_equal(timer, &many[fired_count]);
    fired_count++;
}

static void many_of_one_time_keep_their_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        tl_timer_init(&many[i], on_next_of_many);
    for (size_t i = MANY; i-- > 0;)
        tl_timer_set(&timers, &many[i], 10);
    for (size_t i = 0; i < MANY; i++)
        tl_timer_set(&timers, &many[i], 10); /* the order of the last time counts */
    fired_count = 0;
    tl_timers_fire(&timers, 10);
    assert_int_equal(fired_count, MANY);
}

/* What timers ought to do, told as plainly as can be: every question looks at all of them. */
typedef struct modelled {
    tl_timer timer;
    bool is_set;
    bool is_due; /* in the call of tl_timers_fire that runs */
    tl_time at;
    long age; /* the one with the greater number was set later */
} modelled;

static modelled walked[100];
static long age;
static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % limit;
}

/* The first that is to fire; NULL without one. */
static modelled *earliest(bool only_due)
{
    modelled *first = NULL;
    for (size_t i = 0; i < COUNT(walked); i++) {
        modelled *one = &walked[i];
        if (only_due ? !one->is_due : !one->is_set)
            continue;
        if (!first || one->at < first->at || (one->at == first->at && one->age < first->age))
            first = one;
    }
    return first;
}

/* So few times that many timers have the same one, and so many timers that are set before they
 * fire that each is moved and cleared in every place. */
static void change_any(void)
{
    modelled *one = &walked[random_below(COUNT(walked))];
    one->is_due = false;
    one->is_set = random_below(3) > 0;
    if (one->is_set) {
        one->at = (tl_time)random_below(50);
        one->age = ++age;
        tl_timer_set(&timers, &one->timer, one->at);
    } else {
        tl_timer_clear(&one->timer);
    }
}

static void on_walked(tl_timer *timer)
{
    modelled *expected = earliest(true);
    assert_non_null(expected);
    assert_ptr_equal(timer, &expected->timer);
    expected->is_set = expected->is_due = false;
    for (uint64_t changes = random_below(3); changes > 0; changes--)
        change_any();
}

static void fire_walked(tl_time now)
{
    for (size_t i = 0; i < COUNT(walked); i++)
        walked[i].is_due = walked[i].is_set && walked[i].at <= now;
    tl_timers_fire(&timers, now);
    assert_null(earliest(true));
}

static void any_sets_and_clears_do_what_a_plain_list_does(void **state)
{
    (void)state;
    random_state = 1;
    for (size_t i = 0; i < COUNT(walked); i++) {
        walked[i] = (modelled){0};
        tl_timer_init(&walked[i].timer, on_walked);
    }
    for (int step = 0; step < 50000; step++) {
        if (random_below(20) > 0)
            change_any();
        else
            fire_walked((tl_time)random_below(50));
        const modelled *first = earliest(false);
        assert_int_equal(tl_timers_next(&timers), first ? first->at : TL_NEVER);
    }
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
        cmocka_unit_test_setup(many_of_one_time_keep_their_order, set_up),
        cmocka_unit_test_setup(any_sets_and_clears_do_what_a_plain_list_does, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
