/* A library to preload, for libkqueue on Linux. A queue of FreeBSD's or macOS's kernel can be given
 * to poll(2), and the engine's hosts do so. What libkqueue gives out is the end of a pipe that is
 * never readable; events show at an epoll descriptor that it keeps to itself. So that one is noted
 * when a queue is made, and poll is given it in the queue's place. */
#include <dlfcn.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int kqueue(void);
EXPORTED int epoll_create1(int flags);

enum { MOST_DESCRIPTORS = 1024 };

static _Atomic int behind[MOST_DESCRIPTORS]; /* by the queue's number; 0: it is no queue */
static _Thread_local int last_made;

/* The function that would be called without this library. */
static void find_next(const char *name, void *function)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    memcpy(function, &symbol, sizeof symbol);
}

static _Atomic int *behind_of(int fd)
{
    static _Atomic int none;
    return fd >= 0 && fd < MOST_DESCRIPTORS ? &behind[fd] : &none;
}

EXPORTED int epoll_create1(int flags)
{
    int (*next)(int);
    find_next("epoll_create1", &next);
    return last_made = next(flags);
}

EXPORTED int kqueue(void)
{
    int (*next)(void);
    find_next("kqueue", &next);
    int queue = next();
    if (queue >= 0)
        *behind_of(queue) = last_made;
    return queue;
}

EXPORTED int close(int fd)
{
    int (*next)(int);
    find_next("close", &next);
    *behind_of(fd) = 0;
    return next(fd);
}

EXPORTED int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    int (*next)(struct pollfd *, nfds_t, int);
    find_next("poll", &next);
    int queue = count == 1 ? fds->fd : -1;
    if (*behind_of(queue) > 0)
        fds->fd = *behind_of(queue);
    int ready = next(fds, count, timeout);
    if (count == 1)
        fds->fd = queue;
    return ready;
}
