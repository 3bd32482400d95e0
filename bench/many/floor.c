/* The floor for many at once: a bare libcurl loop over one epoll set, with so many easy handles as
 * there are requests at a time, used again and again, without Lua and without a look at the
 * answers.
 *
 * floor URL TOKEN USER_AGENT AT_ONCE WARMING COUNT: gets URL WARMING times, then COUNT times, and
 * prints how many nanoseconds those took. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

enum { EVENTS = 256, MOST_BODY = 65536 };

typedef struct request {
    CURL *easy;
    size_t length;
    char body[MOST_BODY];
} request;

static CURLM *multi;
static int epoll_fd;
static long long due = -1; /* when libcurl wants to be called, in nanoseconds; -1: not at all */

static void die(const char *what)
{
    fprintf(stderr, "floor: %s\n", what);
    exit(1);
}

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int on_timer(CURLM *unused, long milliseconds, void *context)
{
    (void)unused, (void)context;
    due = milliseconds < 0 ? -1 : nanoseconds() + milliseconds * 1000000LL;
    return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    (void)easy, (void)context;
    struct epoll_event event = {.data.fd = fd};
    event.events |= what & CURL_POLL_IN ? EPOLLIN : 0U;
    event.events |= what & CURL_POLL_OUT ? EPOLLOUT : 0U;
    int change = what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL : known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    epoll_ctl(epoll_fd, change, fd, &event);
    if (!known)
        curl_multi_assign(multi, fd, &epoll_fd);
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    request *self = context;
    if (size * count > MOST_BODY - self->length)
        die("the answer is too long");
    memcpy(self->body + self->length, bytes, size * count);
    self->length += size * count;
    return size * count;
}

static void start(request *self)
{
    self->length = 0;
    if (curl_multi_add_handle(multi, self->easy) != CURLM_OK)
        die("cannot start a request");
}

static request *finish(const CURLMsg *message)
{
    long status = 0;
    char *self;
    CURL *easy = message->easy_handle;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
    if (status != 200)
        die(curl_easy_strerror(message->data.result));
    curl_multi_remove_handle(multi, easy);
    return (request *)(void *)self;
}

static void move_sockets(void)
{
    struct epoll_event events[EVENTS];
    int running;
    long long left = (due - nanoseconds() + 999999) / 1000000;
    int count = epoll_wait(epoll_fd, events, EVENTS, due < 0 ? -1 : left < 0 ? 0 : (int)left);
    for (int i = 0; i < count; i++) {
        int what = 0;
        what |= events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0;
        what |= events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
        what |= events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0;
        curl_multi_socket_action(multi, events[i].data.fd, what, &running);
    }
    if (due >= 0 && nanoseconds() >= due) {
        due = -1;
        curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
}

static void get(request *requests, long at_once, long count)
{
    long started = 0, finished = 0;
    int left;
    while (started < at_once && started < count)
        start(&requests[started++]);
    while (finished < count) {
        move_sockets();
        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
            request *self = finish(message);
            finished++;
            if (started++ < count)
                start(self);
        }
    }
}

static void prepare(request *self, const char *url, const char *agent, struct curl_slist *headers)
{
    self->easy = curl_easy_init();
    if (!self->easy)
        die("no memory");
    curl_easy_setopt(self->easy, CURLOPT_PRIVATE, self);
    curl_easy_setopt(self->easy, CURLOPT_URL, url);
    curl_easy_setopt(self->easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(self->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(self->easy, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(self->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(self->easy, CURLOPT_USERAGENT, agent);
    curl_easy_setopt(self->easy, CURLOPT_NOSIGNAL, 1L);
}

static void open_multi(void)
{
    multi = curl_multi_init();
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (!multi || epoll_fd < 0)
        die("does not start");
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
}

int main(int argc, char **argv)
{
    if (argc != 7)
        die("URL TOKEN USER_AGENT AT_ONCE WARMING COUNT expected");
    char authorization[4096];
    long at_once = strtol(argv[4], NULL, 10);
    request *requests = calloc((size_t)at_once, sizeof *requests);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    open_multi();
    snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", argv[2]);
    struct curl_slist *headers = curl_slist_append(NULL, authorization);
    if (!requests || !headers || !curl_slist_append(headers, "Accept: application/json"))
        die("no memory");
    for (long i = 0; i < at_once; i++)
        prepare(&requests[i], argv[1], argv[3], headers);
    get(requests, at_once, strtol(argv[5], NULL, 10));
    long long before = nanoseconds();
    get(requests, at_once, strtol(argv[6], NULL, 10));
    printf("%lld\n", nanoseconds() - before);
    for (long i = 0; i < at_once; i++)
        curl_easy_cleanup(requests[i].easy);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    free(requests);
    curl_global_cleanup();
    return 0;
}
