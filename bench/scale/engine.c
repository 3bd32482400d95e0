/* The engine, by its public face. */
#include "net/engine.h"
#include "scale.h"

#include <stdlib.h>

static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    (void)context, (void)old_size;
    if (new_size > 0)
        return realloc(block, new_size);
    free(block);
    return NULL;
}

typedef struct context {
    tl_engine *engine;
    const char *url;
} context;

static void *open_engine(const char *url)
{
    static context only;
    const tl_engine_options options = {
        .allocator = {.allocate = allocate},
        .transport = {.connect_timeout = 600 * TL_SECOND,
                      .max_connections = MOST_CONNECTIONS,
                      .texts = {[TL_USER_AGENT] = "scale"}},
        .most_attempts = 1,
        .seed = 1,
    };
    tl_error error;
    only = (context){.engine = tl_engine_new(&options, &error), .url = url};
    if (!only.engine)
        die(error.message);
    return &only;
}

static void close_engine(void *opened)
{
    tl_engine_free(((context *)opened)->engine);
}

static void start(void *opened, long seconds)
{
    static const char accept[] = "Accept: application/json";
    const context *self = opened;
    const tl_request_spec spec = {
        .method = "GET",
        .url = self->url,
        .headers = accept,
        .headers_length = sizeof accept,
        .timeout = seconds * TL_SECOND,
        .most_body = 1000,
        .read = true,
    };
    if (!tl_engine_start(self->engine, &spec))
        die("no memory");
}

static void step(void *opened)
{
    tl_engine_step(((context *)opened)->engine);
}

static bool is_busy(void *opened)
{
    return tl_engine_timeout(((context *)opened)->engine) == 0;
}

static void wait_for_something(void *opened)
{
    tl_engine_block(((context *)opened)->engine);
}

/* `void *`, so that this file also fits the engine as it was before, which gives requests. */
static int take(void *opened)
{
    int count = 0;
    for (void *taken; (taken = tl_engine_take(((context *)opened)->engine)); count++) {
        const tl_request *request = taken;
        if (request->status != 200)
            die(request->error.message);
        tl_engine_cancel(taken);
    }
    return count;
}

const driver engine_driver = {
    "ours", open_engine, close_engine, start, step, is_busy, wait_for_something, take,
};
