/* What a request costs while many are in flight: in the engine, and in a bare libcurl loop that
 * does no more than it must. Each is driven through the same face, against the same server. */
#ifndef SCALE_H
#define SCALE_H

#include <stdbool.h>

/* So many requests have a connection; the others wait in libcurl's queue. For each request libcurl
 * looks at all connections to its server, so that without a limit this would hide what is ours, and
 * whoever drives hundreds of requests sets one. */
enum { MOST_CONNECTIONS = 100 };

typedef struct driver {
    const char *name;
    void *(*open)(const char *url);
    void (*close)(void *context);

    /* Starts a request that has so many seconds. */
    void (*start)(void *context, long seconds);

    /* Does what can be done without waiting. */
    void (*step)(void *context);

    /* Whether a step has something to do before anything comes from the server. */
    bool (*is_busy)(void *context);

    /* Waits until there is something to do. */
    void (*wait)(void *context);

    /* Takes what is finished, and gives how many requests that were. */
    int (*take)(void *context);
} driver;

extern const driver engine_driver, floor_driver;

/* Ends the program. */
void die(const char *what);

/* A server in a process of its own, which ends with this one. Gives its port. */
int server_start(void);
void server_stop(void);

/* Before any request is started: the server keeps back its answers from now on. */
void server_hold(void);

/* How many answers it keeps back. */
int server_held(void);

/* Answers all of them, and from now on each request as it comes. */
void server_release(void);

#endif
