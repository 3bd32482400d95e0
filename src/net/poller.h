/* One descriptor that says when any of many has something to do: epoll here. Another system's
 * mechanism would be a second file with these functions. All descriptors are close-on-exec. */
#ifndef TL_POLLER_H
#define TL_POLLER_H

#include "base/clock.h"

#include <stdbool.h>

typedef struct tl_poller {
    int fd;       /* -1 when closed */
    int timer_fd; /* in the set once tl_poller_arm was called; -1 before */
    int watched;  /* descriptors in the set */
} tl_poller;

/* How many events are taken at once at most. */
enum { TL_POLLER_EVENTS = 64 };

typedef struct tl_poller_event {
    int fd;
    bool readable;
    bool writable;
    bool failed;
} tl_poller_event;

/* A poller that tl_poller_close may be called on. */
#define TL_POLLER_CLOSED ((tl_poller){.fd = -1, .timer_fd = -1})

bool tl_poller_open(tl_poller *poller);

/* Only closes descriptors: what a forked child must not undo in its parent stays as it is. */
void tl_poller_close(tl_poller *poller);

/* What becomes readable when there is an event. */
int tl_poller_fd(const tl_poller *poller);

/* Adds `fd`, or changes what is asked of it when `known`. */
bool tl_poller_watch(tl_poller *poller, int fd, bool known, bool readable, bool writable);
void tl_poller_forget(tl_poller *poller, int fd);

/* Makes the descriptor readable at `at` too (TL_NEVER: not any more). */
bool tl_poller_arm(tl_poller *poller, tl_time at);

/* Takes up to `count` events without waiting; the timer's is swallowed. */
int tl_poller_take(tl_poller *poller, tl_poller_event *events, int count);

/* Waits with poll(2) until there is an event or `timeout` is over. False when a signal came first.
 */
bool tl_poller_block(const tl_poller *poller, tl_time timeout);

#endif
