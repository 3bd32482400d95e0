/* The floor: libcurl's multi interface with as little around it as it can do with. */
#include "scale.h"

#include <curl/curl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { NEVER = -1, EVENTS = 64 };

typedef struct context {
    CURLM *multi;
    int epoll_fd;
    long long due; /* when libcurl wants to be called, in microseconds; or NEVER */
    long handles, most_handles;
    int finished; /* and not yet taken */
    struct curl_slist *headers;
    const char *url;
} context;

static long long microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int on_timer(CURLM *multi, long milliseconds, void *opened)
{
    (void)multi;
    context *self = opened;
    self->due = milliseconds < 0 ? NEVER : microseconds() + milliseconds * 1000;
    return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *opened, void *known)
{
    (void)easy;
    context *self = opened;
    struct epoll_event event = {.data.fd = fd};
    event.events |= what & CURL_POLL_IN ? EPOLLIN : 0U;
    event.events |= what & CURL_POLL_OUT ? EPOLLOUT : 0U;
    int change = what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL : known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    epoll_ctl(self->epoll_fd, change, fd, &event);
    if (!known)
        curl_multi_assign(self->multi, fd, self);
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *unused)
{
    (void)bytes, (void)unused;
    return size * count;
}

static void *open_floor(const char *url)
{
    static context only;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    only = (context){.multi = curl_multi_init(),
                     .epoll_fd = epoll_create1(EPOLL_CLOEXEC),
                     .due = NEVER,
                     .headers = curl_slist_append(NULL, "Accept: application/json"),
                     .url = url};
    if (!only.multi || !only.headers || only.epoll_fd < 0)
        die("no memory");
    curl_multi_setopt(only.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(only.multi, CURLMOPT_SOCKETDATA, &only);
    curl_multi_setopt(only.multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(only.multi, CURLMOPT_TIMERDATA, &only);
    curl_multi_setopt(only.multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)MOST_CONNECTIONS);
    return &only;
}

static void close_floor(void *opened)
{
    context *self = opened;
    curl_multi_cleanup(self->multi);
    curl_slist_free_all(self->headers);
    close(self->epoll_fd);
}

/* Keeps the connections that there are, as the engine does. */
static void count_handle(context *self)
{
    if (++self->handles <= self->most_handles)
        return;
    self->most_handles = self->handles;
    curl_multi_setopt(self->multi, CURLMOPT_MAXCONNECTS, 4 * self->most_handles);
}

/* The engine has its own clock for the seconds that a request has; this one has no use for them. */
static void start(void *opened, long seconds)
{
    (void)seconds;
    context *self = opened;
    CURL *easy = curl_easy_init();
    if (!easy)
        die("no memory");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 600000L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "scale");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, self->headers);
    curl_easy_setopt(easy, CURLOPT_URL, self->url);
    count_handle(self);
    if (curl_multi_add_handle(self->multi, easy) != CURLM_OK)
        die("no memory");
}

static void move_sockets(context *self)
{
    struct epoll_event events[EVENTS];
    int running, count = epoll_wait(self->epoll_fd, events, EVENTS, 0);
    for (int i = 0; i < count; i++) {
        int what = 0;
        what |= events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0;
        what |= events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
        what |= events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0;
        curl_multi_socket_action(self->multi, events[i].data.fd, what, &running);
    }
}

static void collect(context *self)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(self->multi, &left));) {
        CURL *easy = message->easy_handle;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (status != 200)
            die(curl_easy_strerror(message->data.result));
        curl_multi_remove_handle(self->multi, easy);
        curl_easy_cleanup(easy);
        self->handles--;
        self->finished++;
    }
}

static bool is_due(const context *self)
{
    return self->due != NEVER && microseconds() >= self->due;
}

static void step(void *opened)
{
    context *self = opened;
    int running;
    move_sockets(self);
    if (is_due(self)) {
        self->due = NEVER;
        curl_multi_socket_action(self->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    collect(self);
}

static bool is_busy(void *opened)
{
    return is_due(opened);
}

static void wait_for_something(void *opened)
{
    const context *self = opened;
    struct pollfd one = {.fd = self->epoll_fd, .events = POLLIN};
    long long left = self->due == NEVER ? NEVER : (self->due - microseconds() + 999) / 1000;
    poll(&one, 1, self->due != NEVER && left < 0 ? 0 : (int)left);
}

static int take(void *opened)
{
    context *self = opened;
    int count = self->finished;
    self->finished = 0;
    return count;
}

const driver floor_driver = {
    "libcurl", open_floor, close_floor, start, step, is_busy, wait_for_something, take,
};
