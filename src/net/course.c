#include "net/course.h"

#include "base/header_block.h"
#include "net/engine_private.h"
#include "net/handle.h"
#include "net/outcome.h"
#include "net/signin.h"

/* By the clock of the request's deadline. */
static tl_time now_for(const tl_request *request)
{
    tl_time now = tl_now();
    return request->background ? tl_schedule_driven(&request->awaited.engine->schedule, now) : now;
}

static void move_to(tl_request *request, tl_link *list)
{
    tl_link_remove(&request->awaited.queue);
    tl_link_insert_before(list, &request->awaited.queue);
}

static void rest_until(tl_request *request, tl_time at)
{
    request->state = TL_REQUEST_RESTING;
    tl_timer_set(&request->awaited.engine->schedule.wall, &request->backoff, at);
}

/* One of a sign-in goes on at once, however often it does. */
static void queue(tl_request *request, tl_rank rank)
{
    tl_link_remove(&request->awaited.queue);
    tl_queue_add(&request->awaited.engine->queue, request,
                 request->fetch_for ? TL_RANK_AT_ONCE : rank);
}

static void on_backoff(tl_timer *timer)
{
    queue(TL_OWNER(timer, tl_request, backoff), TL_RANK_AGAIN);
}

static void on_deadline(tl_timer *timer)
{
    tl_course_end(TL_OWNER(timer, tl_request, deadline), TL_ENDING_DEADLINE,
                  CURLE_OPERATION_TIMEDOUT);
}

tl_request *tl_course_add(tl_engine *engine, const tl_request_spec *spec)
{
    tl_request *request = tl_request_new(&engine->allocator, spec, on_deadline, on_backoff);
    if (!request)
        return NULL;
    tl_schedule *schedule = &engine->schedule;
    request->awaited.engine = engine;
    const tl_signin *signin = spec->signin ? spec->signin : spec->fetch_for;
    if (signin) {
        request->sought = tl_identity_sought(signin->identity);
        request->answer_headers.secret |= signin->identity->kind == TL_SESSION; /* its cookies */
    }
    request->most_attempts = engine->most_attempts;
    request->at_latest = now_for(request) + spec->timeout;
    tl_timer_set(request->background ? &schedule->driven : &schedule->wall, &request->deadline,
                 request->at_latest);
    tl_link_insert_before(&engine->requests, &request->all);
    queue(request, TL_RANK_NEW);
    engine->in_flight++;
    return request;
}

/* Takes the request out of libcurl, and notes for the trace what the attempt was like: when the
 * handle is gone its times are lost. `reusable`: see tl_wire_recall. */
static void leave_wire(tl_request *request, bool reusable)
{
    tl_engine *engine = request->awaited.engine;
    if (request->easy && request->sent_at != 0)
        tl_traces_note(&engine->traces, &engine->allocator, request);
    if (request->easy)
        tl_queue_recalled(&engine->queue, request);
    tl_wire_recall(&engine->wire, request, reusable);
}

/* Takes the request out of the timers and the list in which it waits. */
static void leave_lists(tl_request *request)
{
    tl_timer_clear(&request->deadline);
    tl_timer_clear(&request->backoff);
    tl_link_remove(&request->awaited.queue);
    if (request->state != TL_REQUEST_FINISHED)
        request->awaited.engine->in_flight--;
}

static void finish(tl_request *request)
{
    tl_engine *engine = request->awaited.engine;
    leave_lists(request);
    request->state = TL_REQUEST_FINISHED;
    request->awaited.over = true;
    move_to(request, request->fetch_for ? &engine->fetched : &engine->finished);
}

/* Puts the request on the wire. `credentials`: see tl_wire_send. */
static void put_on_wire(tl_request *request, const tl_buffer *credentials)
{
    tl_engine *engine = request->awaited.engine;
    CURLcode code = tl_wire_send(&engine->wire, request, credentials);
    request->state = TL_REQUEST_SENT;
    request->idle_before = engine->schedule.idle;
    if (request->easy)
        tl_queue_sent(&engine->queue, request);
    if (code == CURLE_OK)
        request->attempts++;
    else
        tl_course_end(request, TL_ENDING_UNSENT, code);
}

/* A request waits until its token is ripe, unless its deadline would come first: then it goes out
 * at once, because the API may accept the token all the same. */
static void send_with_proof(tl_request *request)
{
    const tl_identity *identity = request->signin->identity;
    tl_time unripe = identity->serves_from - tl_now(); /* for so long */
    if (unripe > 0 && unripe < request->at_latest - now_for(request)) {
        rest_until(request, identity->serves_from);
        return;
    }
    request->token_generation = identity->generation;
    put_on_wire(request, &identity->lines);
}

static void send_when_proven(tl_request *request)
{
    switch (tl_signin_prove(request->signin, request, tl_now())) {
    case TL_TOKEN_READY:
        send_with_proof(request);
        break;
    case TL_TOKEN_NEEDED:
        break;
    case TL_TOKEN_REFUSED:
        request->error = request->signin->identity->failure;
        tl_course_end(request, TL_ENDING_NO_PROOF, CURLE_OK);
        break;
    }
}

/* A request that has waited for a sign-in goes on with what that has come to. It does not ask for
 * another one, or it might wait for ever when each token is over as soon as it comes; but it does
 * when a 401 to another request has had the token dropped while this one was in the queue. */
static void go_on(tl_request *request)
{
    if (request->fetch_for) {
        tl_identity_fetching(request->fetch_for->identity, tl_now());
        put_on_wire(request, &request->fetch_for->identity->client);
    } else if (request->rank == TL_RANK_AT_ONCE) {
        tl_course_end(request, TL_ENDING_NO_PROOF, CURLE_OK);
    } else if (!request->signin) {
        put_on_wire(request, NULL);
    } else if (request->rank == TL_RANK_PROVEN && request->signin->identity->lines.length > 0) {
        send_with_proof(request);
    } else {
        send_when_proven(request);
    }
}

/* Sends a sign-in's own request. */
static void fetch(tl_engine *engine, tl_signin *signin)
{
    const tl_request_spec spec = tl_signin_spec(signin);
    signin->fetch = tl_course_add(engine, &spec);
    if (signin->fetch)
        return;
    tl_error error;
    tl_error_set(&error, TL_MEMORY, "not enough memory");
    tl_signin_refuse(signin, &error, false);
}

/* The request of a sign-in that came to no answer; NULL when there is none. */
static tl_request *failed_fetch(const tl_engine *engine)
{
    for (tl_link *link = engine->fetched.next; link != &engine->fetched; link = link->next) {
        tl_request *request = TL_OWNER(link, tl_request, awaited.queue);
        if (!tl_signin_has_answer(request))
            return request;
    }
    return NULL;
}

/* False when nothing was left to do. */
static bool run_once(tl_engine *engine)
{
    tl_request *failed = failed_fetch(engine);
    if (failed) {
        tl_signin_fail(failed->fetch_for);
        tl_course_cancel(failed);
    } else if (!tl_link_alone(&engine->wanting)) {
        tl_link *first = engine->wanting.next;
        tl_link_remove(first);
        fetch(engine, TL_OWNER(first, tl_signin, queue));
    } else {
        tl_request *next = tl_queue_take(&engine->queue);
        if (next)
            go_on(next);
        return next != NULL;
    }
    return true;
}

void tl_course_run(tl_engine *engine)
{
    while (run_once(engine))
        continue;
}

/* Tells the identity whether the API has accepted its proof, as far as the answer shows: not by a
 * 429 or 5xx, which may come from a gateway that has not looked at the proof. True when the request
 * may go out with another proof. */
static bool judge_proof(const tl_request *request, const tl_attempt *attempt)
{
    if (!request->signin || attempt->ending != TL_ENDING_TRANSFER || attempt->code != CURLE_OK)
        return false;
    tl_identity *identity = request->signin->identity;
    if (attempt->status == 401)
        return tl_identity_refused(identity, request->token_generation, request->replayed,
                                   tl_now());
    if (attempt->status != 429 && attempt->status < 500)
        tl_identity_accepted(identity, request->token_generation, request->replayed);
    return false;
}

/* Whether another request may use the handle. Not after a failure, when a thread may still be
 * looking up a name for it. Not when libcurl has sent the request again by itself either: such a
 * handle may go on saying that a stream was refused, so that a later write that is lost would be
 * taken for one that the server refused, and would go out twice. */
static bool is_reusable(const tl_request *request, const tl_attempt *attempt)
{
    return attempt->ending == TL_ENDING_TRANSFER && attempt->code == CURLE_OK &&
           request->sends == 1;
}

/* Reads what is to be known of an attempt while libcurl still has it, and then takes it from there.
 */
static void read_attempt(tl_request *request, tl_ending ending, CURLcode code, tl_attempt *attempt)
{
    tl_engine *engine = request->awaited.engine;
    const tl_transport *transport = &engine->wire.transport;
    if (ending == TL_ENDING_TRANSFER && code == CURLE_OK)
        code = tl_handle_unpack(request);
    tl_outcome_read(request, transport, ending, code, now_for(request), attempt);
    tl_outcome_explain(request, transport, attempt);
    request->outcome = tl_retry_outcome(attempt);
    if (request->signin && request->easy)
        tl_identity_observe(request->signin->identity, request->token_generation,
                            &request->answer_headers);
    if (ending == TL_ENDING_TRANSFER && code == CURLE_OK)
        tl_sockets_answered(&engine->wire.sockets, request->easy,
                            tl_header_block_keep_alive(&request->answer_headers));
    leave_wire(request, is_reusable(request, attempt));
}

static void begin_again(tl_request *request)
{
    request->sent_at = 0; /* so that leave_wire notes no attempt for the trace */
    request->attempts--;
    leave_wire(request, false);
    queue(request, TL_RANK_AGAIN);
}

void tl_course_end(tl_request *request, tl_ending ending, CURLcode code)
{
    tl_engine *engine = request->awaited.engine;
    tl_attempt attempt;
    tl_time delay;
    if (ending == TL_ENDING_TRANSFER &&
        tl_outcome_never_began(request, &engine->wire.transport, code,
                               engine->schedule.idle - request->idle_before)) {
        begin_again(request);
        return;
    }
    read_attempt(request, ending, code, &attempt);
    attempt.has_other_proof = judge_proof(request, &attempt);
    switch (tl_retry_judge(&attempt, &engine->random, &delay)) {
    case TL_VERDICT_AGAIN:
        rest_until(request, tl_now() + delay);
        break;
    case TL_VERDICT_FRESH_TOKEN:
        request->replayed = true;
        queue(request, TL_RANK_AGAIN);
        break;
    case TL_VERDICT_FINISH:
        finish(request);
        break;
    }
}

tl_outcome tl_course_cancel(tl_request *request)
{
    tl_engine *engine = request->awaited.engine;
    if (request->state == TL_REQUEST_SENT && request->easy) {
        tl_attempt attempt;
        read_attempt(request, TL_ENDING_ABANDONED, CURLE_OK, &attempt);
    }
    tl_outcome outcome = request->outcome;
    leave_lists(request);
    tl_link_remove(&request->all);
    tl_request_free(&engine->allocator, request);
    return outcome;
}
