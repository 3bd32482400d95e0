#include "base/clock.h"

#include <time.h>

tl_time tl_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (tl_time)now.tv_sec * TL_SECOND + (tl_time)(now.tv_nsec / 1000);
}
