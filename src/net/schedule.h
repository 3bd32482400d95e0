/* When something is to happen, by two clocks. A caller's deadline is wall time: it ends when the
 * caller expects it to. Work that no call waits for (a token fetch, a page that is fetched ahead)
 * has its deadline in driven time, a clock that stands still while nobody drives the engine:
 * otherwise a host that was busy for a minute would find this work timed out, although it was the
 * host that kept it from going on. */
#ifndef TL_SCHEDULE_H
#define TL_SCHEDULE_H

#include "base/clock.h"
#include "net/timers.h"

#include <stdbool.h>

typedef struct tl_schedule {
    tl_timers wall;       /* by tl_now() */
    tl_timers driven;     /* by driven time */
    tl_time idle;         /* driven time is this much behind tl_now() */
    tl_time driven_until; /* the last moment at which somebody drove */
} tl_schedule;

void tl_schedule_init(tl_schedule *schedule, tl_time now);

/* Driven time at `now`. */
tl_time tl_schedule_driven(const tl_schedule *schedule, tl_time now);

/* Somebody drives again at `now`. `hosted`: a host waits on the descriptor in between, so that the
 * time since the last drive counts as driven if the host came as soon as the descriptor called it;
 * otherwise none of it does. */
void tl_schedule_resume(tl_schedule *schedule, tl_time now, bool hosted);

/* The engine is called at `now`, but not driven: a request is started, say. Settles how much of the
 * time since the last drive counts, so that what begins now is charged with none of it. While a
 * host may still come on time, and a timer waits for that, it is left open: a host that starts
 * requests and never steps would otherwise seem to drive. `hosted`: as above. */
void tl_schedule_visit(tl_schedule *schedule, tl_time now, bool hosted);

/* All time up to `now` was driven, because the engine itself waited in it. */
void tl_schedule_waited(tl_schedule *schedule, tl_time now);

/* When (by tl_now()) the next timer of either clock is due; TL_NEVER without one. `hosted`: while
 * driven time is of importance a host is also called every tenth of a second, because only a host
 * that comes on time shows that it has been waiting. */
tl_time tl_schedule_next(const tl_schedule *schedule, bool hosted);

/* Fires each timer of either clock that is due at `now`, as tl_timers_fire does. */
void tl_schedule_fire(tl_schedule *schedule, tl_time now);

#endif
