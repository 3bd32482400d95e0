/* A server that takes its time and has none of its own to spend: it answers each request with the
 * same JSON text, a while after it has come. Reads (GET) and writes have a while of their own.
 *
 * server READ_MS WRITE_MS JSON: prints its port and its pid, and serves until it is ended. */
#include "../listening.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, MOST_FDS = 4096, MOST_REQUEST = 8192, READ = 0, WRITE = 1 };

typedef struct connection {
    char request[MOST_REQUEST]; /* what has come of it, ended by a NUL */
    size_t length;
    bool waits; /* for its answer */
    bool gone;  /* the other side has closed meanwhile */
} connection;

/* Answers to come. What comes later is due later, so they are a ring, one for reads and one for
 * writes. A connection has one at most. */
typedef struct ring {
    long long delay;
    struct {
        long long due;
        int fd;
    } items[MOST_FDS];
    unsigned first, end;
} ring;

static connection connections[MOST_FDS];
static ring rings[2];
static char answer[65536];
static int answer_length, epoll_fd, listen_fd;

void die(const char *what)
{
    fprintf(stderr, "server: %s\n", what);
    exit(1);
}

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* A descriptor that is closed while its answer is still to come could be another connection's when
 * that is due. */
static void end(int fd)
{
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    connections[fd].gone = true;
    if (!connections[fd].waits)
        close(fd);
}

static bool is_whole(const connection *self)
{
    static const char key[] = "\r\nContent-Length: ";
    const char *body = strstr(self->request, "\r\n\r\n"), *length = strstr(self->request, key);
    if (!body)
        return false;
    long expected = length && length < body ? strtol(length + sizeof key - 1, NULL, 10) : 0;
    return self->request + self->length - (body + 4) >= expected;
}

/* Nobody sends a second request before the first is answered. */
static void read_request(int fd)
{
    connection *self = &connections[fd];
    ssize_t count = read(fd, self->request + self->length, MOST_REQUEST - 1 - self->length);
    if (count <= 0) {
        end(fd);
        return;
    }
    self->length += (size_t)count;
    self->request[self->length] = '\0';
    if (!is_whole(self))
        return;
    ring *list = &rings[strncmp(self->request, "GET ", 4) == 0 ? READ : WRITE];
    list->items[list->end % MOST_FDS].fd = fd;
    list->items[list->end % MOST_FDS].due = nanoseconds() + list->delay;
    list->end++;
    self->waits = true;
    self->length = 0;
}

static void give_answer(int fd)
{
    connections[fd].waits = false;
    if (connections[fd].gone)
        close(fd);
    else if (write(fd, answer, (size_t)answer_length) != answer_length)
        end(fd);
}

/* When the next one is due, or -1. */
static long long answer_due(ring *list)
{
    while (list->first != list->end) {
        long long due = list->items[list->first % MOST_FDS].due;
        if (due > nanoseconds())
            return due;
        give_answer(list->items[list->first++ % MOST_FDS].fd);
    }
    return -1;
}

static int wait_for_events(struct epoll_event *events)
{
    long long due = -1;
    for (int i = READ; i <= WRITE; i++) {
        long long next = answer_due(&rings[i]);
        due = due < 0 || (next >= 0 && next < due) ? next : due;
    }
    long long left = due - nanoseconds();
    left = left < 0 ? 0 : left;
    struct timespec time = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    return epoll_pwait2(epoll_fd, events, EVENTS, due < 0 ? NULL : &time, NULL);
}

static void serve(void)
{
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = wait_for_events(events);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listen_fd)
                connections[accept_one(epoll_fd, listen_fd, MOST_FDS)] = (connection){0};
            else
                read_request(events[i].data.fd);
        }
    }
}

/* A descriptor for each of many clients at once. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < MOST_FDS ? limit.rlim_max : MOST_FDS;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        die("READ_MS WRITE_MS JSON expected");
    for (int i = READ; i <= WRITE; i++)
        rings[i].delay = strtol(argv[1 + i], NULL, 10) * 1000000LL;
    answer_length = snprintf(answer, sizeof answer,
                             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                             "X-Content-Type-Options: nosniff\r\n"
                             "Cache-Control: no-cache, no-store, max-age=0, must-revalidate\r\n"
                             "Content-Length: %zu\r\n\r\n%s",
                             strlen(argv[3]), argv[3]);
    if (answer_length < 0 || (size_t)answer_length >= sizeof answer)
        die("JSON is too long");
    signal(SIGPIPE, SIG_IGN);
    allow_descriptors();
    printf("%d %d\n", start_listening(&listen_fd), (int)getpid());
    fflush(stdout);
    epoll_fd = epoll_create1(0);
    watch(epoll_fd, listen_fd);
    serve();
}
