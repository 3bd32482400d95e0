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
static bool change(const tl_poller *poller, int operation, int fd, int interest)
{
    struct epoll_event event = {.data.fd = fd};
    if (interest & TL_POLLER_READ)
        event.events |= EPOLLIN;
    if (interest & TL_POLLER_WRITE)
        event.events |= EPOLLOUT;
    return epoll_ctl(poller->fd, operation, fd, &event) == 0;
}

bool tl_poller_watch(tl_poller *poller, int fd, int old_interest, int interest)
{
    if (interest == old_interest)
        return true;
    if (interest == 0) {
        change(poller, EPOLL_CTL_DEL, fd, 0);
        poller->watched--;
        return true;
    }
    if (!change(poller, old_interest ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, interest))
        return false;
    poller->watched += old_interest ? 0 : 1;
    return true;
}

static bool add_timer(tl_poller *poller)
{
    int fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC); /* tl_now's clock */
    if (fd < 0)
        return false;
    if (!change(poller, EPOLL_CTL_ADD, fd, TL_POLLER_READ)) {
        close(fd);
        return false;
    }
    poller->timer_fd = fd;
    return true;
}

bool tl_poller_arm(tl_poller *poller, tl_time at)
{
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

int tl_poller_take(tl_poller *poller, tl_poller_event *events, int count)
{
    struct epoll_event ready[TL_POLLER_EVENTS];
    if (poller->watched == 0 && poller->armed == TL_NEVER)
        return 0; /* as when a request has just been started: spare the system call */
    int found =
        epoll_wait(poller->fd, ready, count < TL_POLLER_EVENTS ? count : TL_POLLER_EVENTS, 0);
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
