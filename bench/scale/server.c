/* One thread that answers requests without a body, at once or when it is told to. */
#include "../listening.h"
#include "scale.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVENTS = 256, MOST_FDS = 1024 };

/* What both processes see. */
static struct shared {
    atomic_bool hold;
    atomic_int held;
} * shared;

static int release_fd; /* wakes the server */
static pid_t server_pid;

/* The server's own. */
static int epoll_fd, listen_fd;
static struct connection {
    char tail[4]; /* the last bytes of the request that comes in */
    bool held;
} connections[MOST_FDS];

static void answer(int fd)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               "Content-Length: 2\r\n\r\n{}";
    connections[fd].held = false;
    if (write(fd, text, sizeof text - 1) != (ssize_t)sizeof text - 1)
        die("the server cannot answer");
}

/* Nobody sends a second request before the first is answered, so what comes ends with the end of
 * one, or before it. */
static void read_request(int fd)
{
    char bytes[4096];
    struct connection *self = &connections[fd];
    ssize_t count = read(fd, bytes, sizeof bytes);
    if (count <= 0) {
        close(fd);
        return;
    }
    for (ssize_t i = count < 4 ? 0 : count - 4; i < count; i++) {
        memmove(self->tail, self->tail + 1, 3);
        self->tail[3] = bytes[i];
    }
    if (memcmp(self->tail, "\r\n\r\n", 4) != 0)
        return;
    if (!atomic_load(&shared->hold)) {
        answer(fd);
        return;
    }
    self->held = true;
    atomic_fetch_add(&shared->held, 1);
}

static void answer_held(void)
{
    uint64_t count;
    if (read(release_fd, &count, sizeof count) < 0)
        return;
    atomic_store(&shared->held, 0);
    for (int fd = 0; fd < MOST_FDS; fd++) {
        if (connections[fd].held)
            answer(fd);
    }
}

static void serve(void)
{
    epoll_fd = epoll_create1(0);
    watch(epoll_fd, listen_fd);
    watch(epoll_fd, release_fd);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listen_fd)
                connections[accept_one(epoll_fd, listen_fd, MOST_FDS)] = (struct connection){0};
            else if (fd == release_fd)
                answer_held();
            else
                read_request(fd);
        }
    }
}

int server_start(void)
{
    int port = start_listening(&listen_fd);
    release_fd = eventfd(0, EFD_CLOEXEC);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (release_fd < 0 || shared == MAP_FAILED)
        die("the server does not start");
    pid_t parent = getpid();
    server_pid = fork();
    if (server_pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent) /* otherwise it has ended before it could be noticed */
            serve();
        _exit(1);
    }
    close(listen_fd);
    if (server_pid < 0)
        die("the server does not start");
    return port;
}

void server_stop(void)
{
    kill(server_pid, SIGKILL);
    waitpid(server_pid, NULL, 0);
}

void server_hold(void)
{
    atomic_store(&shared->hold, true);
}

int server_held(void)
{
    return atomic_load(&shared->held);
}

void server_release(void)
{
    static const uint64_t one = 1;
    atomic_store(&shared->hold, false);
    if (write(release_fd, &one, sizeof one) < 0)
        die("the server cannot be told");
}
