/* What both pollers have in common. */
#include "net/poller.h"

#include <errno.h>
#include <limits.h>

int tl_poller_fd(const tl_poller *poller)
{
    return poller->fd;
}

static int without_idle(int interest)
{
    return interest & ~TL_POLLER_IDLE;
}

static bool is_waited_for(int interest)
{
    return interest != 0 && !(interest & TL_POLLER_IDLE);
}

/* What was seen of a descriptor before its interest changed: it may be closed next, and another one
 * get its number. */
static void drop_kept(tl_poller *poller, int fd)
{
    int left = 0;
    for (int i = 0; i < poller->kept_count; i++) {
        if (poller->kept[i].fd != fd)
            poller->kept[left++] = poller->kept[i];
    }
    poller->kept_count = left;
}

bool tl_poller_watch(tl_poller *poller, int fd, int old_interest, int interest)
{
    const int old_asked = without_idle(old_interest), asked = without_idle(interest);
    if (asked != old_asked) {
        drop_kept(poller, fd);
        if (!tl_poller_change(poller, fd, old_asked, asked))
            return false;
    }
    poller->watched += is_waited_for(interest) - is_waited_for(old_interest);
    return true;
}

int tl_poller_take(tl_poller *poller, tl_poller_event *events, int count)
{
    int taken = 0;
    while (taken < count && poller->kept_count > 0)
        events[taken++] = poller->kept[--poller->kept_count];
    /* As when a request has just been started: spare the system call. Not where others wait on the
     * descriptor, since an idle one may be what makes it readable. */
    const bool spare = poller->watched == 0 && poller->armed == TL_NEVER && !poller->shared;
    if (taken > 0 || spare)
        return taken;
    int found = tl_poller_ask(poller, events, count, 0);
    return found > 0 ? found : 0;
}

/* Rounded up: waking before the time would only spin. */
static int milliseconds(tl_time timeout)
{
    if (timeout == TL_NEVER)
        return -1;
    tl_time rounded = (timeout - 1) / TL_MILLISECOND + 1;
    return rounded < INT_MAX ? (int)rounded : INT_MAX;
}

bool tl_poller_block(tl_poller *poller, tl_time timeout)
{
    if (timeout <= 0 || tl_poller_has_kept(poller))
        return true; /* no call for what tl_poller_take looks at anyway */
    int found = tl_poller_ask(poller, poller->kept, TL_POLLER_EVENTS, milliseconds(timeout));
    poller->kept_count = found > 0 ? found : 0;
    return found >= 0 || errno != EINTR;
}

bool tl_poller_has_kept(const tl_poller *poller)
{
    return poller->kept_count > 0;
}
