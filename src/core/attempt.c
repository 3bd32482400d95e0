/* One attempt of a request on the wire: the libcurl handle, its callbacks, and what came of it. */
#include "engine_private.h"
#include "retry.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static size_t refuse_answer(tl_request *request, tl_buffer_status status, const char *what,
                            size_t limit)
{
    if (status == TL_BUFFER_FULL)
        tl_error_set(&request->error, TL_LIMIT, "the answer's %s is larger than %zu bytes", what,
                     limit);
    else
        tl_error_set(&request->error, TL_MEMORY, "not enough memory");
    return CURL_WRITEFUNC_ERROR;
}

/* The length that the server announced is a hint only: a compressed body is longer. */
static void expect_body(tl_request *request)
{
    curl_off_t announced = 0;
    curl_easy_getinfo(request->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced > 0)
        tl_buffer_expect(&request->answer_body, (size_t)announced);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    tl_request *request = context;
    tl_buffer *body = &request->answer_body;
    if (body->length == 0)
        expect_body(request);
    tl_buffer_status status = tl_buffer_append(body, bytes, size * count);
    return status == TL_BUFFER_OK ? size * count
                                  : refuse_answer(request, status, "body", body->limit);
}

/* One header line a call. An interim answer (100, 103) or a proxy's comes before the real one, and
 * a status line starts each. */
static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    tl_request *request = context;
    tl_buffer *headers = &request->answer_headers;
    if (size * count >= 5 && memcmp(line, "HTTP/", 5) == 0)
        tl_buffer_clear(headers);
    tl_buffer_status status = tl_buffer_append(headers, line, size * count);
    return status == TL_BUFFER_OK ? size * count
                                  : refuse_answer(request, status, "header", headers->limit);
}

static size_t on_read(char *to, size_t size, size_t count, void *context)
{
    tl_request *request = context;
    size_t left = request->body.length - request->body_sent;
    size_t taken = left < size * count ? left : size * count;
    memcpy(to, request->body.data + request->body_sent, taken);
    request->body_sent += taken;
    return taken;
}

/* libcurl sends again by itself when a kept connection ends without an answer. What it can't rewind
 * it doesn't, but a write without a body needs no rewinding, nor does one whose connection ended
 * between its headers and its body: so a write goes out once, whatever libcurl thinks of it, and
 * without retries a read as well. */
static int on_send(void *context, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    tl_request *request = context;
    bool again = request->read && request->engine->most_attempts > 1;
    if (request->sends++ == 0 || again)
        return CURL_PREREQFUNC_OK;
    tl_error_set(&request->error, TL_NETWORK, "the connection ended before an answer came");
    return CURL_PREREQFUNC_ABORT;
}

/* For libcurl 0 means its own default of five minutes, and more than an int is an error. */
static long connect_milliseconds(const tl_engine *engine)
{
    tl_time milliseconds = (engine->connect_timeout - 1) / TL_MILLISECOND + 1;
    return milliseconds < INT_MAX ? (long)milliseconds : INT_MAX;
}

/* What is the same for every request. Beside it libcurl reads the proxy variables and the
 * certificate store. */
static CURL *new_handle(tl_engine *engine)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* no waiting for a name lookup's thread */
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, tl_buffer_text(&engine->user_agent));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_milliseconds(engine));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, tl_buffer_text(&engine->no_proxy));
    if (engine->ca_file.length > 0) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, tl_buffer_text(&engine->ca_file));
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); /* instead of the system's, not beside them */
    }
    tl_sockets_install(&engine->sockets, easy);
    return easy;
}

static CURL *take_handle(tl_engine *engine)
{
    return engine->idle_count > 0 ? engine->idle[--engine->idle_count] : new_handle(engine);
}

/* libcurl resends what it can rewind when a kept connection turns out to be dead. So a read's body
 * is handed over whole, and a write's comes from on_read, with no way back. */
static CURLcode set_body(tl_request *request, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
    request->body_sent = 0;
    curl_easy_setopt(easy, CURLOPT_READDATA, request);
    return curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                            request->read ? tl_buffer_text(&request->body) : NULL);
}

static CURLcode set_request(tl_request *request, CURL *easy)
{
    const char *method = tl_buffer_text(&request->method), *url = tl_buffer_text(&request->url);
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L); /* undoes what the handle did before */
    if (request->has_body)
        set_body(request, easy);
    curl_easy_setopt(easy, CURLOPT_NOBODY, strcmp(method, "HEAD") == 0 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, request);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->curl_text);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request->header_list);
    /* Join an HTTP/2 connection that is being made. Without TLS it would be wrong: libcurl learns
     * only from the first answer that there is none, and lets all others wait for it. */
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, strncasecmp(url, "https:", 6) == 0 ? 1L : 0L);
    CURLcode code = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    return code ? code : curl_easy_setopt(easy, CURLOPT_URL, url);
}

static bool add_header(tl_request *request, const char *header)
{
    struct curl_slist *longer = curl_slist_append(request->header_list, header);
    if (longer)
        request->header_list = longer;
    return longer != NULL;
}

static bool make_headers(tl_request *request, const char *authorization)
{
    if (authorization && !add_header(request, authorization))
        return false;
    if (request->has_body && !add_header(request, "Expect:")) /* none: it costs a round trip */
        return false;
    const char *line = tl_buffer_text(&request->headers), *end = line + request->headers.length;
    for (; line < end; line += strlen(line) + 1) {
        if (!add_header(request, line))
            return false;
    }
    return true;
}

/* The list holds the token: libcurl's own copies are out of reach, this one is not. */
static void drop_headers(tl_request *request)
{
    for (struct curl_slist *item = request->header_list; item; item = item->next)
        explicit_bzero(item->data, strlen(item->data));
    curl_slist_free_all(request->header_list);
    request->header_list = NULL;
}

static void forget_answer(tl_request *request)
{
    request->sends = 0;
    request->status = 0;
    request->retry_after = 0;
    request->outcome = TL_OUTCOME_NONE;
    request->error.kind = TL_OK;
    request->curl_text[0] = '\0';
    tl_buffer_clear(&request->answer_headers);
    tl_buffer_clear(&request->answer_body);
}

void tl_attempt_send(tl_request *request, const char *authorization)
{
    tl_engine *engine = request->engine;
    forget_answer(request);
    CURL *easy = take_handle(engine);
    request->easy = easy;
    request->state = TL_REQUEST_SENT;
    if (easy && make_headers(request, authorization) && set_request(request, easy) == CURLE_OK &&
        curl_multi_add_handle(engine->multi, easy) == CURLM_OK) {
        request->attempts++;
        return;
    }
    tl_error_set(&request->error, TL_MEMORY, "not enough memory");
    tl_engine_finish(request);
}

void tl_attempt_recall(tl_request *request, bool reusable)
{
    tl_engine *engine = request->engine;
    CURL *easy = request->easy;
    if (easy) {
        curl_multi_remove_handle(engine->multi, easy);
        request->easy = NULL;
        if (reusable && engine->idle_count < TL_IDLE_HANDLES) {
            curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
            curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
            engine->idle[engine->idle_count++] = easy;
        } else {
            curl_easy_cleanup(easy);
        }
    }
    drop_headers(request);
}

static curl_off_t number(const tl_request *request, CURLINFO info)
{
    curl_off_t value = 0;
    curl_easy_getinfo(request->easy, info, &value);
    return value;
}

bool tl_attempt_went_out(const tl_request *request)
{
    return request->sends > 1 || request->body_sent > 0 ||
           number(request, CURLINFO_PRETRANSFER_TIME_T) > 0;
}

void tl_attempt_describe(const tl_request *request, char *text, size_t size)
{
    if (number(request, CURLINFO_PRETRANSFER_TIME_T) > 0 && request->answer_headers.length > 0)
        snprintf(text, size, "after %zu bytes of the answer's body", request->answer_body.length);
    else if (number(request, CURLINFO_PRETRANSFER_TIME_T) > 0)
        snprintf(text, size, "waiting for the answer");
    else if (number(request, CURLINFO_NAMELOOKUP_TIME_T) > 0)
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

static void read_outcome(tl_request *request, CURLcode code, tl_attempt *attempt)
{
    long status = 0;
    curl_off_t retry_after = number(request, CURLINFO_RETRY_AFTER);
    curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
    request->status = (int)status;
    request->retry_after = from_seconds(retry_after);
    *attempt = (tl_attempt){
        .code = code,
        .status = request->status,
        .went_out = tl_attempt_went_out(request),
        .exhausted = status == 503 && says_exhausted(&request->answer_body),
        .read = request->read,
        .attempts = request->attempts,
        .most_attempts = request->engine->most_attempts,
        .replayed = request->replayed,
        .renewable = request->identity != NULL,
        .retry_after = request->retry_after,
        .now = tl_now(),
        .deadline = request->at_latest,
    };
}

/* The verdict is OpenSSL's on the chain; libcurl compares the host name itself, and leaves
 * "unspecified" when that fails. */
static tl_certificate_fault certificate_fault(const tl_request *request, CURLcode code)
{
    enum { OPENSSL_UNSPECIFIED = 1, OPENSSL_NOT_YET_VALID = 9, OPENSSL_EXPIRED = 10 };
    long verdict = 0;
    curl_easy_getinfo(request->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
    if (code == CURLE_SSL_CACERT_BADFILE) /* there is no store, or it can't be read */
        return TL_CERTIFICATE_AUTHORITY;
    if (code != CURLE_PEER_FAILED_VERIFICATION)
        return TL_CERTIFICATE_FINE;
    if (verdict <= OPENSSL_UNSPECIFIED)
        return TL_CERTIFICATE_HOST;
    return verdict == OPENSSL_NOT_YET_VALID || verdict == OPENSSL_EXPIRED
               ? TL_CERTIFICATE_DATE
               : TL_CERTIFICATE_AUTHORITY;
}

static void set_failure(tl_request *request, CURLcode code)
{
    if (code == CURLE_OK)
        return;
    if (request->error.kind == TL_OK) { /* otherwise on_body or on_header has said it better */
        const char *text = request->curl_text[0] ? request->curl_text : curl_easy_strerror(code);
        tl_error_kind kind = code == CURLE_OPERATION_TIMEDOUT ? TL_TIMEOUT
                             : code == CURLE_OUT_OF_MEMORY    ? TL_MEMORY
                                                              : TL_NETWORK;
        tl_error_set(&request->error, kind, "%s", text);
        request->error.certificate = certificate_fault(request, code);
    }
    request->error.status = request->status;
}

void tl_attempt_done(tl_request *request, CURLcode code)
{
    tl_engine *engine = request->engine;
    tl_attempt attempt;
    tl_time delay;
    read_outcome(request, code, &attempt);
    set_failure(request, code);
    tl_attempt_recall(request, code == CURLE_OK); /* a failed lookup's thread may still run */
    request->outcome = tl_retry_outcome(&attempt);
    if (attempt.code == CURLE_OK && attempt.status == 401 && request->identity &&
        !request->replayed)
        tl_identity_drop(request->identity, request->token_generation);
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
