/* A time to wait for, as for a request: a timer of an engine that a driver takes when it is over.
 */
#ifndef TL_PAUSE_H
#define TL_PAUSE_H

#include "net/awaited.h"
#include "net/timers.h"

typedef struct tl_pause {
    tl_awaited awaited;
    tl_link all; /* in the engine's list of pauses */
    tl_timer timer;
} tl_pause;

/* One that is over after `time`. NULL without memory. */
tl_pause *tl_pause_new(tl_engine *engine, tl_time time);

/* Over or not. */
void tl_pause_free(tl_pause *pause);

#endif
