#include "net/timers.h"

void tl_timers_init(tl_timers *timers)
{
    tl_link_init(&timers->pending);
}

void tl_timer_init(tl_timer *timer, void (*fire)(tl_timer *timer))
{
    tl_link_init(&timer->link);
    timer->at = TL_NEVER;
    timer->fire = fire;
}

static tl_timer *timer_of(tl_link *link)
{
    return TL_OWNER(link, tl_timer, link);
}

/* Most timers are deadlines of the same length, later than all others: look from the end. */
void tl_timer_set(tl_timers *timers, tl_timer *timer, tl_time at)
{
    tl_timer_clear(timer);
    timer->at = at;
    tl_link *before = timers->pending.previous;
    while (before != &timers->pending && timer_of(before)->at > at)
        before = before->previous;
    tl_link_insert_before(before->next, &timer->link);
}

void tl_timer_clear(tl_timer *timer)
{
    tl_link_remove(&timer->link);
    timer->at = TL_NEVER;
}

tl_time tl_timers_next(const tl_timers *timers)
{
    return tl_link_alone(&timers->pending) ? TL_NEVER : timer_of(timers->pending.next)->at;
}

void tl_timers_fire(tl_timers *timers, tl_time now)
{
    tl_link due;
    tl_link_init(&due);
    while (tl_timers_next(timers) <= now) {
        tl_link *link = timers->pending.next;
        tl_link_remove(link);
        tl_link_insert_before(&due, link);
    }
    while (!tl_link_alone(&due)) {
        tl_timer *timer = timer_of(due.next);
        tl_timer_clear(timer);
        timer->fire(timer);
    }
}
