/* What a driver can wait for, and take when it is over: the first member of a request and of a
 * pause, so that a pointer to it is one to them. */
#ifndef TL_AWAITED_H
#define TL_AWAITED_H

#include "base/list.h"

#include <stdint.h>

typedef struct tl_engine tl_engine;

typedef struct tl_awaited {
    tl_engine *engine;
    tl_link queue; /* in the list in which it waits for what comes next, or to be taken */
    bool over;     /* it can be taken, or has been */
    uint64_t host; /* by this the driver knows whose it is; the engine does not look at it */
} tl_awaited;

#endif
