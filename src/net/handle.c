#include "net/handle.h"

#include "base/header_block.h"
#include "base/system.h"
#include "net/content_coding.h"

#include <stdio.h>
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

/* Asks for the memory of the whole body at once, or it would be copied each time it grows. The
 * announced length is only a hint: less may come. */
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

CURLcode tl_handle_unpack(tl_request *request)
{
    tl_buffer *body = &request->answer_body;
    switch (tl_content_decode(&request->answer_headers, body)) {
    case TL_CODING_OK:
        return CURLE_OK;
    case TL_CODING_CUT:
        snprintf(request->curl_text, sizeof request->curl_text,
                 "the answer's body ends early: after %zu bytes its compressed data go on",
                 body->length);
        return CURLE_PARTIAL_FILE;
    case TL_CODING_BAD:
        return CURLE_BAD_CONTENT_ENCODING;
    case TL_CODING_FULL:
        refuse_answer(request, TL_BUFFER_FULL, "body", body->limit);
        return CURLE_WRITE_ERROR;
    default:
        refuse_answer(request, TL_BUFFER_MEMORY, "body", body->limit);
        return CURLE_WRITE_ERROR;
    }
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

/* libcurl calls this before it sends the request, and again before it sends it again by itself:
 * when a kept connection was dead, say. A write passes only once, because the server may have
 * executed it already. A read passes again, unless the user wants no retries. */
static int on_send(void *context, char *ip, char *local_ip, int port, int local_port)
{
    tl_request *request = context;
    tl_ends ends;
    tl_ends_set(&ends, ip, port, local_ip, local_port);
    if (request->sends == 0 && tl_sockets_ended(request->sockets, &ends))
        return CURL_PREREQFUNC_ABORT; /* nothing of it went out: see tl_outcome_never_began */
    bool again = request->read && request->most_attempts > 1;
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
    request->looked_up = tl_now();
    return 0;
}

CURLcode tl_handle_equip(CURL *easy)
{
    const struct {
        CURLoption option;
        curl_write_callback function;
    } functions[] = {
        {CURLOPT_WRITEFUNCTION, on_body},
        {CURLOPT_HEADERFUNCTION, on_header},
        {CURLOPT_READFUNCTION, on_read},
    };
    CURLcode code = CURLE_OK;
    for (size_t i = 0; code == CURLE_OK && i < sizeof functions / sizeof *functions; i++)
        code = curl_easy_setopt(easy, functions[i].option, functions[i].function);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    return code ? code : curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, on_lookup);
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

/* Whether a method usually has content: RFC 9110 9.3 and RFC 5789. */
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

/* The list holds the credentials, so it is wiped. libcurl's own copies cannot be. */
static void drop_headers(tl_request *request)
{
    for (struct curl_slist *item = request->header_list; item; item = item->next)
        tl_wipe(item->data, strlen(item->data));
    curl_slist_free_all(request->header_list);
    request->header_list = NULL;
}

/* When a kept connection turns out to be dead libcurl sends a request again if it can read the body
 * from its beginning again. That is fine for a read, whose body is handed over as a whole. A write
 * could be executed twice: its body comes from on_read, which cannot go back. */
static void set_body(tl_request *request, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
    request->body_sent = 0;
    curl_easy_setopt(easy, CURLOPT_READDATA, request);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                     request->read ? tl_buffer_text(&request->body) : NULL);
}

/* libcurl sends a request again when a kept connection ends without an answer, unless the request
 * is an RTSP RECEIVE; and to find that out it looks at this option alone, even for HTTP. So with it
 * libcurl does not want to send a write again when the connection is lost, but still wants to when
 * the server refused its HTTP/2 stream. on_send stops that, too, but then we know that the stream
 * was refused and nothing was executed. A libcurl that was built without RTSP refuses the option:
 * then a write on a refused stream has an unknown outcome, as one that was lost. */
static void set_resending(const tl_request *request, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_RTSP_REQUEST,
                     request->read ? CURL_RTSPREQ_OPTIONS : CURL_RTSPREQ_RECEIVE);
}

CURLcode tl_handle_lend(CURL *easy, tl_request *request, const tl_buffer *credentials)
{
    if (!make_headers(request, credentials))
        return CURLE_OUT_OF_MEMORY;
    const char *method = tl_buffer_text(&request->method), *url = tl_buffer_text(&request->url);
    bool tls = curl_strnequal(url, "https:", 6);
    curl_easy_setopt(easy, CURLOPT_HTTPGET,
                     1L); /* or a handle that has sent a POST sends another */
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

/* A handle that waits for another request must not point to this one, its texts or its body: they
 * are freed before it is used again. */
static void forget_request(CURL *easy)
{
    static const CURLoption borrowed[] = {
        CURLOPT_PRIVATE,     CURLOPT_PREREQDATA, CURLOPT_RESOLVER_START_DATA,
        CURLOPT_WRITEDATA,   CURLOPT_HEADERDATA, CURLOPT_READDATA,
        CURLOPT_ERRORBUFFER, CURLOPT_HTTPHEADER, CURLOPT_POSTFIELDS,
    };
    for (size_t i = 0; i < sizeof borrowed / sizeof *borrowed; i++)
        curl_easy_setopt(easy, borrowed[i], NULL);
    tl_commentary_install(easy, NULL);
}

void tl_handle_return(CURL *easy, tl_request *request, bool keep)
{
    if (keep)
        forget_request(easy);
    else
        curl_easy_cleanup(easy);
    drop_headers(request);
}
