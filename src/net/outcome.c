#include "net/outcome.h"

#include "base/header_block.h"
#include "net/engine_private.h"
#include "json/number_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* How long libcurl has been looking up the host name and connecting; 0 while it lets the request
 * wait in a queue of its own: for one of max_connections, or for a connection that others are
 * making and that it may join. */
static tl_time connecting(const tl_request *request)
{
    if (request->looked_up != 0)
        return tl_now() - request->looked_up;
    /* When the address was known, for which nobody had to be asked. */
    tl_time known = tl_request_measure(request, CURLINFO_NAMELOOKUP_TIME_T);
    return known > 0 ? tl_request_measure(request, CURLINFO_TOTAL_TIME_T) - known : 0;
}

/* Whether the server says that it has not taken the request. Not believed of a server that has
 * begun to answer: it has read the request, whatever it says afterwards. */
static bool was_refused(const tl_request *request)
{
    return request->commentary.refused && request->answer_headers.length == 0;
}

/* Whether the server may have something of the request. Known from on_send in handle.c, and not
 * from libcurl's PRETRANSFER_TIME: from 8.21 on, that is set for a connection that was refused,
 * too. */
static bool went_out(const tl_request *request)
{
    return request->sends > 0 && !was_refused(request);
}

static int status_of(const tl_request *request)
{
    long status = 0;
    curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

/* A lower status is no answer: 1xx only says that one will come (RFC 9110 15.2), and some gateways
 * send 000 when the server behind them broke off. */
enum { FIRST_FINAL_STATUS = 200, FIRST_FAILURE_STATUS = 300 };

/* How far the request has come, in words. */
static void describe(const tl_request *request, char *text, size_t size)
{
    const tl_queue *queue = &request->awaited.engine->queue;
    const bool queued = request->state == TL_REQUEST_QUEUED;
    if (request->state == TL_REQUEST_WAITING)
        snprintf(text, size, "waiting for a %s", request->sought);
    else if (queued && queue->was_too_long)
        snprintf(text, size, "waiting for its turn: max_requests is %zu", queue->most);
    else if (queued && request->rank != TL_RANK_AGAIN)
        snprintf(text, size, "waiting to be sent");
    else if (request->state != TL_REQUEST_SENT)
        snprintf(text, size, "waiting for the next attempt");
    else if (went_out(request) && status_of(request) >= FIRST_FINAL_STATUS)
        snprintf(text, size, "after %zu bytes of the answer's body", request->answer_body.length);
    else if (went_out(request))
        snprintf(text, size, "waiting for the answer");
    else if (tl_request_measure(request, CURLINFO_NAMELOOKUP_TIME_T) > 0)
        snprintf(text, size, "connecting");
    else if (request->looked_up != 0)
        snprintf(text, size, "looking up the host name");
    else
        snprintf(text, size, "waiting for a free connection");
}

/* Camunda's word for a write that it turned away before doing anything. */
static bool says_exhausted(const tl_buffer *body)
{
    static const char word[] = "RESOURCE_EXHAUSTED";
    return body->length > 0 && memmem(body->data, body->length, word, sizeof word - 1) != NULL;
}

static bool has_certificate(const tl_transport *transport)
{
    return transport->texts[TL_CLIENT_CERT].length > 0;
}

/* Where libcurl has one code for two things, or another one for the same thing in other versions.
 */
static CURLcode meant_code(const tl_request *request, const tl_transport *transport, CURLcode code)
{
    if (code == CURLE_WRITE_ERROR && request->error.kind == TL_OK)
        return CURLE_BAD_CONTENT_ENCODING; /* our callbacks took it all, so libcurl has failed */
    if (code == CURLE_BAD_FUNCTION_ARGUMENT && !went_out(request) && has_certificate(transport))
        return CURLE_SSL_CERTPROBLEM; /* since 8.16, about a key that can't be used */
    return code;
}

/* Before 8.1 libcurl ends a request that a GOAWAY leaves out with this code, which it gives for
 * other reasons as well. With any other code the GOAWAY need not be the one of the request's own
 * connection: libcurl also reads those that it looks at for a second try. */
static bool was_left_out(const tl_request *request, CURLcode code)
{
    return code == CURLE_HTTP2 && request->commentary.left_out;
}

/* Whether libcurl gave up connecting although the request has had less time for that than it
 * should. There are two causes. It waited in libcurl's queue, and libcurl 8.12 and newer count that
 * as time for connecting. (libcurl gives the same code when the system itself gave up early: then
 * no time was missing, and errno is ETIMEDOUT.) Or nobody drove libcurl for some of the time, which
 * libcurl counts as well. It measures a bit differently from us, so that a tenth of the time, and
 * what a machine needs for a few steps, may be missing. */
static bool had_less_time(const tl_request *request, const tl_transport *transport, tl_time idle)
{
    tl_time whole = transport->connect_timeout, spent = connecting(request);
    tl_time enough = whole - whole / 10 - 20 * TL_MILLISECOND;
    long system_error = 0;
    curl_easy_getinfo(request->easy, CURLINFO_OS_ERRNO, &system_error);
    return spent < enough ? system_error != ETIMEDOUT : spent - idle < enough;
}

/* A request cannot begin anew for ever: libcurl closes a connection that on_send turned down, so it
 * is not chosen again, and the request's deadline ends the wait in the queue. */
bool tl_outcome_never_began(const tl_request *request, const tl_transport *transport, CURLcode code,
                            tl_time idle)
{
    if (request->error.kind != TL_OK ||
        request->sends > 0) /* a callback ended it; or it went out */
        return false;
    return code == CURLE_ABORTED_BY_CALLBACK ||
           (code == CURLE_OPERATION_TIMEDOUT && had_less_time(request, transport, idle));
}

/* What the answer says, if there is one. A success does not ask anybody to come again. */
static void read_answer(tl_request *request, tl_attempt *attempt)
{
    int status = status_of(request);
    request->status = status >= FIRST_FINAL_STATUS ? status : 0;
    if (status >= FIRST_FAILURE_STATUS)
        request->retry_after = tl_header_block_retry_after(&request->answer_headers, time(NULL));
    attempt->status = request->status;
    attempt->retry_after = request->retry_after;
    attempt->exhausted = status == 503 && says_exhausted(&request->answer_body);
}

/* Only a request on the wire is asked for its answer: otherwise its fields, status and what went
 * out included, are those of the attempt before, which is judged already. */
void tl_outcome_read(tl_request *request, const tl_transport *transport, tl_ending ending,
                     CURLcode code, tl_time now, tl_attempt *attempt)
{
    *attempt = (tl_attempt){
        .ending = ending,
        .code = code,
        .read = request->read,
        .attempts = request->attempts,
        .most_attempts = request->most_attempts,
        .now = now,
        .deadline = request->at_latest,
    };
    if (request->state != TL_REQUEST_SENT || ending == TL_ENDING_UNSENT)
        return;
    if (was_left_out(request, code))
        request->commentary.refused = true;
    attempt->code = meant_code(request, transport, code);
    attempt->went_out = went_out(request);
    read_answer(request, attempt);
}

/* The server asked for a certificate, there is none to show, and the connection came to nothing.
 * With TLS 1.3 a server can refuse only after the handshake, and its alert (RFC 8446 6.2) may be
 * lost when we write first: then the connection just ends. */
static bool lacks_certificate(const tl_request *request, const tl_transport *transport,
                              CURLcode code)
{
    if (has_certificate(transport) || request->answer_headers.length > 0)
        return false;
    return code == CURLE_SSL_CLIENTCERT || (request->commentary.certificate_asked &&
                                            (code == CURLE_SSL_CONNECT_ERROR ||
                                             code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR));
}

/* Where the server's certificate is refused. The verdict is OpenSSL's on the chain; libcurl
 * compares the host name itself, and leaves "unspecified" when that fails. */
static tl_fault verification_fault(const tl_request *request)
{
    enum { OPENSSL_UNSPECIFIED = 1, OPENSSL_NOT_YET_VALID = 9, OPENSSL_EXPIRED = 10 };
    long verdict = 0;
    curl_easy_getinfo(request->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &verdict);
    if (verdict == 0) /* the proxy's certificate is fine, or there is none */
        curl_easy_getinfo(request->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
    if (verdict <= OPENSSL_UNSPECIFIED)
        return TL_FAULT_WRONG_HOST;
    return verdict == OPENSSL_NOT_YET_VALID || verdict == OPENSSL_EXPIRED ? TL_FAULT_EXPIRED
                                                                          : TL_FAULT_UNTRUSTED;
}

/* A proxy's certificate is at fault as a server's is. */
static tl_fault fault_of(const tl_request *request, const tl_transport *transport, CURLcode code,
                         bool by_proxy)
{
    if (lacks_certificate(request, transport, code))
        return TL_FAULT_OURS_WANTED;
    if (request->commentary.no_tls)
        return TL_FAULT_NO_TLS;
    switch (code) {
    case CURLE_SSL_CACERT_BADFILE: /* there is no store, or it can't be read */
        return TL_FAULT_UNTRUSTED;
    case CURLE_SSL_CERTPROBLEM:
        return TL_FAULT_OURS;
    case CURLE_PEER_FAILED_VERIFICATION:
        return verification_fault(request);
    case CURLE_COULDNT_RESOLVE_HOST:
        return by_proxy ? TL_FAULT_PROXY : TL_FAULT_UNKNOWN_HOST;
    case CURLE_COULDNT_CONNECT:
        return by_proxy ? TL_FAULT_PROXY : TL_FAULT_UNREACHABLE;
    default:
        return by_proxy ? TL_FAULT_PROXY : TL_FAULT_NONE;
    }
}

/* What libcurl says, but where its words are about something else than what has happened. */
static const char *text_of(const tl_request *request, const tl_attempt *attempt)
{
    if (was_refused(request))
        return "the server refused the request's HTTP/2 stream and did nothing with it";
    if (request->commentary.no_tls)
        return "the server speaks no TLS there, but plain HTTP: check whether the URL is to begin "
               "with http://";
    if (tl_retry_kind(attempt) == TL_MEMORY)
        return "not enough memory";
    if (tl_retry_kind(attempt) == TL_LIMIT)
        return "a header line of the answer is longer than libcurl takes (100 KiB), or it got no "
               "memory for it";
    switch (attempt->code) {
    case CURLE_SEND_FAIL_REWIND: /* libcurl wanted to send it again, which was not to be */
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_GOT_NOTHING:
        return "the connection ended before an answer came";
    default:
        return request->curl_text[0] ? request->curl_text : curl_easy_strerror(attempt->code);
    }
}

/* To the millisecond, since a call of several requests gives each what is left. As %g does, but
 * with a point in every locale. */
static void write_seconds(tl_time time, char out[TL_NUMBER_LONGEST + 1])
{
    if (time > TL_MILLISECOND)
        time = (time + TL_MILLISECOND / 2) / TL_MILLISECOND * TL_MILLISECOND;
    size_t length = time % TL_SECOND == 0
                        ? tl_number_write_integer(out, time / TL_SECOND)
                        : tl_number_write_real(out, (double)time / (double)TL_SECOND);
    out[length] = '\0';
}

static void explain_deadline(tl_request *request, tl_error_kind kind)
{
    char seconds[TL_NUMBER_LONGEST + 1], where[TL_MESSAGE_SIZE / 2];
    describe(request, where, sizeof where);
    write_seconds(request->timeout, seconds);
    tl_error_set(&request->error, kind, "no answer within %s s: %s", seconds, where);
}

static void explain_transfer(tl_request *request, const tl_transport *transport,
                             const tl_attempt *attempt)
{
    const char *proxy = tl_buffer_text(&transport->texts[TL_PROXY]);
    const char *text = text_of(request, attempt);
    tl_error_kind kind = tl_retry_kind(attempt);
    bool by_proxy = request->status == TL_PROXY_AUTHENTICATION_REQUIRED && proxy[0];
    if (by_proxy)
        tl_error_set(&request->error, TL_NETWORK, "the proxy %s refuses us: it answered %d", proxy,
                     request->status);
    else if (kind == TL_OK)
        return;
    else if (request->error.kind != TL_OK)
        ; /* stays what the callback has said that ended the attempt: libcurl says only that one did
           */
    else if (attempt->code == CURLE_OK)
        tl_error_set(&request->error, kind, "the server answered %03d, which is no final status",
                     status_of(request));
    else if ((by_proxy = tl_transport_blames_proxy(transport, request->easy, attempt->code, text)))
        tl_error_set(&request->error, TL_NETWORK, "the proxy %s: %s", proxy, text);
    else
        tl_error_set(&request->error, kind, "%s", text);
    if (request->error.fault == TL_FAULT_NONE)
        request->error.fault = fault_of(request, transport, attempt->code, by_proxy);
}

static void explain_unsent(tl_request *request, const tl_attempt *attempt, tl_error_kind kind)
{
    if (kind == TL_MEMORY)
        tl_error_set(&request->error, kind, "not enough memory");
    else
        tl_error_set(&request->error, kind, "libcurl refuses the request: %s",
                     curl_easy_strerror(attempt->code));
}

void tl_outcome_explain(tl_request *request, const tl_transport *transport,
                        const tl_attempt *attempt)
{
    const tl_error_kind kind = tl_retry_kind(attempt);
    switch (attempt->ending) {
    case TL_ENDING_TRANSFER:
        explain_transfer(request, transport, attempt);
        break;
    case TL_ENDING_DEADLINE:
        explain_deadline(request, kind);
        break;
    case TL_ENDING_UNWATCHED:
        tl_error_set(&request->error, kind, "the system refuses to watch a socket");
        break;
    case TL_ENDING_UNSENT:
        explain_unsent(request, attempt, kind);
        break;
    case TL_ENDING_NO_PROOF: /* the error is the sign-in's */
        return;
    case TL_ENDING_ABANDONED: /* nobody but the trace will show it */
        tl_error_set(&request->error, kind, "given up");
        break;
    }
    if (request->error.kind != TL_OK)
        request->error.status = attempt->status;
}
