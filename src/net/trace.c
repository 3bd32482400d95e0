#include "net/trace.h"

#include "net/request.h"

#include <stdint.h>
#include <stdio.h>

/* A host that never asks for its traces must not lose all its memory to them. */
enum { MOST_TRACES = 256 };

void tl_traces_init(tl_traces *traces, bool on)
{
    tl_link_init(&traces->queue);
    traces->on = on;
    traces->count = 0;
}

tl_trace *tl_traces_first(const tl_traces *traces)
{
    return traces->count > 0 ? TL_OWNER(traces->queue.next, tl_trace, link) : NULL;
}

void tl_traces_drop_first(tl_traces *traces, const tl_allocator *allocator)
{
    tl_trace *trace = tl_traces_first(traces);
    tl_link_remove(&trace->link);
    traces->count--;
    tl_buffer_free(&trace->url);
    tl_allocator_free(allocator, trace, sizeof *trace);
}

void tl_traces_free(tl_traces *traces, const tl_allocator *allocator)
{
    while (traces->count > 0)
        tl_traces_drop_first(traces, allocator);
}

static void fill(tl_trace *trace, const tl_request *request)
{
    snprintf(trace->method, sizeof trace->method, "%s", tl_buffer_text(&request->method));
    if (request->error.kind != TL_OK)
        snprintf(trace->error, sizeof trace->error, "%s", request->error.message);
    trace->sought = request->fetch_for ? request->sought : NULL;
    trace->attempt = request->attempts;
    trace->status = request->status;
    trace->outcome = request->outcome;
    trace->host = request->awaited.host;
    trace->lookup = tl_request_measure(request, CURLINFO_NAMELOOKUP_TIME_T);
    trace->connect = tl_request_measure(request, CURLINFO_CONNECT_TIME_T);
    trace->tls = tl_request_measure(request, CURLINFO_APPCONNECT_TIME_T);
    trace->first_byte = tl_request_measure(request, CURLINFO_STARTTRANSFER_TIME_T);
    trace->total = tl_now() - request->sent_at;
    trace->sent = (size_t)tl_request_measure(request, CURLINFO_SIZE_UPLOAD_T);
    trace->received = (size_t)tl_request_measure(request, CURLINFO_SIZE_DOWNLOAD_T);
}

/* NULL when nobody asks, or without memory. */
static tl_trace *new_trace(const tl_traces *traces, const tl_allocator *allocator)
{
    tl_trace *trace = traces->on ? tl_allocator_new(allocator, sizeof *trace) : NULL;
    if (!trace)
        return NULL;
    tl_link_init(&trace->link);
    tl_buffer_init(&trace->url, allocator, SIZE_MAX);
    return trace;
}

static void add(tl_traces *traces, const tl_allocator *allocator, tl_trace *trace)
{
    while (traces->count >= MOST_TRACES)
        tl_traces_drop_first(traces, allocator);
    tl_link_insert_before(&traces->queue, &trace->link);
    traces->count++;
}

void tl_traces_note_token_file(tl_traces *traces, const tl_allocator *allocator, const char *what)
{
    tl_trace *trace = new_trace(traces, allocator);
    if (!trace)
        return;
    trace->token_file = true;
    snprintf(trace->error, sizeof trace->error, "%s", what);
    add(traces, allocator, trace);
}

void tl_traces_note(tl_traces *traces, const tl_allocator *allocator, const tl_request *request)
{
    tl_trace *trace = new_trace(traces, allocator);
    if (!trace)
        return;
    if (tl_buffer_append_text(&trace->url, tl_buffer_text(&request->url)) != TL_BUFFER_OK) {
        tl_allocator_free(allocator, trace, sizeof *trace);
        return;
    }
    fill(trace, request);
    add(traces, allocator, trace);
}
