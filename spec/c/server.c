#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 512, MOST_ROUTES = 32, MOST_HEAD = 16 * 1024 };

typedef struct test_connection {
    test_server *server;
    pthread_t thread;
    int fd; /* -1: closed */
} test_connection;

struct test_server {
    int listener, port;
    const test_route *routes;
    pthread_t acceptor;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    bool stopping;
    bool released[MOST_ROUTES];
    int requests[MOST_ROUTES];
    test_connection connections[MOST_CONNECTIONS];
    int connection_count;
};

/* Reads on until `text` has `length` bytes or holds a whole head. The length read, or -1. */
static ssize_t read_on(int fd, char *text, size_t have, size_t length)
{
    while (have < length) {
        ssize_t got = recv(fd, text + have, length - have, 0);
        if (got <= 0)
            return -1;
        have += (size_t)got;
        text[have] = '\0';
        if (strstr(text, "\r\n\r\n"))
            return (ssize_t)have;
    }
    return -1;
}

static void find_header(const char *head, const char *name, char *value, size_t size)
{
    size_t length = strlen(name);
    value[0] = '\0';
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            snprintf(value, size, "%.*s", (int)strcspn(line + length + 2, "\r"), line + length + 2);
    }
}

/* False when the connection ended first. Clients are expected not to send ahead. */
static bool read_request(test_exchange *exchange)
{
    char head[MOST_HEAD + 1] = "", length[32];
    ssize_t have = read_on(exchange->fd, head, 0, MOST_HEAD);
    if (have < 0 || sscanf(head, "%15s %63s", exchange->method, exchange->path) != 2)
        return false;
    char *end = strstr(head, "\r\n\r\n") + 2;
    size_t taken = (size_t)(head + have - (end + 2));
    snprintf(exchange->body, sizeof exchange->body, "%s", end + 2);
    *end = '\0';
    find_header(head, "Authorization", exchange->authorization, sizeof exchange->authorization);
    find_header(head, "Cookie", exchange->cookie, sizeof exchange->cookie);
    find_header(head, "X-CSRF-TOKEN", exchange->csrf, sizeof exchange->csrf);
    find_header(head, "Content-Length", length, sizeof length);
    exchange->body_length = strtoul(length, NULL, 10);
    while (taken < exchange->body_length) {
        char bytes[4096];
        ssize_t got = recv(exchange->fd, bytes, sizeof bytes, 0);
        if (got <= 0)
            return false;
        for (ssize_t i = 0; i < got && taken + (size_t)i < sizeof exchange->body - 1; i++)
            exchange->body[taken + (size_t)i] = bytes[i];
        taken += (size_t)got;
    }
    return true;
}

static size_t route_index(const test_server *server, const char *path)
{
    size_t i = 0;
    while (server->routes[i].path && strcmp(server->routes[i].path, path) != 0)
        i++;
    return i; /* of the nameless last one when there is none */
}

static void count_request(test_exchange *exchange)
{
    test_server *server = exchange->server;
    size_t i = route_index(server, exchange->path);
    exchange->route = &server->routes[i];
    pthread_mutex_lock(&server->lock);
    exchange->nth = ++server->requests[i];
    pthread_mutex_unlock(&server->lock);
}

/* Under the lock, so that server_stop never shuts down a descriptor that is somebody else's now. */
static void close_connection(test_connection *connection)
{
    pthread_mutex_lock(&connection->server->lock);
    close(connection->fd);
    connection->fd = -1;
    pthread_mutex_unlock(&connection->server->lock);
}

static void *serve(void *context)
{
    test_connection *connection = context;
    for (bool over = false; !over;) {
        test_exchange exchange = {.server = connection->server, .fd = connection->fd};
        if (!read_request(&exchange))
            break;
        count_request(&exchange);
        if (exchange.route->answer)
            exchange.route->answer(&exchange);
        else
            exchange_answer(&exchange, 404, "", "");
        over = exchange.over;
    }
    close_connection(connection);
    return NULL;
}

static bool take_connection(test_server *server, int fd)
{
    pthread_mutex_lock(&server->lock);
    bool taken = !server->stopping && server->connection_count < MOST_CONNECTIONS;
    if (taken) {
        test_connection *connection = &server->connections[server->connection_count];
        *connection = (struct test_connection){.server = server, .fd = fd};
        taken = pthread_create(&connection->thread, NULL, serve, connection) == 0;
        server->connection_count += taken;
    }
    pthread_mutex_unlock(&server->lock);
    return taken;
}

static void *accept_all(void *context)
{
    test_server *server = context;
    for (;;) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            return NULL;
        if (!take_connection(server, fd))
            close(fd);
    }
}

static bool listen_on_loopback(test_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool fine = server->listener >= 0 &&
                bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
                listen(server->listener, MOST_CONNECTIONS) == 0 &&
                getsockname(server->listener, (struct sockaddr *)&address, &size) == 0;
    server->port = ntohs(address.sin_port);
    return fine;
}

test_server *server_start(const test_route *routes)
{
    test_server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    server->routes = routes;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    if (listen_on_loopback(server) &&
        pthread_create(&server->acceptor, NULL, accept_all, server) == 0)
        return server;
    close(server->listener);
    free(server);
    return NULL;
}

void server_stop(test_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_cond_broadcast(&server->changed);
    shutdown(server->listener, SHUT_RDWR);
    for (int i = 0; i < server->connection_count; i++)
        shutdown(server->connections[i].fd, SHUT_RDWR);
    pthread_mutex_unlock(&server->lock);
    pthread_join(server->acceptor, NULL);
    for (int i = 0; i < server->connection_count; i++)
        pthread_join(server->connections[i].thread, NULL);
    close(server->listener);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

int server_port(const test_server *server)
{
    return server->port;
}

int server_connections(test_server *server)
{
    pthread_mutex_lock(&server->lock);
    int count = server->connection_count;
    pthread_mutex_unlock(&server->lock);
    return count;
}

int server_requests(test_server *server, const char *path)
{
    pthread_mutex_lock(&server->lock);
    int count = server->requests[route_index(server, path)];
    pthread_mutex_unlock(&server->lock);
    return count;
}

void server_release(test_server *server, const char *path)
{
    pthread_mutex_lock(&server->lock);
    server->released[route_index(server, path)] = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

bool exchange_hold(test_exchange *exchange)
{
    test_server *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    while (!server->stopping && !server->released[exchange->route - server->routes])
        pthread_cond_wait(&server->changed, &server->lock);
    bool stopping = server->stopping;
    pthread_mutex_unlock(&server->lock);
    return !stopping;
}

bool exchange_pause(const test_exchange *exchange, int milliseconds)
{
    test_server *server = exchange->server;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += milliseconds * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&server->lock);
    while (!server->stopping &&
           pthread_cond_timedwait(&server->changed, &server->lock, &until) != ETIMEDOUT)
        continue;
    bool stopping = server->stopping;
    pthread_mutex_unlock(&server->lock);
    return !stopping;
}

bool exchange_send(test_exchange *exchange, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(exchange->fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0) {
            exchange->over = true;
            return false;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

/* In one piece, so that a test can count on having all when it has some. */
void exchange_answer(test_exchange *exchange, int status, const char *headers, const char *body)
{
    char *answer;
    int length = asprintf(&answer, "HTTP/1.1 %03d Some Reason\r\n%sContent-Length: %zu\r\n\r\n%s",
                          status, headers, strlen(body), body);
    if (length < 0) {
        exchange->over = true;
        return;
    }
    exchange_send(exchange, answer, (size_t)length);
    free(answer);
}

void exchange_reset(test_exchange *exchange)
{
    /* The close that follows drops what is unsent and answers with a RST. */
    setsockopt(exchange->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1},
               sizeof(struct linger));
    exchange->over = true;
}

void answer_fine(test_exchange *exchange)
{
    exchange_answer(exchange, 200, "", "fine");
}

void answer_when_released(test_exchange *exchange)
{
    if (exchange_hold(exchange))
        answer_fine(exchange);
}

void answer_by_closing(test_exchange *exchange)
{
    exchange->over = true;
}

void answer_token(test_exchange *exchange)
{
    char token[32];
    snprintf(token, sizeof token, "token-%d", exchange->nth);
    exchange_answer(exchange, 200, "", token);
}
