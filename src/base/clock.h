/* The clock that all deadlines follow. It is never set back, so that nobody who sets the machine's
 * time makes a deadline pass early or never; and it goes on while the machine sleeps, because a
 * token expires meanwhile. */
#ifndef TL_CLOCK_H
#define TL_CLOCK_H

#include <stdint.h>

typedef int64_t tl_time; /* microseconds */

#define TL_SECOND      ((tl_time)1000000)
#define TL_MILLISECOND ((tl_time)1000)
#define TL_NEVER       INT64_MAX /* a time that never comes */

/* The time since the system's start. */
tl_time tl_now(void);

#endif
