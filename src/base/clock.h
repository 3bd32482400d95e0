/* The one clock: microseconds that only go forward and go on while the machine sleeps
 * (CLOCK_BOOTTIME), so that a token's life and a deadline end when the world says so. */
#ifndef TL_CLOCK_H
#define TL_CLOCK_H

#include <stdint.h>

typedef int64_t tl_time; /* microseconds */

#define TL_SECOND      ((tl_time)1000000)
#define TL_MILLISECOND ((tl_time)1000)
#define TL_NEVER       INT64_MAX

tl_time tl_now(void);

#endif
