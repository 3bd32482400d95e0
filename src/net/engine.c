#include "net/engine_private.h"
#include "json/number_write.h"

#include <stdio.h>

/* A host that only looks at the descriptor must see what the caller just set going. */
void tl_engine_changed(tl_engine *engine)
{
    if (engine->has_host)
        tl_poller_arm(&engine->poller,
                      tl_engine_timeout(engine) == 0 ? 0 : tl_timers_next(&engine->timers));
}

/* As %g does, but with a point in every locale. */
static void write_seconds(tl_time time, char out[TL_NUMBER_LONGEST + 1])
{
    size_t length = time % TL_SECOND == 0
                        ? tl_number_write_integer(out, time / TL_SECOND)
                        : tl_number_write_real(out, (double)time / (double)TL_SECOND);
    out[length] = '\0';
}

static void on_deadline(tl_timer *timer)
{
    tl_request *request = TL_OWNER(timer, tl_request, deadline);
    char seconds[TL_NUMBER_LONGEST + 1], where[TL_MESSAGE_SIZE / 2];
    snprintf(where, sizeof where, "waiting for a %s",
             request->identity ? tl_identity_sought(request->identity) : "token");
    if (request->state == TL_REQUEST_SENT)
        tl_outcome_describe(request, where, sizeof where);
    write_seconds(request->timeout, seconds);
    tl_error_set(&request->error, TL_TIMEOUT, "no answer within %s s: %s", seconds, where);
    if (request->state == TL_REQUEST_SENT)
        tl_attempt_done(request, CURLE_OPERATION_TIMEDOUT); /* no time is left to try again */
    else
        tl_engine_finish(request);
}

static void on_backoff(tl_timer *timer)
{
    tl_signin_send(TL_OWNER(timer, tl_request, backoff));
}

/* Time in which nobody drove the engine is added to the deadlines of work that no call waits for. A
 * host that waits on the descriptor is late only past the earliest timer. */
static void forgive_idle_time(tl_engine *engine, tl_time now)
{
    tl_time driven_until = engine->driven_until;
    if (engine->has_host) {
        tl_time next = tl_timers_next(&engine->timers);
        driven_until = next > driven_until ? next : driven_until;
    }
    engine->driven_until = now;
    if (now <= driven_until)
        return;
    for (tl_link *link = engine->requests.next; link != &engine->requests; link = link->next) {
        tl_request *request = TL_OWNER(link, tl_request, all);
        if (!request->background || request->state == TL_REQUEST_FINISHED)
            continue;
        request->at_latest += now - driven_until;
        tl_timer_set(&engine->timers, &request->deadline, request->at_latest);
    }
}

static tl_request *add(tl_engine *engine, const tl_request_spec *spec)
{
    tl_request *request = tl_request_new(&engine->allocator, spec, on_deadline, on_backoff);
    if (!request)
        return NULL;
    tl_time now = tl_now();
    forgive_idle_time(engine, now); /* what went before is none of this request's time */
    request->engine = engine;
    request->answer_headers.secret |= request->identity && request->identity->kind == TL_SESSION;
    request->at_latest = now + spec->timeout;
    tl_timer_set(&engine->timers, &request->deadline, request->at_latest);
    tl_link_insert_before(&engine->requests, &request->all);
    return request;
}

tl_request *tl_engine_start(tl_engine *engine, const tl_request_spec *spec)
{
    tl_request *request = add(engine, spec);
    if (request) {
        tl_signin_send(request);
        tl_engine_changed(engine);
    }
    return request;
}

tl_request *tl_engine_pause(tl_engine *engine, tl_time time)
{
    const tl_request_spec nothing = {.method = "", .url = "", .headers = "", .timeout = time};
    tl_request *request = add(engine, &nothing);
    if (request)
        tl_engine_changed(engine);
    return request;
}

/* Takes the request out of libcurl, the timers and the list it waits in. */
static void withdraw(tl_request *request)
{
    tl_attempt_recall(request, false);
    tl_timer_clear(&request->deadline);
    tl_timer_clear(&request->backoff);
    tl_link_remove(&request->queue);
}

void tl_engine_finish(tl_request *request)
{
    tl_engine *engine = request->engine;
    withdraw(request);
    request->state = TL_REQUEST_FINISHED;
    tl_link_insert_before(request->fetch_for ? &engine->fetched : &engine->finished,
                          &request->queue);
}

void tl_engine_cancel(tl_request *request)
{
    tl_engine *engine = request->engine;
    withdraw(request);
    tl_link_remove(&request->all);
    tl_request_free(&engine->allocator, request);
    tl_engine_changed(engine); /* another that waited for its connection may go on */
}

int tl_engine_fd(tl_engine *engine)
{
    engine->has_host = true;
    tl_engine_changed(engine);
    return engine->poller.timer_fd < 0 ? -1 : engine->poller.fd;
}

tl_time tl_engine_timeout(const tl_engine *engine)
{
    tl_time next = tl_timers_next(&engine->timers);
    if (!tl_link_alone(&engine->finished) || !tl_link_alone(&engine->fetched) ||
        !tl_link_alone(&engine->asking))
        return 0;
    if (next == TL_NEVER)
        return TL_NEVER;
    tl_time left = next - tl_now();
    return left > 0 ? left : 0;
}

static void move_sockets(tl_engine *engine)
{
    tl_poller_event events[TL_POLLER_EVENTS];
    int count = tl_poller_take(&engine->poller, events, TL_POLLER_EVENTS);
    for (int i = 0; i < count; i++) {
        int running, what = 0;
        what |= events[i].readable ? CURL_CSELECT_IN : 0;
        what |= events[i].writable ? CURL_CSELECT_OUT : 0;
        what |= events[i].failed ? CURL_CSELECT_ERR : 0;
        curl_multi_socket_action(engine->multi, events[i].fd, what, &running);
    }
}

static void collect(tl_engine *engine)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(engine->multi, &left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result; /* the message dies with the next call */
        char *request = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
        tl_attempt_done((tl_request *)(void *)request, code);
    }
}

/* Those whose socket the system refused to watch would wait for ever; all others go on. */
static void give_up_unwatched(tl_engine *engine)
{
    engine->poller_failed = false;
    tl_link *next;
    for (tl_link *link = engine->requests.next; link != &engine->requests; link = next) {
        tl_request *request = TL_OWNER(link, tl_request, all);
        next = link->next;
        if (request->state != TL_REQUEST_SENT || !request->unwatched)
            continue;
        tl_error_set(&request->error, TL_NETWORK, "the system refuses to watch a socket");
        tl_attempt_done(request, CURLE_ABORTED_BY_CALLBACK);
    }
}

void tl_engine_step(tl_engine *engine)
{
    tl_time now = tl_now();
    forgive_idle_time(engine, now);
    move_sockets(engine);
    collect(engine); /* an answer that came in time goes before a deadline that is over by now */
    tl_timers_fire(&engine->timers, now);
    collect(engine);
    if (engine->poller_failed)
        give_up_unwatched(engine);
    tl_signin_settle(engine);
    tl_engine_changed(engine);
}

bool tl_engine_block(tl_engine *engine)
{
    forgive_idle_time(engine, tl_now());
    bool undisturbed = tl_poller_block(&engine->poller, tl_engine_timeout(engine));
    engine->driven_until = tl_now();
    return undisturbed;
}

tl_request *tl_engine_take(tl_engine *engine)
{
    if (tl_link_alone(&engine->finished))
        return NULL;
    tl_request *request = TL_OWNER(engine->finished.next, tl_request, queue);
    tl_link_remove(&request->queue);
    return request;
}

tl_trace *tl_engine_traced(const tl_engine *engine)
{
    return tl_traces_first(&engine->traces);
}

void tl_engine_drop_trace(tl_engine *engine)
{
    tl_traces_drop_first(&engine->traces, &engine->allocator);
}
