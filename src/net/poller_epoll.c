#include "net/poller.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
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

void tl_poller_close(tl_poller *poller)
{
    if (poller->timer_fd >= 0)
        close(poller->timer_fd);
    if (poller->fd >= 0)
        close(poller->fd);
    *poller = TL_POLLER_CLOSED;
}

int tl_poller_fd(const tl_poller *poller)
{
    return poller->fd;
}

bool tl_poller_watch(tl_poller *poller, int fd, bool known, bool readable, bool writable)
{
    struct epoll_event event = {.data.fd = fd};
    if (readable)
        event.events |= EPOLLIN;
    if (writable)
        event.events |= EPOLLOUT;
    if (epoll_ctl(poller->fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
        return false;
    poller->watched += known ? 0 : 1;
    return true;
}

void tl_poller_forget(tl_poller *poller, int fd)
{
    if (epoll_ctl(poller->fd, EPOLL_CTL_DEL, fd, NULL) == 0)
        poller->watched--;
}

static bool add_timer(tl_poller *poller)
{
    int fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0)
        return false;
    if (!tl_poller_watch(poller, fd, false, true, false)) {
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
    struct itimerspec when = {0}; /* all zero: off */
    if (at != TL_NEVER) {
        at = at > 0 ? at : 1;
        when.it_value.tv_sec = (time_t)(at / TL_SECOND);
        when.it_value.tv_nsec = (long)(at % TL_SECOND) * 1000;
    }
    return timerfd_settime(poller->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) == 0;
}

static void swallow_timer(int fd)
{
    uint64_t expirations;
    ssize_t ignored = read(fd, &expirations, sizeof expirations);
    (void)ignored; /* nothing to read: it was armed anew in between */
}

int tl_poller_take(tl_poller *poller, tl_poller_event *events, int count)
{
    struct epoll_event ready[TL_POLLER_EVENTS];
    if (poller->watched == 0)
        return 0; /* as when a request has just been started: spare the system call */
    int found =
        epoll_wait(poller->fd, ready, count < TL_POLLER_EVENTS ? count : TL_POLLER_EVENTS, 0);
    int taken = 0;
    for (int i = 0; i < found; i++) {
        if (ready[i].data.fd == poller->timer_fd) {
            swallow_timer(poller->timer_fd);
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

/* Rounded up: waking before the time would only spin. */
static int milliseconds(tl_time timeout)
{
    if (timeout == TL_NEVER)
        return -1;
    tl_time rounded = (timeout - 1) / TL_MILLISECOND + 1;
    return rounded < INT_MAX ? (int)rounded : INT_MAX;
}

bool tl_poller_block(const tl_poller *poller, tl_time timeout)
{
    if (timeout <= 0)
        return true; /* no call for what tl_poller_take looks at anyway */
    struct pollfd wait = {.fd = poller->fd, .events = POLLIN};
    return poll(&wait, 1, milliseconds(timeout)) >= 0 || errno != EINTR;
}
