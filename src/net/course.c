/* One attempt of a request: how it is put on the wire, and what follows when it has ended. */
#include "base/header_block.h"
#include "net/engine_private.h"
#include "net/retry.h"

#include <errno.h>
#include <string.h>

static bool add_header(tl_request *request, const char *header)
{
    struct curl_slist *longer = curl_slist_append(request->header_list, header);
    if (longer)
        request->header_list = longer;
    return longer != NULL;
}

static bool add_lines(tl_request *request, const tl_buffer *lines)
{
    const char *line = tl_buffer_text(lines), *end = line + lines->length;
    for (; line < end; line += strlen(line) + 1) {
        if (!add_header(request, line))
            return false;
    }
    return true;
}

/* The methods that usually have content, RFC 9110 9.3 and RFC 5789. */
static bool expects_content(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
           strcmp(method, "PATCH") == 0;
}

static bool make_headers(tl_request *request, const tl_buffer *credentials)
{
    if (credentials && !add_lines(request, credentials))
        return false;
    if (request->has_body && !add_header(request, "Expect:")) /* none: it costs a round trip */
        return false;
    /* libcurl says nothing of a body that is not there, and strict gateways answer 411 to that:
     * RFC 9110 8.6. */
    if (!request->has_body && expects_content(tl_buffer_text(&request->method)) &&
        !add_header(request, "Content-Length: 0"))
        return false;
    return add_lines(request, &request->headers);
}

/* The list holds the credentials: libcurl's own copies are out of reach, this one is not. */
static void drop_headers(tl_request *request)
{
    for (struct curl_slist *item = request->header_list; item; item = item->next)
        explicit_bzero(item->data, strlen(item->data));
    curl_slist_free_all(request->header_list);
    request->header_list = NULL;
}

static void forget_answer(tl_request *request)
{
    request->looked_up = 0;
    request->sends = 0;
    request->commentary = (tl_commentary){0};
    request->unwatched = false;
    request->status = 0;
    request->sent_at = 0;
    request->retry_after = 0;
    request->outcome = TL_OUTCOME_NONE;
    request->error.kind = TL_OK;
    request->curl_text[0] = '\0';
    tl_buffer_clear(&request->answer_headers);
    tl_buffer_clear(&request->answer_body);
}

static CURLcode hand_over(tl_request *request, const tl_buffer *credentials)
{
    CURLcode code;
    tl_engine *engine = request->engine;
    CURL *easy = request->easy = tl_handle_take(engine, &code);
    if (code != CURLE_OK)
        return code;
    if (!make_headers(request, credentials))
        return CURLE_OUT_OF_MEMORY;
    code = tl_handle_set(easy, request);
    if (code != CURLE_OK)
        return code;
    return curl_multi_add_handle(engine->multi, easy) == CURLM_OK ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

void tl_attempt_send(tl_request *request, const tl_buffer *credentials)
{
    forget_answer(request);
    request->state = TL_REQUEST_SENT;
    CURLcode code = hand_over(request, credentials);
    if (code == CURLE_OK) {
        request->sent_at = tl_now();
        request->attempts++;
        return;
    }
    if (code == CURLE_OUT_OF_MEMORY)
        tl_error_set(&request->error, TL_MEMORY, "not enough memory");
    else
        tl_error_set(&request->error, TL_CONFIG, "libcurl refuses the request: %s",
                     curl_easy_strerror(code));
    tl_engine_finish(request);
}

void tl_attempt_recall(tl_request *request, bool reusable)
{
    tl_engine *engine = request->engine;
    CURL *easy = request->easy;
    if (easy) {
        if (request->sent_at != 0)
            tl_traces_note(&engine->traces, &engine->allocator, request);
        curl_multi_remove_handle(engine->multi, easy);
        request->easy = NULL;
        tl_handle_give_back(engine, easy, reusable);
    }
    drop_headers(request);
}

/* libcurl 8.12 and newer count the time in their queue as time for connecting, so that a request
 * that waited there has less of it than it should, or none. libcurl's clock and ours may differ a
 * bit: a tenth, and what a machine needs for a few steps. But when it was the system that gave up
 * connecting, for which libcurl has the same code, the time that was left says nothing. */
static bool waited_in_queue(const tl_request *request)
{
    long system_error = 0;
    curl_easy_getinfo(request->easy, CURLINFO_OS_ERRNO, &system_error);
    tl_time whole = request->engine->transport.connect_timeout;
    return system_error != ETIMEDOUT &&
           tl_outcome_connecting(request) < whole - whole / 10 - 20 * TL_MILLISECOND;
}

/* Whether what ended was no attempt: libcurl has chosen a kept connection that had ended (on_send),
 * or the time for connecting was not that. This can't go on for ever: libcurl closes such a
 * connection, and the request's deadline ends the wait in the queue. */
static bool never_began(const tl_request *request, CURLcode code)
{
    if (request->error.kind != TL_OK || request->sends > 0) /* we ended it ourselves; it went out */
        return false;
    return code == CURLE_ABORTED_BY_CALLBACK ||
           (code == CURLE_OPERATION_TIMEDOUT && waited_in_queue(request));
}

static void begin_again(tl_request *request)
{
    request->sent_at = 0; /* no trace of what was no attempt */
    tl_attempt_recall(request, false);
    request->attempts--;
    tl_signin_send(request);
}

/* Tells the identity what the API thinks of its proof. 429 and 5xx may come from something in
 * between, which has not looked at it. True when the request may go out with another proof. */
static bool judge_proof(const tl_request *request, const tl_attempt *attempt)
{
    tl_identity *identity = request->identity;
    if (!identity || attempt->code != CURLE_OK)
        return false;
    if (attempt->status == 401)
        return tl_identity_refused(identity, request->token_generation, request->replayed,
                                   attempt->now);
    if (attempt->status != 429 && attempt->status < 500)
        tl_identity_accepted(identity, request->token_generation, request->replayed);
    return false;
}

/* A handle that failed may still have a lookup's thread running. One that libcurl sent a request
 * with again by itself may remember that a stream was refused, for good: a later write that is lost
 * would pass for refused then, and go out twice. */
static bool is_reusable(const tl_request *request, CURLcode code)
{
    return code == CURLE_OK && request->sends == 1;
}

void tl_attempt_done(tl_request *request, CURLcode code)
{
    tl_engine *engine = request->engine;
    tl_attempt attempt;
    tl_time delay;
    if (never_began(request, code)) {
        begin_again(request);
        return;
    }
    if (code == CURLE_OK)
        code = tl_handle_unpack(request);
    tl_outcome_read(request, code, &attempt);
    tl_outcome_explain(request, &attempt);
    if (request->identity)
        tl_identity_observe(request->identity, request->token_generation, &request->answer_headers);
    if (code == CURLE_OK)
        tl_sockets_answered(&engine->sockets, request->easy,
                            tl_header_block_keep_alive(&request->answer_headers));
    tl_attempt_recall(request, is_reusable(request, code));
    request->outcome = tl_retry_outcome(&attempt);
    attempt.has_other_proof = judge_proof(request, &attempt);
    switch (tl_retry_judge(&attempt, &engine->random, &delay)) {
    case TL_VERDICT_AGAIN:
        request->state = TL_REQUEST_RESTING;
        tl_timer_set(&engine->timers, &request->backoff, attempt.now + delay);
        break;
    case TL_VERDICT_FRESH_TOKEN:
        request->replayed = true;
        tl_signin_send(request);
        break;
    case TL_VERDICT_FINISH:
        tl_engine_finish(request);
        break;
    }
}
