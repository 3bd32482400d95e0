/* One attempt of a request on the wire: the libcurl handle and its callbacks, and what follows. */
#include "engine_private.h"
#include "header_block.h"
#include "retry.h"

#include <string.h>

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

/* One header line a call. */
static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    tl_request *request = context;
    tl_buffer *headers = &request->answer_headers;
    tl_buffer_status status = tl_header_block_add(headers, line, size * count);
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

/* Called before libcurl sends the request, and again before it sends it again by itself. A write
 * passes once, whatever libcurl thinks of it, and so does a read without retries. */
static int on_send(void *context, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip, (void)local_ip, (void)port;
    tl_request *request = context;
    if (request->sends == 0 && tl_sockets_ended(&request->engine->sockets, local_port))
        return CURL_PREREQFUNC_ABORT; /* nothing of it went out: see never_began */
    bool again = request->read && request->engine->most_attempts > 1;
    if (request->sends > 0 && !again)
        return CURL_PREREQFUNC_ABORT;
    request->sends++;
    request->commentary.refused = false;
    return CURL_PREREQFUNC_OK;
}

static int on_lookup(void *resolver, void *reserved, void *context)
{
    (void)resolver, (void)reserved;
    tl_request *request = context;
    request->looked_up = true;
    return 0;
}

/* libcurl keeps four connections for each handle that it has at the moment, so that it closes most
 * of them as a burst ends: it is told the most there were. */
static void count_handle(tl_engine *engine)
{
    if (++engine->handles <= engine->most_handles)
        return;
    engine->most_handles = engine->handles;
    curl_multi_setopt(engine->multi, CURLMOPT_MAXCONNECTS, 4 * engine->most_handles);
}

/* NULL with `code` set when libcurl refuses a setting. */
static CURL *new_handle(tl_engine *engine, CURLcode *code)
{
    CURL *easy = curl_easy_init();
    *code = easy ? tl_transport_apply(&engine->transport, easy) : CURLE_OUT_OF_MEMORY;
    const struct {
        CURLoption option;
        curl_write_callback function;
    } functions[] = {
        {CURLOPT_WRITEFUNCTION, on_body},
        {CURLOPT_HEADERFUNCTION, on_header},
        {CURLOPT_READFUNCTION, on_read},
    };
    for (size_t i = 0; *code == CURLE_OK && i < sizeof functions / sizeof *functions; i++)
        *code = curl_easy_setopt(easy, functions[i].option, functions[i].function);
    if (*code == CURLE_OK)
        *code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    if (*code == CURLE_OK)
        *code = curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, on_lookup);
    if (*code == CURLE_OK)
        *code = tl_sockets_install(&engine->sockets, easy);
    if (*code == CURLE_OK) {
        count_handle(engine);
        return easy;
    }
    curl_easy_cleanup(easy);
    return NULL;
}

static void free_handle(tl_engine *engine, CURL *easy)
{
    engine->handles--;
    curl_easy_cleanup(easy);
}

static CURL *take_handle(tl_engine *engine, CURLcode *code)
{
    *code = CURLE_OK;
    return engine->idle_count > 0 ? engine->idle[--engine->idle_count] : new_handle(engine, code);
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

/* A request to a kept connection that ends without an answer is sent again by libcurl, unless it is
 * one of RTSP's RECEIVE; for that it looks at this option alone, HTTP or not. So a write is none
 * that libcurl sends again for a connection's sake, but still one for a refused stream's, and that
 * is how the two can be told apart. A libcurl without RTSP has no such option: a refused write is
 * then as unknown as a lost one. */
static void set_resending(const tl_request *request, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_RTSP_REQUEST,
                     request->read ? CURL_RTSPREQ_OPTIONS : CURL_RTSPREQ_RECEIVE);
}

static CURLcode set_request(tl_request *request, CURL *easy)
{
    const char *method = tl_buffer_text(&request->method), *url = tl_buffer_text(&request->url);
    bool tls = strncasecmp(url, "https:", 6) == 0;
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L); /* undoes what the handle did before */
    if (request->has_body)
        set_body(request, easy);
    curl_easy_setopt(easy, CURLOPT_NOBODY, strcmp(method, "HEAD") == 0 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, request);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, request);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->curl_text);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request->header_list);
    /* Join an HTTP/2 connection that is being made. Without TLS it would be wrong: libcurl learns
     * only from the first answer that there is none, and lets all others wait for it. */
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, tls ? 1L : 0L);
    set_resending(request, easy);
    tl_commentary_install(easy, tls ? &request->commentary : NULL);
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
    request->looked_up = false;
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
    CURL *easy = request->easy = take_handle(engine, &code);
    if (code != CURLE_OK)
        return code;
    if (!make_headers(request, credentials))
        return CURLE_OUT_OF_MEMORY;
    code = set_request(request, easy);
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

/* What points to a request, its texts and its body: none of it may be left in a handle that waits
 * for another request. */
static void forget_request(CURL *easy)
{
    static const CURLoption borrowed[] = {
        CURLOPT_PRIVATE,     CURLOPT_PREREQDATA, CURLOPT_RESOLVER_START_DATA,
        CURLOPT_WRITEDATA,   CURLOPT_HEADERDATA, CURLOPT_READDATA,
        CURLOPT_ERRORBUFFER, CURLOPT_HTTPHEADER, CURLOPT_POSTFIELDS,
    };
    for (size_t i = 0; i < sizeof borrowed / sizeof *borrowed; i++)
        curl_easy_setopt(easy, borrowed[i], NULL);
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
        if (reusable && engine->idle_count < TL_IDLE_HANDLES) {
            forget_request(easy);
            engine->idle[engine->idle_count++] = easy;
        } else {
            free_handle(engine, easy);
        }
    }
    drop_headers(request);
}

/* Whether nobody has tried anything yet: the kept connection that libcurl chose had ended
 * (on_send), or the time for connecting ran out while the request waited in libcurl's queue (8.12
 * and newer count that time). Neither is an attempt. Neither can go on for ever: libcurl closes the
 * connection, and the request's deadline ends the wait. */
static bool never_began(const tl_request *request, CURLcode code)
{
    if (request->error.kind != TL_OK) /* we ended it ourselves */
        return false;
    return code == CURLE_OPERATION_TIMEDOUT
               ? !tl_outcome_began(request)
               : code == CURLE_ABORTED_BY_CALLBACK && request->sends == 0;
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

void tl_attempt_done(tl_request *request, CURLcode code)
{
    tl_engine *engine = request->engine;
    tl_attempt attempt;
    tl_time delay;
    if (never_began(request, code)) {
        begin_again(request);
        return;
    }
    tl_outcome_read(request, code, &attempt);
    tl_outcome_explain(request, &attempt);
    if (request->identity)
        tl_identity_observe(request->identity, request->token_generation, &request->answer_headers);
    if (code == CURLE_OK)
        tl_sockets_answered(&engine->sockets, request->easy,
                            tl_header_block_keep_alive(&request->answer_headers));
    tl_attempt_recall(request, code == CURLE_OK); /* a failed lookup's thread may still run */
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
