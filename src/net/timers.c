#include "net/timers.h"

#include <stdbool.h>
#include <stddef.h>

void tl_timers_init(tl_timers *timers)
{
    *timers = (tl_timers){0};
}

void tl_timer_init(tl_timer *timer, void (*fire)(tl_timer *timer))
{
    *timer = (tl_timer){.at = TL_NEVER, .fire = fire};
}

static bool goes_before(const tl_timer *one, const tl_timer *other)
{
    return one->at != other->at ? one->at < other->at : one->number < other->number;
}

/* Makes one heap of two: the root that comes later becomes the first child of the other. Either
 * may be NULL; neither has siblings. */
static tl_timer *join(tl_timer *one, tl_timer *other)
{
    if (!one || !other)
        return one ? one : other;
    tl_timer *root = goes_before(one, other) ? one : other;
    tl_timer *below = root == one ? other : one;
    below->previous = root;
    below->next = root->child;
    if (root->child)
        root->child->previous = below;
    root->child = below;
    return root;
}

/* Takes the first of a row of siblings out of the row. */
static tl_timer *shift(tl_timer **row)
{
    tl_timer *first = *row;
    if (first) {
        *row = first->next;
        first->next = first->previous = NULL;
    }
    return first;
}

/* Makes one heap of a row of siblings: first each two neighbours are joined, then the pairs, the
 * last of them first. To join them one after the other instead would leave all but one in one row
 * again, and each timer that fires would cost as many steps as there are timers. It goes in loops,
 * because a row and a heap may be as long and as deep as there are timers: too much for the
 * stack of a thread. */
static tl_timer *join_all(tl_timer *row)
{
    tl_timer *pairs = NULL, *root = NULL;
    while (row) {
        tl_timer *one = shift(&row);
        tl_timer *pair = join(one, shift(&row));
        pair->next = pairs;
        pairs = pair;
    }
    while (pairs)
        root = join(root, shift(&pairs));
    return root;
}

static void insert(tl_timers *timers, tl_timer *timer)
{
    timer->heap = timers;
    timers->first = join(timers->first, timer);
}

/* Takes the timer out of its heap; its children stay there. */
static void take_out(tl_timer *timer)
{
    tl_timers *timers = timer->heap;
    tl_timer *children = join_all(timer->child);
    if (timer == timers->first) {
        timers->first = children;
    } else {
        if (timer->previous->child == timer)
            timer->previous->child = timer->next;
        else
            timer->previous->next = timer->next;
        if (timer->next)
            timer->next->previous = timer->previous;
        timers->first = join(timers->first, children);
    }
    timer->heap = NULL;
    timer->child = timer->next = timer->previous = NULL;
}

void tl_timer_set(tl_timers *timers, tl_timer *timer, tl_time at)
{
    tl_timer_clear(timer);
    timer->at = at;
    timer->number = ++timers->last_number;
    insert(timers, timer);
}

void tl_timer_clear(tl_timer *timer)
{
    if (timer->heap)
        take_out(timer);
    timer->at = TL_NEVER;
}

tl_time tl_timers_next(const tl_timers *timers)
{
    return timers->first ? timers->first->at : TL_NEVER;
}

/* What is due is first moved to a heap of its own: whatever is set while firing goes to `timers`,
 * even to a time that is over, and what is cleared leaves the heap that it is in. */
void tl_timers_fire(tl_timers *timers, tl_time now)
{
    tl_timers due;
    tl_timers_init(&due);
    for (tl_timer *timer; (timer = timers->first) && timer->at <= now;) {
        take_out(timer);
        insert(&due, timer);
    }
    for (tl_timer *timer; (timer = due.first);) {
        tl_timer_clear(timer);
        timer->fire(timer);
    }
}
