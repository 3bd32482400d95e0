/* How an engine begins and ends; between the two it is engine.c's. */
#include "net/engine_private.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

/* libcurl's global state is made once and never given back: the host or another module may use it.
 */
static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static CURLcode global_code;

static void global_init(void)
{
    global_code = curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* The request that libcurl's handle works for; NULL when it is a handle of libcurl's own. */
static tl_request *request_of(CURL *easy)
{
    char *request = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &request);
    return (tl_request *)(void *)request;
}

/* libcurl tells which sockets matter to it. `known` is what curl_multi_assign stored. An error code
 * from here would end every transfer of the multi, so that a refusal is only noted. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    tl_engine *engine = context;
    if (what == CURL_POLL_REMOVE) {
        tl_poller_forget(&engine->poller, fd);
        return 0;
    }
    bool readable = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
    bool writable = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    bool watched = tl_poller_watch(&engine->poller, fd, known != NULL, readable, writable);
    tl_request *request = request_of(easy);
    if (request)
        request->unwatched = !watched;
    if (!watched)
        engine->poller_failed = true;
    else if (!known)
        curl_multi_assign(engine->multi, fd, engine);
    return 0;
}

/* Only noted: libcurl must not be called from here. */
static int on_timer(CURLM *multi, long milliseconds, void *context)
{
    (void)multi;
    tl_engine *engine = context;
    if (milliseconds < 0)
        tl_timer_clear(&engine->curl_timer);
    else
        tl_timer_set(&engine->timers, &engine->curl_timer,
                     tl_now() + milliseconds * TL_MILLISECOND);
    return 0;
}

static void on_curl_timer(tl_timer *timer)
{
    tl_engine *engine = TL_OWNER(timer, tl_engine, curl_timer);
    int running;
    curl_multi_socket_action(engine->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

/* From libcurl 8.20 on a pool of threads looks names up, and curl_multi_cleanup waits for all of
 * them, for minutes when a name server is silent, whatever CURLOPT_QUICK_EXIT says: this does for
 * the pool what that did for a lookup. By its number, because headers before 8.20 do not have
 * CURLMOPT_QUICK_EXIT, while the library that is loaded may be newer; an older one refuses it and
 * needs none. */
static void leave_lookups_alone(CURLM *multi)
{
    curl_multi_setopt(multi, (CURLMoption)(CURLOPTTYPE_LONG + 21), 1L);
}

static bool open_multi(tl_engine *engine, long max_connections)
{
    engine->multi = curl_multi_init();
    if (!engine->multi)
        return false;
    leave_lookups_alone(engine->multi);
    return curl_multi_setopt(engine->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl_multi_setopt(engine->multi, CURLMOPT_SOCKETDATA, engine) == CURLM_OK &&
           curl_multi_setopt(engine->multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
           curl_multi_setopt(engine->multi, CURLMOPT_TIMERDATA, engine) == CURLM_OK &&
           curl_multi_setopt(engine->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, max_connections) ==
               CURLM_OK;
}

static void init_fields(tl_engine *engine, const tl_engine_options *options)
{
    engine->allocator = options->allocator;
    engine->owner = getpid();
    engine->poller = TL_POLLER_CLOSED;
    engine->most_attempts = options->most_attempts;
    engine->most_idle = tl_handle_most_idle();
    engine->random = options->seed;
    engine->driven_until = tl_now();
    tl_timers_init(&engine->timers);
    tl_timer_init(&engine->curl_timer, on_curl_timer);
    tl_link_init(&engine->requests);
    tl_link_init(&engine->identities);
    tl_link_init(&engine->finished);
    tl_link_init(&engine->fetched);
    tl_link_init(&engine->asking);
    tl_sockets_init(&engine->sockets, &engine->allocator);
    tl_transport_init(&engine->transport, &engine->allocator);
    tl_traces_init(&engine->traces, options->trace);
}

/* False with `error` set. */
static bool open_engine(tl_engine *engine, const tl_engine_options *options, tl_error *error)
{
    if (!tl_poller_open(&engine->poller) && errno != ENOMEM) {
        tl_error_set(error, TL_LIMIT, "no descriptor is left for a client (errno %d)", errno);
        return false;
    }
    tl_error_set(error, TL_MEMORY, "not enough memory for an engine");
    return engine->poller.fd >= 0 && tl_transport_set(&engine->transport, &options->transport) &&
           open_multi(engine, options->transport.max_connections);
}

tl_engine *tl_engine_new(const tl_engine_options *options, tl_error *error)
{
    pthread_once(&global_once, global_init);
    if (global_code != CURLE_OK) {
        tl_error_set(error, TL_CONFIG, "libcurl does not start: %s",
                     curl_easy_strerror(global_code));
        return NULL;
    }
    tl_error_set(error, TL_MEMORY, "not enough memory for an engine");
    tl_engine *engine = tl_allocator_new(&options->allocator, sizeof *engine);
    if (!engine)
        return NULL;
    init_fields(engine, options);
    if (open_engine(engine, options, error))
        return engine;
    tl_engine_free(engine);
    return NULL;
}

bool tl_engine_is_ours(const tl_engine *engine)
{
    return engine->owner == getpid();
}

static tl_request *first_request(tl_engine *engine)
{
    return TL_OWNER(engine->requests.next, tl_request, all);
}

static void close_multi(tl_engine *engine)
{
    while (engine->idle_count > 0)
        curl_easy_cleanup(engine->idle[--engine->idle_count]);
    if (!engine->multi)
        return;
    /* They would be called once more, for sockets that nobody waits on any longer. */
    curl_multi_setopt(engine->multi, CURLMOPT_SOCKETFUNCTION, NULL);
    curl_multi_setopt(engine->multi, CURLMOPT_TIMERFUNCTION, NULL);
    curl_multi_cleanup(engine->multi);
}

/* libcurl's memory is left behind: cleaning it up would speak to the parent's peers. The timer is
 * the parent's too. */
static void abandon(tl_engine *engine)
{
    engine->has_host = false;
    tl_sockets_abandon(&engine->sockets);
    for (tl_link *link = engine->requests.next; link != &engine->requests; link = link->next) {
        tl_request *request = TL_OWNER(link, tl_request, all);
        request->easy = NULL;
        request->header_list = NULL;
    }
    engine->multi = NULL;
    engine->idle_count = 0;
}

void tl_engine_free(tl_engine *engine)
{
    tl_allocator allocator = engine->allocator;
    if (!tl_engine_is_ours(engine))
        abandon(engine);
    while (!tl_link_alone(&engine->requests))
        tl_engine_cancel(first_request(engine));
    close_multi(engine);
    while (!tl_link_alone(&engine->identities)) {
        tl_identity *identity = TL_OWNER(engine->identities.next, tl_identity, all);
        tl_link_remove(&identity->all);
        tl_identity_free(&engine->allocator, identity);
    }
    tl_poller_close(&engine->poller);
    tl_sockets_free(&engine->sockets);
    tl_transport_free(&engine->transport);
    tl_traces_free(&engine->traces, &engine->allocator);
    tl_allocator_free(&allocator, engine, sizeof *engine);
}

const tl_allocator *tl_engine_allocator(const tl_engine *engine)
{
    return &engine->allocator;
}

tl_identity *tl_engine_adopt(tl_engine *engine, tl_identity *identity)
{
    if (identity) {
        identity->engine = engine;
        identity->adopted = tl_now();
        identity->turn.fire = tl_sharing_on_turn;
        tl_link_insert_before(&engine->identities, &identity->all);
    }
    return identity;
}
