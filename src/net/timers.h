/* The one list of everything that is to happen at a time: deadlines, back-offs, libcurl's timer. */
#ifndef TL_TIMERS_H
#define TL_TIMERS_H

#include "base/clock.h"
#include "base/list.h"

typedef struct tl_timer {
    tl_link link;
    tl_time at;
    void (*fire)(struct tl_timer *timer); /* may set and clear any timer */
} tl_timer;

typedef struct tl_timers {
    tl_link pending; /* by time */
} tl_timers;

void tl_timers_init(tl_timers *timers);
void tl_timer_init(tl_timer *timer, void (*fire)(tl_timer *timer));

/* Moves the timer when it is set already. */
void tl_timer_set(tl_timers *timers, tl_timer *timer, tl_time at);
void tl_timer_clear(tl_timer *timer);

/* When the earliest one is due; TL_NEVER without one. */
tl_time tl_timers_next(const tl_timers *timers);

/* Fires each timer that is due at `now`. One that is set again while firing waits for the next
 * call, so that a timer that renews itself can't hold the caller. */
void tl_timers_fire(tl_timers *timers, tl_time now);

#endif
