/* scale [ROUNDS [IN_FLIGHT [ours|libcurl]]]: prints, for each round and each number of requests in
 * flight, what one request costs in microseconds: to start it (until it is on the wire or in
 * libcurl's queue); a step in which nothing has come; to finish it (from its answer until it is
 * freed) but for curl_multi_remove_handle; and that.
 *
 * It is the processor's time of this process, in which the server and the wait for it have no part.
 */
#include "scale.h"

#include <curl/curl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    REQUESTS = 10000, /* for each number, in one batch or in many */
    STEPS = 1000      /* in which nothing comes, for each number */
};

static const int in_flight[] = {10, 100, 1000, 10000};

typedef struct costs {
    double start, step, finish, removal; /* microseconds in all */
} costs;

void die(const char *what)
{
    fprintf(stderr, "scale: %s\n", what);
    exit(1);
}

static double processor_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Some libcurls, 7.88 among them, look through their whole queue for each handle that leaves them.
 * With thousands in that queue this is many times what all else costs, and never quite the same
 * twice: what is ours could not be told apart. The linker puts this function in the place of
 * libcurl's, so that this part is measured by itself. */
static double removal;

CURLMcode __real_curl_multi_remove_handle(CURLM *multi, CURL *easy);
CURLMcode __wrap_curl_multi_remove_handle(CURLM *multi, CURL *easy);

CURLMcode __wrap_curl_multi_remove_handle(CURLM *multi, CURL *easy)
{
    double before = processor_time();
    CURLMcode code = __real_curl_multi_remove_handle(multi, easy);
    removal += processor_time() - before;
    return code;
}

/* So mixed that few of them belong at the beginning or at the end of those that are sorted by time.
 */
static long seconds_of(int nth)
{
    return 1000 + (long)nth * 7919 % 5001;
}

static void start_all(const driver *driven, void *context, int count)
{
    for (int i = 0; i < count; i++)
        driven->start(context, seconds_of(i));
    while (driven->is_busy(context))
        driven->step(context);
}

/* Connections that are still to be made need more steps. */
static void await_all(const driver *driven, void *context, int count)
{
    while (server_held() < (count < MOST_CONNECTIONS ? count : MOST_CONNECTIONS)) {
        driven->step(context);
        poll(NULL, 0, 1);
    }
}

static void finish_all(const driver *driven, void *context, int count)
{
    for (int taken = 0; taken < count; taken += driven->take(context)) {
        driven->wait(context);
        driven->step(context);
    }
}

static void run_batch(const driver *driven, void *context, int count, int steps, costs *sum)
{
    double times[6];
    server_hold();
    times[0] = processor_time();
    start_all(driven, context, count);
    times[1] = processor_time();
    await_all(driven, context, count);
    times[2] = processor_time();
    for (int i = 0; i < steps; i++)
        driven->step(context);
    times[3] = processor_time();
    server_release();
    removal = 0;
    times[4] = processor_time();
    finish_all(driven, context, count);
    times[5] = processor_time();
    sum->start += times[1] - times[0];
    sum->step += times[3] - times[2];
    sum->finish += times[5] - times[4] - removal;
    sum->removal += removal;
}

/* The connections are made in a batch that does not count. */
static void measure(const driver *driven, const char *url, int count)
{
    costs ignored = {0}, sum = {0};
    int batches = REQUESTS / count, steps = STEPS / batches > 0 ? STEPS / batches : 1;
    void *context = driven->open(url);
    run_batch(driven, context, count, steps, &ignored);
    for (int i = 0; i < batches; i++)
        run_batch(driven, context, count, steps, &sum);
    driven->close(context);
    const double requests = REQUESTS;
    printf("%d %s %.2f %.2f %.2f %.2f\n", count, driven->name, sum.start / requests,
           sum.step / (steps * batches), sum.finish / requests, sum.removal / requests);
    fflush(stdout);
}

/* Nobody always comes first. */
static void run_round(long round, const char *url, const char *only_count, const char *only_name)
{
    const driver *const drivers[] = {&engine_driver, &floor_driver};
    for (size_t i = 0; i < sizeof in_flight / sizeof *in_flight; i++) {
        if (only_count && strtol(only_count, NULL, 10) != in_flight[i])
            continue;
        for (long turn = round; turn < round + 2; turn++) {
            if (!only_name || strcmp(only_name, drivers[turn % 2]->name) == 0)
                measure(drivers[turn % 2], url, in_flight[i]);
        }
    }
}

/* Memory that is freed stays with the process. With thousands of requests it would otherwise go
 * back to the system after each batch, and the system's work of giving it again would count as
 * ours. */
static void keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_MMAP_MAX, 0);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
    char url[64];
    keep_memory();
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", server_start());
    puts("in flight, who, microseconds to start, to step, to finish, to remove from libcurl");
    for (long round = 0; round < rounds; round++)
        run_round(round, url, argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL);
    server_stop();
    return 0;
}
