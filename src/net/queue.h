/* The requests that may go on, and which of them is next. Only so many are on the wire at a time,
 * because many at once gain nothing and cost much: over HTTP/2 a connection carries 100 requests or
 * so, and each one more would open a connection of its own; over HTTP/1.1 each has one anyhow. The
 * rest waits here, with its deadline running.
 *
 * A lower tl_rank goes first, because such a request was started earlier and its deadline is
 * nearer; within a rank, whoever came first. Requests of sign-ins never wait here, and do not count
 * among those on the wire: what waits for their token could not go on otherwise, and a token is to
 * be renewed in time also when the wire is full. */
#ifndef TL_QUEUE_H
#define TL_QUEUE_H

#include "net/request.h"

/* So many requests are handed to libcurl between two steps at most. The next step connects and
 * sends for all of them, and a host with a loop of its own must not be held up by hundreds. */
enum { TL_MOST_FRESH = 32 };

typedef struct tl_queue {
    tl_link ranks[TL_RANKS]; /* requests, by `awaited.queue` */
    size_t most;             /* requests on the wire; 0: no bound */
    size_t on_wire;
    size_t fresh;      /* put on the wire since the last step */
    bool was_too_long; /* the bound kept some here when tl_queue_take was asked last */
} tl_queue;

void tl_queue_init(tl_queue *queue, size_t most);

/* Puts the request, which is in no list, behind those of its rank. */
void tl_queue_add(tl_queue *queue, tl_request *request, tl_rank rank);

/* Takes out the request that may go on now; NULL when there is none. */
tl_request *tl_queue_take(tl_queue *queue);

/* Whether there will be one as soon as the next step has begun. */
bool tl_queue_is_due(const tl_queue *queue);

/* A step has begun: what was put on the wire before it has been dealt with. */
void tl_queue_step(tl_queue *queue);

/* libcurl has the request now; has it no longer. */
void tl_queue_sent(tl_queue *queue, const tl_request *request);
void tl_queue_recalled(tl_queue *queue, const tl_request *request);

#endif
