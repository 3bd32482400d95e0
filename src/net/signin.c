#include "net/signin.h"

#include "net/engine_private.h"

/* RFC 6749 sets no limit. A token has some kilobytes, so that a longer answer is a mistake, and
 * would only cost memory. */
enum { MOST_TOKEN_ANSWER = 1024 * 1024 };

static void take_turn(tl_signin *signin);

static void on_turn(tl_timer *timer)
{
    take_turn(TL_OWNER(timer, tl_signin, turn));
}

tl_signin *tl_signin_new(tl_engine *engine, tl_identity *identity, const char *token_folder)
{
    const tl_allocator *allocator = &engine->allocator;
    tl_signin *signin = tl_allocator_new(allocator, sizeof *signin);
    if (!signin) {
        tl_identity_free(allocator, identity);
        return NULL;
    }
    signin->engine = engine;
    signin->identity = identity;
    tl_link_init(&signin->waiters);
    tl_link_init(&signin->all);
    tl_link_init(&signin->queue);
    tl_timer_init(&signin->turn, on_turn);
    tl_sharing_init(&signin->sharing, allocator);
    if (!token_folder || tl_sharing_open(&signin->sharing, token_folder, identity, tl_now()))
        return signin;
    tl_signin_free(signin);
    return NULL;
}

void tl_signin_free(tl_signin *signin)
{
    const tl_allocator *allocator = &signin->engine->allocator;
    tl_timer_clear(&signin->turn);
    tl_link_remove(&signin->all);
    tl_link_remove(&signin->queue);
    tl_sharing_free(&signin->sharing);
    tl_identity_free(allocator, signin->identity);
    tl_allocator_free(allocator, signin, sizeof *signin);
}

bool tl_signin_has_turn(const tl_signin *signin)
{
    return signin->turn.at != TL_NEVER;
}

tl_request_spec tl_signin_spec(tl_signin *signin)
{
    const tl_identity *identity = signin->identity;
    return (tl_request_spec){
        .method = "POST",
        .url = tl_buffer_text(&identity->url),
        .body = tl_buffer_text(&identity->form),
        .body_length = identity->form.length,
        .headers = tl_buffer_text(&identity->headers),
        .headers_length = identity->headers.length,
        .fetch_for = signin,
        .timeout = identity->timeout,
        .most_body = MOST_TOKEN_ANSWER,
        .read = true,
        .secret = true,
        .background = true,
    };
}

static void want(tl_signin *signin, tl_link *list)
{
    tl_link_remove(&signin->queue);
    tl_link_insert_before(list, &signin->queue);
}

/* The sign-in is over, and whoever waited becomes ready. When it has failed they get its error.
 * Otherwise they will go out with this proof even if its life is over by then: if they asked for
 * another one instead, tokens with a very short life would make them ask for ever. */
static void end(tl_signin *signin, bool granted)
{
    tl_timer_clear(&signin->turn);
    tl_link_remove(&signin->queue);
    signin->fetch = NULL;
    while (!tl_link_alone(&signin->waiters)) {
        tl_request *request = TL_OWNER(signin->waiters.next, tl_request, awaited.queue);
        if (!granted)
            request->error = signin->identity->failure;
        tl_link_remove(&request->awaited.queue);
        tl_queue_add(&signin->engine->queue, request, granted ? TL_RANK_PROVEN : TL_RANK_AT_ONCE);
    }
}

/* What is wrong with the token file is for the trace only: no request fails because of it. */
static void note_fault(tl_signin *signin)
{
    tl_engine *engine = signin->engine;
    const char *fault = tl_sharing_fault(&signin->sharing);
    if (fault)
        tl_traces_note_token_file(&engine->traces, &engine->allocator, fault);
}

/* For a sign-in by way of the token file: of all processes that want the same token, one fetches
 * it. */
static void take_turn(tl_signin *signin)
{
    tl_time again;
    tl_turn turn = tl_sharing_turn(&signin->sharing, signin->identity, tl_now(), &again);
    note_fault(signin);
    switch (turn) {
    case TL_TURN_TAKEN:
        end(signin, signin->identity->failure.kind == TL_OK);
        break;
    case TL_TURN_FETCH:
        want(signin, &signin->engine->wanting);
        break;
    case TL_TURN_WAIT:
        tl_timer_set(&signin->engine->schedule.wall, &signin->turn, again);
        break;
    }
}

static void begin(tl_signin *signin, tl_time now)
{
    tl_engine *engine = signin->engine;
    if (tl_sharing_is_on(&signin->sharing)) {
        if (tl_sharing_begin(&signin->sharing, signin->identity, now))
            take_turn(signin);
        return;
    }
    tl_identity_fetching(signin->identity, now);
    want(signin, signin->identity->kind == TL_ASKED ? &engine->asking : &engine->wanting);
}

tl_token_state tl_signin_prove(tl_signin *signin, tl_request *request, tl_time now)
{
    if (tl_identity_wants_fetch(signin->identity, now))
        begin(signin, now);
    tl_token_state state = tl_identity_state(signin->identity, now);
    if (state != TL_TOKEN_NEEDED)
        return state;
    if (!signin->identity->signing_in) /* it has failed already, and nobody would end the wait */
        return TL_TOKEN_REFUSED;
    request->state = TL_REQUEST_WAITING;
    request->error.kind = TL_OK; /* that of the attempt before must not pass for the sign-in's */
    tl_link_insert_before(&signin->waiters, &request->awaited.queue);
    return TL_TOKEN_NEEDED;
}

void tl_signin_grant(tl_signin *signin, const char *token, size_t length, double life)
{
    bool granted = tl_identity_grant(signin->identity, token, length, life, tl_now());
    tl_sharing_end(&signin->sharing, signin->identity, granted ? token : NULL, length);
    note_fault(signin);
    end(signin, granted);
}

void tl_signin_admit(tl_signin *signin)
{
    end(signin, tl_identity_admit(signin->identity, &signin->fetch->answer_headers, tl_now()));
}

void tl_signin_refuse(tl_signin *signin, const tl_error *error, bool rest)
{
    tl_identity_refuse(signin->identity, error, rest, tl_now());
    tl_sharing_end(&signin->sharing, signin->identity, NULL, 0);
    end(signin, false);
}

bool tl_signin_has_answer(const tl_request *fetch)
{
    return fetch->error.kind == TL_OK && fetch->status != 429 && fetch->status < 500;
}

/* After a failure that may pass, such as a lost connection, the next request tries again at once,
 * because it cannot go out without a token. While the old token still serves the endpoint is left
 * alone for a while instead: otherwise each request would start a renewal that fails as well. */
void tl_signin_fail(tl_signin *signin)
{
    const tl_request *fetch = signin->fetch;
    const tl_identity *identity = signin->identity;
    tl_error error;
    tl_error_kind kind = fetch->error.kind == TL_OK ? TL_HTTP : fetch->error.kind;
    bool serves = tl_identity_state(identity, tl_now()) == TL_TOKEN_READY;
    if (kind == TL_NETWORK && fetch->status != 0 &&
        fetch->status != TL_PROXY_AUTHENTICATION_REQUIRED)
        kind = TL_AUTH; /* the endpoint did answer, even if the answer was cut off */
    const char *url = tl_buffer_text(&identity->url), *sought = tl_identity_sought(identity);
    if (kind == TL_HTTP)
        tl_error_set(&error, kind, "no %s from %s: it answered %d", sought, url, fetch->status);
    else
        tl_error_set(&error, kind, "no %s from %s: %s", sought, url, fetch->error.message);
    error.status = fetch->status;
    error.fault = fetch->error.fault;
    tl_signin_refuse(signin, &error, serves || tl_identity_is_refusal(kind));
}
