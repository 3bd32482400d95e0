#include "net/schedule.h"

/* How often a host that waits is called while a timer runs by driven time. */
#define TICK (100 * TL_MILLISECOND)

/* So much later than it was called a host may come and still pass for one that waited: half of the
 * wait, and what a busy machine needs to let it run. */
#define SLACK (20 * TL_MILLISECOND)

void tl_schedule_init(tl_schedule *schedule, tl_time now)
{
    *schedule = (tl_schedule){.driven_until = now};
    tl_timers_init(&schedule->wall);
    tl_timers_init(&schedule->driven);
}

tl_time tl_schedule_driven(const tl_schedule *schedule, tl_time now)
{
    return now - schedule->idle;
}

static tl_time earlier(tl_time one, tl_time other)
{
    return one < other ? one : other;
}

tl_time tl_schedule_next(const tl_schedule *schedule, bool hosted)
{
    tl_time next = tl_timers_next(&schedule->wall), driven = tl_timers_next(&schedule->driven);
    if (driven == TL_NEVER)
        return next;
    next = earlier(next, driven + schedule->idle);
    return hosted ? earlier(next, schedule->driven_until + TICK) : next;
}

/* Whether a host that waited on the descriptor can be expected to come only now. */
static bool is_on_time(const tl_schedule *schedule, tl_time now)
{
    tl_time called = tl_schedule_next(schedule, true);
    if (now <= called)
        return true;
    tl_time wait = called - schedule->driven_until;
    return now - called <= (wait / 2 > SLACK ? wait / 2 : SLACK);
}

void tl_schedule_resume(tl_schedule *schedule, tl_time now, bool hosted)
{
    if (!hosted || !is_on_time(schedule, now))
        schedule->idle += now - schedule->driven_until;
    schedule->driven_until = now;
}

void tl_schedule_visit(tl_schedule *schedule, tl_time now, bool hosted)
{
    bool counts = tl_timers_next(&schedule->driven) != TL_NEVER;
    if (!hosted || !counts || !is_on_time(schedule, now))
        tl_schedule_resume(schedule, now, hosted);
}

void tl_schedule_waited(tl_schedule *schedule, tl_time now)
{
    schedule->driven_until = now;
}

void tl_schedule_fire(tl_schedule *schedule, tl_time now)
{
    tl_timers_fire(&schedule->wall, now);
    tl_timers_fire(&schedule->driven, tl_schedule_driven(schedule, now));
}
