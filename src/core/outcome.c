/* What came of an attempt, while its libcurl handle is still there: the facts that the retry table
 * goes by, and in words what went wrong. */
#include "engine_private.h"
#include "retry.h"

#include <stdio.h>
#include <string.h>

bool tl_outcome_went_out(const tl_request *request)
{
    return request->sends > 1 || request->body_sent > 0 ||
           tl_request_measure(request, CURLINFO_PRETRANSFER_TIME_T) > 0;
}

void tl_outcome_describe(const tl_request *request, char *text, size_t size)
{
    if (tl_request_measure(request, CURLINFO_PRETRANSFER_TIME_T) > 0 &&
        request->answer_headers.length > 0)
        snprintf(text, size, "after %zu bytes of the answer's body", request->answer_body.length);
    else if (tl_request_measure(request, CURLINFO_PRETRANSFER_TIME_T) > 0)
        snprintf(text, size, "waiting for the answer");
    else if (tl_request_measure(request, CURLINFO_NAMELOOKUP_TIME_T) > 0)
        snprintf(text, size, "connecting");
    else
        snprintf(text, size, "looking up the host name");
}

/* A server may name more seconds than can be counted in microseconds. */
static tl_time from_seconds(curl_off_t seconds)
{
    if (seconds <= 0)
        return 0;
    return seconds < TL_NEVER / TL_SECOND ? seconds * TL_SECOND : TL_NEVER;
}

/* Camunda's word for a write that it turned away before doing anything. */
static bool says_exhausted(const tl_buffer *body)
{
    static const char word[] = "RESOURCE_EXHAUSTED";
    return body->length > 0 && memmem(body->data, body->length, word, sizeof word - 1) != NULL;
}

void tl_outcome_read(tl_request *request, CURLcode code, tl_attempt *attempt)
{
    long status = 0;
    curl_off_t retry_after = tl_request_measure(request, CURLINFO_RETRY_AFTER);
    curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
    request->status = (int)status;
    request->retry_after = from_seconds(retry_after);
    *attempt = (tl_attempt){
        .code = code,
        .status = request->status,
        .went_out = tl_outcome_went_out(request),
        .exhausted = status == 503 && says_exhausted(&request->answer_body),
        .read = request->read,
        .attempts = request->attempts,
        .most_attempts = request->engine->most_attempts,
        .retry_after = request->retry_after,
        .now = tl_now(),
        .deadline = request->at_latest,
    };
}

/* With TLS 1.3 a server can refuse only after the handshake. Its alert (RFC 8446 6.2) may be lost
 * when we write first: all that is seen then is that a new connection ends without an answer. */
static bool ends_as_without_certificate(const tl_request *request, CURLcode code)
{
    long connections = 0;
    if ((code != CURLE_SEND_ERROR && code != CURLE_RECV_ERROR) ||
        request->answer_headers.length > 0 ||
        request->engine->transport.texts[TL_CLIENT_CERT].length > 0)
        return false;
    curl_easy_getinfo(request->easy, CURLINFO_NUM_CONNECTS, &connections);
    return connections > 0 && tl_request_measure(request, CURLINFO_APPCONNECT_TIME_T) > 0;
}

/* The verdict is OpenSSL's on the chain; libcurl compares the host name itself, and leaves
 * "unspecified" when that fails. */
static tl_certificate_fault certificate_fault(const tl_request *request, CURLcode code)
{
    enum { OPENSSL_UNSPECIFIED = 1, OPENSSL_NOT_YET_VALID = 9, OPENSSL_EXPIRED = 10 };
    long verdict = 0;
    curl_easy_getinfo(request->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &verdict);
    if (verdict == 0) /* the proxy's certificate is fine, or there is none */
        curl_easy_getinfo(request->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
    if (code == CURLE_SSL_CACERT_BADFILE) /* there is no store, or it can't be read */
        return TL_CERTIFICATE_AUTHORITY;
    if (code == CURLE_SSL_CERTPROBLEM)
        return TL_CERTIFICATE_OURS;
    if (ends_as_without_certificate(request, code))
        return TL_CERTIFICATE_WANTED;
    if (code != CURLE_PEER_FAILED_VERIFICATION)
        return TL_CERTIFICATE_FINE;
    if (verdict <= OPENSSL_UNSPECIFIED)
        return TL_CERTIFICATE_HOST;
    return verdict == OPENSSL_NOT_YET_VALID || verdict == OPENSSL_EXPIRED
               ? TL_CERTIFICATE_DATE
               : TL_CERTIFICATE_AUTHORITY;
}

static tl_error_kind kind_of(CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return TL_TIMEOUT;
    case CURLE_OUT_OF_MEMORY:
        return TL_MEMORY;
    case CURLE_SSL_CERTPROBLEM: /* what libcurl reads before it sends anything */
    case CURLE_SSL_CACERT_BADFILE:
        return TL_CONFIG;
    default:
        return TL_NETWORK;
    }
}

void tl_outcome_explain(tl_request *request, CURLcode code)
{
    const tl_transport *transport = &request->engine->transport;
    const char *proxy = tl_buffer_text(&transport->texts[TL_PROXY]);
    const char *text = request->curl_text[0] ? request->curl_text : curl_easy_strerror(code);
    if (code ==
        CURLE_SEND_FAIL_REWIND) /* libcurl's words are about what it would have liked to do */
        text = TL_ENDED_BEFORE_ANSWER;
    if (request->status == TL_PROXY_AUTHENTICATION_REQUIRED && proxy[0])
        tl_error_set(&request->error, TL_NETWORK, "the proxy %s refuses us: it answered %d", proxy,
                     request->status);
    else if (code == CURLE_OK)
        return;
    else if (tl_transport_blames_proxy(transport, request->easy, code, text))
        tl_error_set(&request->error, TL_NETWORK, "the proxy %s: %s", proxy, text);
    else if (request->error.kind == TL_OK) /* otherwise on_body or on_header has said it better */
        tl_error_set(&request->error, kind_of(code), "%s", text);
    if (request->error.certificate == TL_CERTIFICATE_FINE)
        request->error.certificate = certificate_fault(request, code);
    request->error.status = request->status;
}
