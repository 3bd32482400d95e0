#include "net/request.h"

/* RFC 9110 sets no bound on a header section; this one is far beyond what a server sends. */
enum { MOST_HEADERS = 256 * 1024 };

static void init_buffers(tl_request *request, const tl_allocator *allocator, size_t most_body)
{
    void (*init)(tl_buffer *, const tl_allocator *, size_t) =
        request->secret ? tl_buffer_init_secret : tl_buffer_init;
    tl_buffer_init(&request->method, allocator, SIZE_MAX);
    tl_buffer_init(&request->url, allocator, SIZE_MAX);
    tl_buffer_init_secret(&request->headers, allocator, SIZE_MAX); /* a gateway's key, say */
    init(&request->body, allocator, SIZE_MAX);
    init(&request->answer_headers, allocator, MOST_HEADERS);
    init(&request->answer_body, allocator, most_body);
}

static bool copy_texts(tl_request *request, const tl_request_spec *spec)
{
    return tl_buffer_append_text(&request->method, spec->method) == TL_BUFFER_OK &&
           tl_buffer_append_text(&request->url, spec->url) == TL_BUFFER_OK &&
           tl_buffer_append(&request->headers, spec->headers, spec->headers_length) ==
               TL_BUFFER_OK &&
           tl_buffer_append(&request->body, spec->body, spec->body_length) == TL_BUFFER_OK;
}

tl_request *tl_request_new(const tl_allocator *allocator, const tl_request_spec *spec,
                           void (*on_deadline)(tl_timer *), void (*on_backoff)(tl_timer *))
{
    tl_request *request = tl_allocator_new(allocator, sizeof *request);
    if (!request)
        return NULL;
    tl_link_init(&request->all);
    tl_link_init(&request->awaited.queue);
    tl_timer_init(&request->deadline, on_deadline);
    tl_timer_init(&request->backoff, on_backoff);
    request->signin = spec->signin;
    request->fetch_for = spec->fetch_for;
    request->has_body = spec->body != NULL;
    request->read = spec->read;
    request->secret = spec->secret;
    request->background = spec->background;
    request->timeout = spec->timeout;
    init_buffers(request, allocator, spec->most_body);
    if (!copy_texts(request, spec)) {
        tl_request_free(allocator, request);
        return NULL;
    }
    return request;
}

void tl_request_free(const tl_allocator *allocator, tl_request *request)
{
    tl_buffer_free(&request->method);
    tl_buffer_free(&request->url);
    tl_buffer_free(&request->headers);
    tl_buffer_free(&request->body);
    tl_buffer_free(&request->answer_headers);
    tl_buffer_free(&request->answer_body);
    tl_allocator_free(allocator, request, sizeof *request);
}

void tl_request_begin_anew(tl_request *request)
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

curl_off_t tl_request_measure(const tl_request *request, CURLINFO info)
{
    curl_off_t value = 0;
    curl_easy_getinfo(request->easy, info, &value);
    return value > 0 ? value : 0;
}
