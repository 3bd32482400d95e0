/* A small HTTP/1.1 server for the core's tests: one thread for each connection, on a loopback port
 * of its own. What it says is the tests': a route's function is called with each request that came
 * whole, in the connection's thread, and answers as well or as badly as it likes. */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct test_server test_server;

typedef struct test_exchange {
    test_server *server;
    const struct test_route *route;
    int fd;
    int nth; /* of the requests for this route, from 1 */
    char method[16], path[64], authorization[128], cookie[64], csrf[64];
    char body[256]; /* what fits of it */
    size_t body_length;
    bool over; /* set: the connection is closed after this */
} test_exchange;

typedef struct test_route {
    const char *path;
    void (*answer)(test_exchange *exchange);
} test_route;

/* The routes end with one without a path, and outlive the server. NULL when the system refuses. */
test_server *server_start(const test_route *routes);

/* Ends all connections and waits for the threads. */
void server_stop(test_server *server);

int server_port(const test_server *server);

/* How many connections were accepted, and how many requests for a path came whole. */
int server_connections(test_server *server);
int server_requests(test_server *server, const char *path);

/* Lets go of every exchange of the path that is or will be in exchange_hold. */
void server_release(test_server *server, const char *path);

/* Waits for server_release. False when the server stops. */
bool exchange_hold(test_exchange *exchange);

/* Waits. False when the server stops. */
bool exchange_pause(const test_exchange *exchange, int milliseconds);

/* False when the connection is gone. */
bool exchange_send(test_exchange *exchange, const char *bytes, size_t length);

/* A whole answer. `headers`: whole lines, or "". */
void exchange_answer(test_exchange *exchange, int status, const char *headers, const char *body);

/* Ends the connection with a RST. */
void exchange_reset(test_exchange *exchange);

/* Ready-made routes: 200 "fine"; nothing, until released; a close without a word; 200 "token-N"
 * for the N-th request. */
void answer_fine(test_exchange *exchange);
void answer_when_released(test_exchange *exchange);
void answer_by_closing(test_exchange *exchange);
void answer_token(test_exchange *exchange);

#endif
