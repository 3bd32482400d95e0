#include "base/clock.h"

#include <time.h>

/* The clock that goes on while the machine sleeps. On macOS that is this one, although it stands
 * still on Linux; NetBSD and others have only CLOCK_MONOTONIC. */
#if defined(__APPLE__)
#define STEADY_CLOCK CLOCK_MONOTONIC_RAW
#elif defined(CLOCK_BOOTTIME)
#define STEADY_CLOCK CLOCK_BOOTTIME
#else
#define STEADY_CLOCK CLOCK_MONOTONIC
#endif

static tl_time read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (tl_time)now.tv_sec * TL_SECOND + (tl_time)(now.tv_nsec / 1000);
}

tl_time tl_now(void)
{
    return read_clock(STEADY_CLOCK);
}

tl_time tl_wall_clock(void)
{
    return read_clock(CLOCK_REALTIME);
}
