/* Everything that is to happen at a time: deadlines, back-offs, libcurl's timer.
 *
 * It is a pairing heap, because a sorted list looks at each of thousands of deadlines to find the
 * place of a new one between them. To set a timer takes the same time however many there are; to
 * clear or fire one of n takes some log n steps on average. The timers are the nodes, in the
 * structs of those who use them, so that nothing here can fail for want of memory. */
#ifndef TL_TIMERS_H
#define TL_TIMERS_H

#include "base/clock.h"

#include <stdint.h>

typedef struct tl_timer {
    struct tl_timers *heap;    /* that it is set in; NULL: it is not set */
    struct tl_timer *child;    /* the first of those that it goes before */
    struct tl_timer *next;     /* child of the same parent */
    struct tl_timer *previous; /* child of the same parent; of the first child: the parent */
    tl_time at;
    uint64_t number; /* of two with the same time the one with the smaller number goes first */
    void (*fire)(struct tl_timer *timer); /* may set and clear any timer */
} tl_timer;

typedef struct tl_timers {
    tl_timer *first;      /* the earliest, and the root of the heap; NULL: none is set */
    uint64_t last_number; /* that was given out */
} tl_timers;

/* Timers that are set in it must be cleared before its memory is given back. */
void tl_timers_init(tl_timers *timers);

/* A timer that is not set. `fire` is called when its time has come; it is not set any more then. A
 * timer that is set must be cleared before its own memory is given back. */
void tl_timer_init(tl_timer *timer, void (*fire)(tl_timer *timer));

/* Sets the timer to `at`, behind those that were set to the same time before. Moves it when it is
 * set already. */
void tl_timer_set(tl_timers *timers, tl_timer *timer, tl_time at);

/* Does nothing when the timer is not set. */
void tl_timer_clear(tl_timer *timer);

/* When the earliest one is due; TL_NEVER without one. */
tl_time tl_timers_next(const tl_timers *timers);

/* Fires each timer that is due at `now`. One that is set again while firing waits for the next
 * call, so that a timer that renews itself can't hold the caller. */
void tl_timers_fire(tl_timers *timers, tl_time now);

#endif
