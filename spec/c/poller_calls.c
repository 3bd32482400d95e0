#include "poller_calls.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

int poller_calls_to_refuse;
int poller_calls_to_allow;
int poller_calls_events;
int poller_calls_settings;
int poller_calls_changes;
int poller_calls_removals;

/* What epoll_ctl(2) says when the user watches as much as the system allows. */
static bool is_refused(void)
{
    if (poller_calls_to_refuse == 0 || poller_calls_to_allow-- > 0)
        return false;
    poller_calls_to_allow = 0;
    poller_calls_to_refuse--;
    errno = ENOSPC;
    return true;
}

static bool is_socket(int fd)
{
    int type;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

#ifdef POLLER_kqueue

#include <dlfcn.h>
#include <string.h>
#include <sys/types.h>

#include <sys/event.h>

/* Goes before the C library's, or libkqueue's. */
int kevent(int queue, const struct kevent *changes, int change_count, struct kevent *events,
           int most, const struct timespec *timeout)
{
    static int (*next)(int, const struct kevent *, int, struct kevent *, int,
                       const struct timespec *);
    if (change_count > 0 && changes[0].filter != EVFILT_TIMER && changes[0].flags & EV_ADD &&
        is_refused())
        return -1;
    poller_calls_settings += change_count > 0 && changes[0].filter == EVFILT_TIMER;
    poller_calls_changes += change_count > 0 && changes[0].filter != EVFILT_TIMER;
    poller_calls_removals += change_count > 0 && changes[0].filter == EVFILT_READ &&
                             (changes[0].flags & EV_DELETE) != 0 &&
                             is_socket((int)changes[0].ident);
    void *symbol = dlsym(RTLD_NEXT, "kevent");
    memcpy(&next, &symbol, sizeof next);
    int count = next(queue, changes, change_count, events, most, timeout);
    for (int i = 0; i < count; i++)
        poller_calls_events += events[i].filter != EVFILT_TIMER;
    return count;
}

#else

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* These go before the C library's. */
int epoll_ctl(int poller, int operation, int fd, struct epoll_event *event)
{
    if (operation != EPOLL_CTL_DEL && is_refused())
        return -1;
    poller_calls_changes++;
    poller_calls_removals += operation == EPOLL_CTL_DEL && is_socket(fd);
    return (int)syscall(SYS_epoll_ctl, poller, operation, fd, event);
}

int timerfd_settime(int timer, int flags, const struct itimerspec *when, struct itimerspec *old)
{
    poller_calls_settings++;
    return (int)syscall(SYS_timerfd_settime, timer, flags, when, old);
}

int epoll_wait(int poller, struct epoll_event *events, int most, int timeout)
{
    int count = (int)syscall(SYS_epoll_pwait, poller, events, most, timeout, NULL, 0);
    for (int i = 0; i < count; i++)
        poller_calls_events += is_socket(events[i].data.fd);
    return count;
}

#endif
