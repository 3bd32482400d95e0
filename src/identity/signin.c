/* How requests come to what proves who they are from: who waits for it, who fetches it, what
 * follows from the endpoint's answer. The rules are identity.c's. */
#include "net/engine_private.h"

/* RFC 6749 sets no size; no token endpoint needs a mebibyte. */
enum { MOST_TOKEN_ANSWER = 1024 * 1024 };

bool tl_signin_fetch(tl_identity *identity)
{
    tl_request_spec spec = {
        .method = "POST",
        .url = tl_buffer_text(&identity->url),
        .body = tl_buffer_text(&identity->form),
        .body_length = identity->form.length,
        .headers = tl_buffer_text(&identity->headers),
        .headers_length = identity->headers.length,
        .fetch_for = identity,
        .timeout = identity->timeout,
        .most_body = MOST_TOKEN_ANSWER,
        .read = true,
        .secret = true,
        .background = true,
    };
    return tl_engine_start(identity->engine, &spec) != NULL;
}

static void start_sign_in(tl_engine *engine, tl_identity *identity)
{
    if (identity->kind == TL_ASKED) {
        tl_identity_fetching(identity, NULL, tl_now());
        tl_link_insert_before(&engine->asking, &identity->queue);
    } else if (tl_token_store_is_on(&identity->store)) {
        tl_sharing_begin(identity);
    } else {
        tl_signin_fetch(identity); /* no memory: nobody signs in */
    }
}

/* A request without the time to wait until its token is ripe goes out at once: the token may be
 * good all the same. */
static void send_with_proof(tl_request *request)
{
    const tl_identity *identity = request->identity;
    if (tl_now() < identity->serves_from && identity->serves_from < request->at_latest) {
        request->state = TL_REQUEST_RESTING;
        tl_timer_set(&request->engine->timers, &request->backoff, identity->serves_from);
        return;
    }
    request->token_generation = identity->generation;
    tl_attempt_send(request, &identity->lines);
}

void tl_signin_send(tl_request *request)
{
    tl_identity *identity = request->identity;
    tl_time now = tl_now();
    if (!identity) {
        if (request->fetch_for)
            tl_identity_fetching(request->fetch_for, request, now);
        tl_attempt_send(request, request->fetch_for ? &request->fetch_for->client : NULL);
        return;
    }
    if (tl_identity_wants_fetch(identity, now))
        start_sign_in(request->engine, identity);
    switch (tl_identity_state(identity, now)) {
    case TL_TOKEN_READY:
        send_with_proof(request);
        break;
    case TL_TOKEN_NEEDED:
        request->state = TL_REQUEST_WAITING;
        tl_link_insert_before(&identity->waiters, &request->queue);
        if (identity->signing_in)
            break; /* otherwise nobody would end the wait */
        tl_error_set(&request->error, TL_MEMORY, "not enough memory");
        tl_engine_finish(request);
        break;
    case TL_TOKEN_REFUSED:
        request->error = identity->failure;
        tl_engine_finish(request);
        break;
    }
}

/* Those who wait now, and not those who start to wait while we look. */
static void take_waiters(tl_identity *identity, tl_link *waiters)
{
    tl_link_init(waiters);
    while (!tl_link_alone(&identity->waiters)) {
        tl_link *link = identity->waiters.next;
        tl_link_remove(link);
        tl_link_insert_before(waiters, link);
    }
}

static tl_request *next_waiter(tl_link *waiters)
{
    if (tl_link_alone(waiters))
        return NULL;
    tl_request *request = TL_OWNER(waiters->next, tl_request, queue);
    tl_link_remove(&request->queue);
    return request;
}

static void fail_waiters(tl_identity *identity)
{
    tl_link waiters;
    take_waiters(identity, &waiters);
    for (tl_request *request; (request = next_waiter(&waiters));) {
        request->error = identity->failure;
        tl_engine_finish(request);
    }
}

/* Who waited goes out with its proof even if that is over by now: the server will say so, and
 * nobody asks for ever for what lives too briefly. */
void tl_signin_end(tl_identity *identity, tl_request *fetch, bool granted)
{
    tl_link waiters;
    if (fetch)
        tl_engine_cancel(fetch);
    if (!granted)
        fail_waiters(identity);
    take_waiters(identity, &waiters);
    for (tl_request *request; (request = next_waiter(&waiters));)
        send_with_proof(request);
    tl_engine_changed(identity->engine);
}

void tl_engine_grant(tl_identity *identity, const char *token, size_t length, double life)
{
    tl_request *fetch = identity->fetch;
    bool granted = tl_identity_grant(identity, token, length, life, tl_now());
    tl_sharing_end(identity, granted ? token : NULL, length);
    tl_signin_end(identity, fetch, granted);
}

void tl_engine_admit(tl_identity *identity)
{
    tl_request *fetch = identity->fetch;
    tl_signin_end(identity, fetch, tl_identity_admit(identity, &fetch->answer_headers, tl_now()));
}

void tl_engine_refuse(tl_identity *identity, const tl_error *error, bool rest)
{
    tl_request *fetch = identity->fetch;
    tl_identity_refuse(identity, error, rest, tl_now());
    tl_sharing_end(identity, NULL, 0);
    tl_signin_end(identity, fetch, false);
}

/* A failure that may pass is no reason to rest, but while the old token still serves. */
static void fetch_failed(tl_request *fetch)
{
    tl_identity *identity = fetch->fetch_for;
    tl_error error;
    tl_error_kind kind = fetch->error.kind == TL_OK ? TL_HTTP : fetch->error.kind;
    bool serves = tl_identity_state(identity, tl_now()) == TL_TOKEN_READY;
    if (kind == TL_NETWORK && fetch->status != 0 &&
        fetch->status != TL_PROXY_AUTHENTICATION_REQUIRED)
        kind = TL_AUTH; /* it answered, if not to the end */
    const char *url = tl_buffer_text(&identity->url), *sought = tl_identity_sought(identity);
    if (kind == TL_HTTP)
        tl_error_set(&error, kind, "no %s from %s: it answered %d", sought, url, fetch->status);
    else
        tl_error_set(&error, kind, "no %s from %s: %s", sought, url, fetch->error.message);
    error.status = fetch->status;
    error.certificate = fetch->error.certificate;
    tl_engine_refuse(identity, &error, serves || tl_identity_is_refusal(kind));
}

/* Every other answer is one for the decoder: a success, or a refusal. */
static bool is_failure(const tl_request *fetch)
{
    return fetch->error.kind != TL_OK || fetch->status == 429 || fetch->status >= 500;
}

static tl_request *first_fetched(tl_engine *engine, bool answered)
{
    for (tl_link *link = engine->fetched.next; link != &engine->fetched; link = link->next) {
        tl_request *fetch = TL_OWNER(link, tl_request, queue);
        if (is_failure(fetch) != answered)
            return fetch;
    }
    return NULL;
}

void tl_signin_settle(tl_engine *engine)
{
    for (tl_request *fetch; (fetch = first_fetched(engine, false));)
        fetch_failed(fetch);
}

tl_identity *tl_engine_answered(tl_engine *engine)
{
    tl_request *fetch = first_fetched(engine, true);
    return fetch ? fetch->fetch_for : NULL;
}

tl_identity *tl_engine_asked(tl_engine *engine)
{
    if (tl_link_alone(&engine->asking))
        return NULL;
    tl_identity *identity = TL_OWNER(engine->asking.next, tl_identity, queue);
    tl_link_remove(&identity->queue);
    return identity;
}

bool tl_engine_is_asking(const tl_engine *engine)
{
    return !tl_link_alone(&engine->asking);
}
