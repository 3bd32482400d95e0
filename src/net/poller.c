/* What both pollers have in common. */
#include "net/poller.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

int tl_poller_fd(const tl_poller *poller)
{
    return poller->fd;
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
