#include "net/poller.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

bool tl_poller_open(tl_poller *poller)
{
    *poller = TL_POLLER_CLOSED;
    poller->fd = epoll_create1(EPOLL_CLOEXEC);
    return poller->fd >= 0;
}

/* A forked child shares the set and the timer with its parent, so nothing is taken out of the one,
 * and the other is not switched off. */
void tl_poller_close(tl_poller *poller)
{
    if (poller->timer_fd >= 0)
        close(poller->timer_fd);
    if (poller->fd >= 0)
        close(poller->fd);
    *poller = TL_POLLER_CLOSED;
}

/* False when the system refuses. */
static bool control(const tl_poller *poller, int operation, int fd, int asked)
{
    struct epoll_event event = {.data.fd = fd};
    if (asked & TL_POLLER_READ)
        event.events |= EPOLLIN;
    if (asked & TL_POLLER_WRITE)
        event.events |= EPOLLOUT;
    return epoll_ctl(poller->fd, operation, fd, &event) == 0;
}

bool tl_poller_change(tl_poller *poller, int fd, int old_asked, int asked)
{
    if (asked != 0)
        return control(poller, old_asked ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, asked);
    control(poller, EPOLL_CTL_DEL, fd, 0);
    return true;
}

static bool add_timer(tl_poller *poller)
{
    int fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC); /* tl_now's clock */
    if (fd < 0)
        return false;
    if (!control(poller, EPOLL_CTL_ADD, fd, TL_POLLER_READ)) {
        close(fd);
        return false;
    }
    poller->timer_fd = fd;
    return true;
}

bool tl_poller_arm(tl_poller *poller, tl_time at)
{
    poller->shared = true;
    if (poller->timer_fd < 0 && !add_timer(poller))
        return false;
    if (at == poller->armed)
        return true;
    struct itimerspec when = {0}; /* all zero: off */
    if (at != TL_NEVER) {
        tl_time expires = at > 0 ? at : 1;
        when.it_value.tv_sec = (time_t)(expires / TL_SECOND);
        when.it_value.tv_nsec = (long)(expires % TL_SECOND) * 1000;
    }
    if (timerfd_settime(poller->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) != 0)
        return false;
    poller->armed = at;
    return true;
}

static void swallow_timer(tl_poller *poller)
{
    uint64_t expirations;
    if (read(poller->timer_fd, &expirations, sizeof expirations) > 0)
        poller->armed = TL_NEVER;
}

int tl_poller_ask(tl_poller *poller, tl_poller_event *events, int count, int milliseconds)
{
    struct epoll_event ready[TL_POLLER_EVENTS];
    int found = epoll_wait(poller->fd, ready, count < TL_POLLER_EVENTS ? count : TL_POLLER_EVENTS,
                           milliseconds);
    if (found < 0)
        return -1;
    int taken = 0;
    for (int i = 0; i < found; i++) {
        if (ready[i].data.fd == poller->timer_fd) {
            swallow_timer(poller);
            continue;
        }
        events[taken++] = (tl_poller_event){
            .fd = ready[i].data.fd,
            .readable = (ready[i].events & EPOLLIN) != 0,
            .writable = (ready[i].events & EPOLLOUT) != 0,
            .failed = (ready[i].events & (EPOLLERR | EPOLLHUP)) != 0,
        };
    }
    return taken;
}
