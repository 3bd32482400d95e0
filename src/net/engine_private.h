/* What an engine consists of. engine.c has what a driver calls; course.c moves requests on;
 * signin.c gets the proofs that they carry. They call in this order and never back: what a file
 * below has to say to one above goes into a list here. */
#ifndef TL_ENGINE_PRIVATE_H
#define TL_ENGINE_PRIVATE_H

#include "base/allocator.h"
#include "net/queue.h"
#include "net/schedule.h"
#include "net/trace.h"
#include "net/wire.h"

#include <sys/types.h>

struct tl_engine {
    tl_allocator allocator;
    pid_t owner;
    bool has_host; /* somebody else waits on the descriptor */
    bool deserted; /* what was in flight was given up, and the host does not know it yet */
    int most_attempts;
    uint64_t random; /* of the jitter */
    tl_wire wire;
    tl_schedule schedule;
    tl_traces traces;
    tl_queue queue;   /* requests that may go on */
    size_t in_flight; /* requests and pauses that are not over */
    tl_link requests; /* all there are, by `all` */
    tl_link signins;  /* the same */
    tl_link wanting;  /* sign-ins that want a request of their own sent, by `queue` */
    tl_link asking;   /* sign-ins that want the host to give a token, by `queue` */
    tl_link fetched;  /* requests of sign-ins that are over, by `awaited.queue` */
    tl_link pauses;   /* all there are, by `all` */
    tl_link finished; /* to be taken: other requests, and pauses, by `awaited.queue` */
};

#endif
