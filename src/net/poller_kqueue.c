#include "net/poller.h"

#include "base/system.h"

#include <sys/types.h>

#include <sys/event.h>
#include <time.h>
#include <unistd.h>

/* By default macOS lets a timer stand still while the machine sleeps, but tl_now goes on. */
#ifdef NOTE_MACH_CONTINUOUS_TIME
#define TIMER_FLAGS (NOTE_USECONDS | NOTE_MACH_CONTINUOUS_TIME)
#else
#define TIMER_FLAGS NOTE_USECONDS
#endif

/* Timers have numbers of their own, apart from those of descriptors. */
enum { TIMER = 0 };

/* A queue gets its flag only after it is made. No program can be started in between that would
 * inherit it, because a fork takes no queue along. */
bool tl_poller_open(tl_poller *poller)
{
    *poller = TL_POLLER_CLOSED;
    poller->fd = kqueue();
    poller->owner = getpid();
    if (poller->fd >= 0 && !tl_close_on_exec(poller->fd))
        tl_poller_close(poller);
    return poller->fd >= 0;
}

/* A forked child has no copy of the queue: by now the number may be that of another file, which is
 * not ours to close. */
void tl_poller_close(tl_poller *poller)
{
    if (poller->fd >= 0 && poller->owner == getpid())
        close(poller->fd);
    *poller = TL_POLLER_CLOSED;
}

/* Adds or deletes one filter; false when the system refuses. */
static bool change(const tl_poller *poller, int fd, int interest, unsigned short flags)
{
    struct kevent one;
    EV_SET(&one, (uintptr_t)fd, interest == TL_POLLER_READ ? EVFILT_READ : EVFILT_WRITE, flags, 0,
           0, NULL);
    return kevent(poller->fd, &one, 1, NULL, 0, NULL) == 0;
}

/* Deletes what `interests` has. What the queue does not have any more, since a closed descriptor
 * leaves it by itself, needs no deleting. */
static void forget(const tl_poller *poller, int fd, int interests)
{
    if (interests & TL_POLLER_READ)
        change(poller, fd, TL_POLLER_READ, EV_DELETE);
    if (interests & TL_POLLER_WRITE)
        change(poller, fd, TL_POLLER_WRITE, EV_DELETE);
}

bool tl_poller_change(tl_poller *poller, int fd, int old_asked, int asked)
{
    int added = asked & ~old_asked;
    if (added & TL_POLLER_READ && !change(poller, fd, TL_POLLER_READ, EV_ADD))
        return false;
    if (added & TL_POLLER_WRITE && !change(poller, fd, TL_POLLER_WRITE, EV_ADD)) {
        forget(poller, fd, added & TL_POLLER_READ);
        return false;
    }
    forget(poller, fd, old_asked & ~asked);
    return true;
}

/* At least 1: where libkqueue emulates the timer, 0 would switch it off. */
static intptr_t time_until(tl_time at)
{
    tl_time left = at - tl_now();
    if (left < 1)
        return 1;
    return left < INTPTR_MAX ? (intptr_t)left : INTPTR_MAX; /* too early is put right at the next
                                                               tl_poller_arm */
}

/* The old timer is deleted first: to add it anew would change its time, but on some systems leave
 * an event in the queue when it has fired already. */
bool tl_poller_arm(tl_poller *poller, tl_time at)
{
    struct kevent changes[2];
    int count = 0;
    poller->shared = true;
    if (at == poller->armed)
        return true;
    if (poller->armed != TL_NEVER)
        EV_SET(&changes[count++], TIMER, EVFILT_TIMER, EV_DELETE, 0, 0, NULL);
    if (at != TL_NEVER)
        EV_SET(&changes[count++], TIMER, EVFILT_TIMER, EV_ADD | EV_ONESHOT, TIMER_FLAGS,
               time_until(at), NULL);
    bool done = kevent(poller->fd, changes, count, NULL, 0, NULL) == 0;
    poller->armed = done ? at : TL_NEVER;
    return done;
}

/* The other side's end alone is no failure: what it sent before is still to be read. */
static tl_poller_event event_of(const struct kevent *ready)
{
    bool ended = (ready->flags & EV_EOF) != 0, writes = ready->filter == EVFILT_WRITE;
    return (tl_poller_event){
        .fd = (int)ready->ident,
        .readable = !writes,
        .writable = writes,
        .failed = ended && (writes || ready->fflags != 0), /* fflags: the socket's error */
    };
}

int tl_poller_ask(tl_poller *poller, tl_poller_event *events, int count, int milliseconds)
{
    struct kevent ready[TL_POLLER_EVENTS];
    const struct timespec most = {.tv_sec = milliseconds / 1000,
                                  .tv_nsec = milliseconds % 1000 * 1000000L};
    int found =
        kevent(poller->fd, NULL, 0, ready, count < TL_POLLER_EVENTS ? count : TL_POLLER_EVENTS,
               milliseconds < 0 ? NULL : &most);
    if (found < 0)
        return -1;
    int taken = 0;
    for (int i = 0; i < found; i++) {
        if (ready[i].filter == EVFILT_TIMER)
            poller->armed = TL_NEVER;
        else
            events[taken++] = event_of(&ready[i]);
    }
    return taken;
}
