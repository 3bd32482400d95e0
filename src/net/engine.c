#include "net/engine.h"

#include "net/course.h"
#include "net/engine_private.h"

#include <unistd.h>

static void init_fields(tl_engine *engine, const tl_engine_options *options)
{
    engine->allocator = options->allocator;
    engine->owner = getpid();
    engine->most_attempts = options->most_attempts;
    engine->random = options->seed;
    tl_schedule_init(&engine->schedule, tl_now());
    tl_wire_init(&engine->wire, &engine->allocator, &engine->schedule.wall);
    tl_traces_init(&engine->traces, options->trace);
    tl_queue_init(&engine->queue, options->max_requests);
    tl_link *const lists[] = {&engine->requests, &engine->signins, &engine->wanting,
                              &engine->asking,   &engine->fetched, &engine->finished,
                              &engine->pauses};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        tl_link_init(lists[i]);
}

tl_engine *tl_engine_new(const tl_engine_options *options, tl_error *error)
{
    tl_error_set(error, TL_MEMORY, "not enough memory for an engine");
    tl_engine *engine = tl_allocator_new(&options->allocator, sizeof *engine);
    if (!engine)
        return NULL;
    init_fields(engine, options);
    if (tl_wire_open(&engine->wire, &options->transport, options->max_requests, error))
        return engine;
    tl_engine_free(engine);
    return NULL;
}

bool tl_engine_is_ours(const tl_engine *engine)
{
    return engine->owner == getpid();
}

/* The child leaves alone what it shares with its parent: the timer in the descriptor, and the
 * connections. */
static void abandon(tl_engine *engine)
{
    engine->has_host = false;
    tl_wire_abandon(&engine->wire);
    for (tl_link *link = engine->requests.next; link != &engine->requests; link = link->next) {
        tl_request *request = TL_OWNER(link, tl_request, all);
        request->easy = NULL;
        request->header_list = NULL;
    }
}

void tl_engine_free(tl_engine *engine)
{
    tl_allocator allocator = engine->allocator;
    if (!tl_engine_is_ours(engine))
        abandon(engine);
    while (!tl_link_alone(&engine->requests))
        tl_course_cancel(TL_OWNER(engine->requests.next, tl_request, all));
    while (!tl_link_alone(&engine->pauses))
        tl_pause_free(TL_OWNER(engine->pauses.next, tl_pause, all));
    while (!tl_link_alone(&engine->signins))
        tl_signin_free(TL_OWNER(engine->signins.next, tl_signin, all));
    tl_wire_close(&engine->wire);
    tl_traces_free(&engine->traces, &engine->allocator);
    tl_allocator_free(&allocator, engine, sizeof *engine);
}

const tl_allocator *tl_engine_allocator(const tl_engine *engine)
{
    return &engine->allocator;
}

tl_signin *tl_engine_adopt(tl_engine *engine, tl_identity *identity, const char *token_folder)
{
    tl_signin *signin = identity ? tl_signin_new(engine, identity, token_folder) : NULL;
    if (signin)
        tl_link_insert_before(&engine->signins, &signin->all);
    return signin;
}

/* Whether something lies in one of the lists for the driver. */
static bool has_news(const tl_engine *engine)
{
    return !tl_link_alone(&engine->finished) || !tl_link_alone(&engine->fetched) ||
           !tl_link_alone(&engine->asking) || engine->deserted;
}

/* Whether the driver or the next step has something to do at once. */
static bool is_due(const tl_engine *engine)
{
    return has_news(engine) || tl_queue_is_due(&engine->queue);
}

/* Sets when the descriptor becomes readable by itself. False when the system refuses. */
static bool arm(tl_engine *engine)
{
    tl_time at = is_due(engine) ? 0 : tl_schedule_next(&engine->schedule, true);
    return !engine->has_host || tl_poller_arm(&engine->wire.poller, at);
}

/* A call that may set something going begins with this, because the time before it is no time of
 * what begins now. Not so those that drive, which call tl_schedule_resume. */
static void enter(tl_engine *engine)
{
    tl_schedule_visit(&engine->schedule, tl_now(), engine->has_host);
}

/* Such a call ends with this: a host that only looks at the descriptor must be called for what has
 * been set going. */
static void leave(tl_engine *engine)
{
    tl_course_run(engine);
    arm(engine);
}

tl_request *tl_engine_start(tl_engine *engine, const tl_request_spec *spec)
{
    const bool is_overdue = tl_wire_wants_call(&engine->wire);
    enter(engine);
    tl_request *request = tl_course_add(engine, spec);
    tl_course_run(engine);
    /* Sends it now: when a driver starts many requests, the first one would wait otherwise until
     * all are started. But where the driver is late, the sockets have to be looked at before
     * libcurl's own time limits. */
    if (!is_overdue && tl_wire_wants_call(&engine->wire))
        tl_wire_call(&engine->wire);
    arm(engine);
    return request;
}

/* Whether there is something that a host waits for, or has not taken yet. */
static bool has_work(const tl_engine *engine)
{
    return engine->in_flight > 0 || !tl_link_alone(&engine->finished);
}

/* A host that waited for nothing but what has just come to its end, and gives it nothing to take,
 * has to be told. `had_work`: what has_work gave before that end. */
static void desert(tl_engine *engine, bool had_work)
{
    if (engine->has_host && had_work && !has_work(engine))
        engine->deserted = true;
}

tl_outcome tl_engine_cancel(tl_request *request)
{
    tl_engine *engine = request->awaited.engine;
    bool had_work = has_work(engine);
    tl_outcome outcome = tl_course_cancel(request);
    desert(engine, had_work);
    leave(engine); /* another request may have its place on the wire now, or its connection */
    return outcome;
}

void tl_engine_finish_request(tl_request *request)
{
    tl_engine *engine = request->awaited.engine;
    if (request->awaited.over)
        return;
    tl_course_end(request, TL_ENDING_ABANDONED, CURLE_OK);
    leave(engine); /* see tl_engine_cancel */
}

tl_pause *tl_engine_pause(tl_engine *engine, tl_time time)
{
    enter(engine);
    tl_pause *pause = tl_pause_new(engine, time);
    leave(engine);
    return pause;
}

void tl_engine_finish_pause(tl_pause *pause)
{
    tl_engine *engine = pause->awaited.engine;
    if (pause->awaited.over)
        return;
    tl_timer_set(&engine->schedule.wall, &pause->timer, tl_now());
    arm(engine);
}

void tl_engine_end_pause(tl_pause *pause)
{
    tl_engine *engine = pause->awaited.engine;
    bool had_work = has_work(engine);
    tl_pause_free(pause);
    desert(engine, had_work);
    arm(engine);
}

size_t tl_engine_in_flight(const tl_engine *engine)
{
    size_t turns = 0;
    for (tl_link *link = engine->signins.next; link != &engine->signins; link = link->next)
        turns += tl_signin_has_turn(TL_OWNER(link, tl_signin, all));
    return engine->in_flight + turns;
}

int tl_engine_fd(tl_engine *engine)
{
    enter(engine);
    engine->has_host = true;
    return arm(engine) ? tl_poller_fd(&engine->wire.poller) : -1;
}

void tl_engine_idle(tl_engine *engine)
{
    enter(engine);
    if (engine->has_host)
        tl_poller_arm(&engine->wire.poller, TL_NEVER);
    engine->has_host = false;
    engine->deserted = false;
}

tl_time tl_engine_timeout(const tl_engine *engine)
{
    if (is_due(engine))
        return 0;
    tl_time next = tl_schedule_next(&engine->schedule, engine->has_host);
    if (next == TL_NEVER)
        return TL_NEVER;
    tl_time left = next - tl_now();
    return left > 0 ? left : 0;
}

static void collect(tl_engine *engine)
{
    CURLcode code;
    for (tl_request *request; (request = tl_wire_ended(&engine->wire, &code));)
        tl_course_end(request, TL_ENDING_TRANSFER, code);
}

/* Those whose socket the system refused to watch would wait for ever; all others go on. */
static void give_up_unwatched(tl_engine *engine)
{
    engine->wire.refused = false;
    for (tl_link *link = engine->requests.next; link != &engine->requests; link = link->next) {
        tl_request *request = TL_OWNER(link, tl_request, all);
        if (request->state == TL_REQUEST_SENT && request->unwatched)
            tl_course_end(request, TL_ENDING_UNWATCHED, CURLE_ABORTED_BY_CALLBACK);
    }
}

/* What tl_engine_block has seen may be of long ago, when the process was stopped in between. So
 * before a deadline counts the sockets are looked at anew. */
static void move(tl_engine *engine)
{
    const bool seen_before = tl_poller_has_kept(&engine->wire.poller);
    tl_wire_move(&engine->wire);
    if (seen_before && tl_schedule_next(&engine->schedule, engine->has_host) <= tl_now())
        tl_wire_move(&engine->wire);
}

void tl_engine_step(tl_engine *engine)
{
    tl_schedule_resume(&engine->schedule, tl_now(), engine->has_host);
    tl_queue_step(&engine->queue);
    engine->deserted = false; /* a host that steps will look what is left */
    bool had_work = has_work(engine);
    move(engine);
    collect(engine); /* an answer that came in time goes before a deadline that is over by now */
    tl_schedule_fire(&engine->schedule, tl_now());
    collect(engine);
    if (engine->wire.refused)
        give_up_unwatched(engine);
    tl_course_run(engine);
    /* Such as a token that nobody waits for any more: whoever steps may be another than the host.
     */
    desert(engine, had_work);
    arm(engine);
}

bool tl_engine_block(tl_engine *engine)
{
    tl_schedule_resume(&engine->schedule, tl_now(), engine->has_host);
    bool undisturbed = tl_poller_block(&engine->wire.poller, tl_engine_timeout(engine));
    tl_schedule_waited(&engine->schedule, tl_now());
    return undisturbed;
}

tl_awaited *tl_engine_finished(const tl_engine *engine)
{
    if (tl_link_alone(&engine->finished))
        return NULL;
    return TL_OWNER(engine->finished.next, tl_awaited, queue);
}

tl_awaited *tl_engine_take(tl_engine *engine)
{
    tl_awaited *awaited = tl_engine_finished(engine);
    if (!awaited)
        return NULL;
    tl_link_remove(&awaited->queue);
    arm(engine);
    return awaited;
}

void tl_engine_give_again(tl_awaited *awaited)
{
    tl_engine *engine = awaited->engine;
    if (!awaited->over)
        return;
    tl_link_remove(&awaited->queue);
    tl_link_insert_before(&engine->finished, &awaited->queue);
    arm(engine);
}

/* Those that have failed are dealt with already. */
tl_signin *tl_engine_answered(const tl_engine *engine)
{
    if (tl_link_alone(&engine->fetched))
        return NULL;
    return TL_OWNER(engine->fetched.next, tl_request, awaited.queue)->fetch_for;
}

bool tl_engine_is_asking(const tl_engine *engine)
{
    return !tl_link_alone(&engine->asking);
}

tl_signin *tl_engine_asked(tl_engine *engine)
{
    if (tl_link_alone(&engine->asking))
        return NULL;
    tl_signin *signin = TL_OWNER(engine->asking.next, tl_signin, queue);
    tl_link_remove(&signin->queue);
    arm(engine);
    return signin;
}

/* A sign-in is over, and `fetch` was its request, if it had one: whoever waited goes on. */
static void settled(tl_engine *engine, tl_request *fetch)
{
    if (fetch)
        tl_course_cancel(fetch);
    leave(engine);
}

void tl_engine_grant(tl_signin *signin, const char *token, size_t length, double life)
{
    tl_request *fetch = signin->fetch;
    enter(signin->engine);
    tl_signin_grant(signin, token, length, life);
    settled(signin->engine, fetch);
}

void tl_engine_admit(tl_signin *signin)
{
    tl_request *fetch = signin->fetch;
    enter(signin->engine);
    tl_signin_admit(signin);
    settled(signin->engine, fetch);
}

void tl_engine_refuse(tl_signin *signin, const tl_error *error, bool rest)
{
    tl_request *fetch = signin->fetch;
    enter(signin->engine);
    tl_signin_refuse(signin, error, rest);
    settled(signin->engine, fetch);
}

tl_trace *tl_engine_traced(const tl_engine *engine)
{
    return tl_traces_first(&engine->traces);
}

void tl_engine_drop_trace(tl_engine *engine)
{
    tl_traces_drop_first(&engine->traces, &engine->allocator);
}
