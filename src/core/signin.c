/* How requests come to their token: who waits for one, who fetches it, what follows from the
 * endpoint's answer. The rules are identity.c's. */
#include "engine_private.h"

/* RFC 6749 sets no size; no token endpoint needs a mebibyte. */
enum { MOST_TOKEN_ANSWER = 1024 * 1024 };

static void start_fetch(tl_engine *engine, tl_identity *identity)
{
    static const char headers[] = "Accept: application/json\0"
                                  "Content-Type: application/x-www-form-urlencoded";
    tl_request_spec spec = {
        .method = "POST",
        .url = tl_buffer_text(&identity->url),
        .body = tl_buffer_text(&identity->form),
        .body_length = identity->form.length,
        .headers = headers,
        .headers_length = sizeof headers,
        .fetch_for = identity,
        .timeout = identity->timeout,
        .most_body = MOST_TOKEN_ANSWER,
        .read = true,
        .secret = true,
        .background = true,
    };
    tl_engine_start(engine, &spec); /* no memory: identity->fetch stays NULL */
}

void tl_signin_send(tl_request *request)
{
    tl_identity *identity = request->identity;
    if (!identity) {
        if (request->fetch_for)
            tl_identity_fetching(request->fetch_for, request, tl_now());
        tl_attempt_send(request, NULL);
        return;
    }
    tl_time now = tl_now();
    if (tl_identity_wants_fetch(identity, now))
        start_fetch(request->engine, identity);
    switch (tl_identity_state(identity, now)) {
    case TL_TOKEN_READY:
        request->token_generation = identity->generation;
        tl_attempt_send(request, tl_buffer_text(&identity->header));
        break;
    case TL_TOKEN_NEEDED:
        request->state = TL_REQUEST_WAITING;
        tl_link_insert_before(&identity->waiters, &request->queue);
        if (identity->fetch)
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

void tl_engine_grant(tl_identity *identity, const char *token, size_t length, tl_time life)
{
    tl_link waiters;
    tl_request *fetch = identity->fetch;
    bool granted = tl_identity_grant(identity, token, length, life, tl_now());
    tl_engine *engine = fetch->engine;
    tl_engine_cancel(fetch);
    if (!granted)
        fail_waiters(identity);
    take_waiters(identity, &waiters);
    for (tl_request *request; (request = next_waiter(&waiters));)
        tl_signin_send(request);
    tl_engine_changed(engine);
}

void tl_engine_refuse(tl_identity *identity, const tl_error *error, bool rest)
{
    tl_request *fetch = identity->fetch;
    tl_engine *engine = fetch->engine;
    tl_identity_refuse(identity, error, rest, tl_now());
    tl_engine_cancel(fetch);
    fail_waiters(identity);
    tl_engine_changed(engine);
}

/* A failure that may pass is no reason to rest, but while the old token still serves. */
static void fetch_failed(tl_request *fetch)
{
    tl_identity *identity = fetch->fetch_for;
    tl_error error;
    tl_error_kind kind = fetch->error.kind == TL_OK ? TL_HTTP : fetch->error.kind;
    bool serves = tl_identity_state(identity, tl_now()) == TL_TOKEN_READY;
    if (kind == TL_NETWORK && fetch->status != 0)
        kind = TL_AUTH; /* it answered, if not to the end */
    const char *url = tl_buffer_text(&identity->url);
    if (kind == TL_HTTP)
        tl_error_set(&error, kind, "no token from %s: it answered %d", url, fetch->status);
    else
        tl_error_set(&error, kind, "no token from %s: %s", url, fetch->error.message);
    error.status = fetch->status;
    error.certificate = fetch->error.certificate;
    tl_engine_refuse(identity, &error, serves || kind == TL_AUTH);
}

/* Every other answer is one for the decoder: a token, or a refusal. */
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
