/* The clock that all deadlines follow, and the one on the wall. */
#ifndef TL_CLOCK_H
#define TL_CLOCK_H

#include <stdint.h>

typedef int64_t tl_time; /* microseconds */

#define TL_SECOND      ((tl_time)1000000)
#define TL_MILLISECOND ((tl_time)1000)
#define TL_NEVER       INT64_MAX /* a time that never comes */

/* The time since the system's start. It is never set back, so that nobody who sets the machine's
 * time makes a deadline pass early or never. On Linux and macOS it goes on while the machine
 * sleeps, because a token expires meanwhile; FreeBSD has no such clock. */
tl_time tl_now(void);

/* The time since 1970, as the system believes; it may be set forward or back at any moment. */
tl_time tl_wall_clock(void);

#endif
