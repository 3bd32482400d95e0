/* What each attempt on the wire was like, and what was wrong with a token file, kept until the host
 * asks for it. It holds no header and no body, so no secret. */
#ifndef TL_TRACE_H
#define TL_TRACE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "net/retry.h"

#include <curl/curl.h>

typedef struct tl_request tl_request;

/* Times count from the start of the attempt; 0: it did not get so far. */
typedef struct tl_trace {
    tl_link link;
    tl_buffer url;
    char method[16], error[TL_MESSAGE_SIZE];
    const char *sought; /* "token" or "session" for a sign-in, NULL for a request of the API */
    bool token_file;    /* `error` is about one, and nothing else is set */
    int attempt, status;
    tl_outcome outcome; /* of a write that nobody waits for any more, or that came to no answer */
    uint64_t host;      /* of the request, see tl_awaited; the request may be gone */
    tl_time lookup, connect, tls, first_byte, total;
    size_t sent, received; /* bytes of the bodies, as they went over the wire */
} tl_trace;

typedef struct tl_traces {
    bool on;
    tl_link queue; /* oldest first */
    size_t count;
} tl_traces;

void tl_traces_init(tl_traces *traces, bool on);
void tl_traces_free(tl_traces *traces, const tl_allocator *allocator);

/* Notes the attempt that is about to leave libcurl, if the trace is on. The oldest ones are dropped
 * when the host does not ask for a long time; without memory this one is not noted. */
void tl_traces_note(tl_traces *traces, const tl_allocator *allocator, const tl_request *request);

/* Notes what is wrong with a token file, likewise. */
void tl_traces_note_token_file(tl_traces *traces, const tl_allocator *allocator, const char *what);

/* The oldest one, or NULL. */
tl_trace *tl_traces_first(const tl_traces *traces);

/* Frees the oldest one, which must be there. */
void tl_traces_drop_first(tl_traces *traces, const tl_allocator *allocator);

#endif
