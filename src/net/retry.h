/* Whether a failed attempt may go out again, and when. A write goes over the wire at most once
 * unless it is certain that the server did not take it. */
#ifndef TL_RETRY_H
#define TL_RETRY_H

#include "base/clock.h"
#include "base/error.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

/* What happened to an attempt, as far as resending cares. */
typedef enum tl_retry_reason {
    TL_REASON_ANSWERED,      /* an answer that is final, whatever its status */
    TL_REASON_NOT_CONNECTED, /* DNS, refused, TLS handshake, proxy, a refused HTTP/2 stream: the
                                server has nothing of the request */
    TL_REASON_CONNECT_LATE,  /* the same, since connecting took too long */
    TL_REASON_REFUSED_SETUP, /* a certificate, a TLS setting, a malformed URL: again is as bad */
    TL_REASON_BAD_FILE,      /* a certificate or key of ours that can't be used: nothing was sent */
    TL_REASON_UNAUTHORIZED,  /* 401: never executed */
    TL_REASON_NOT_TAKEN,     /* 429, 503 RESOURCE_EXHAUSTED: the server says that it did nothing */
    TL_REASON_UNAVAILABLE,   /* 502, 503, 504: something in between gave up */
    TL_REASON_FAILED,        /* 500 and what else is above it: the server broke off */
    TL_REASON_LOST,          /* no whole answer came after the request went out */
    TL_REASON_LATE,          /* none came in time after the request went out */
    TL_REASON_OUR_LIMIT,     /* the answer is larger than a cap of ours or libcurl's allows */
    TL_REASON_NO_MEMORY,     /* before anything went out */
    TL_REASON_COUNT
} tl_retry_reason;

/* What is known of a write that came to no good answer. */
typedef enum tl_outcome {
    TL_OUTCOME_NONE,    /* it was not executed; or it is a read */
    TL_OUTCOME_UNKNOWN, /* it may have been */
    TL_OUTCOME_DONE     /* it was: a 2xx came, but not the whole answer, or not a readable one */
} tl_outcome;

/* One attempt's facts. */
typedef struct tl_attempt {
    CURLcode code;
    int status;     /* of the answer, or of its beginning; 0 without a final one */
    bool went_out;  /* the server may have taken the request */
    bool exhausted; /* the answer names RESOURCE_EXHAUSTED */
    bool read;
    int attempts;         /* made so far, this one included */
    int most_attempts;    /* 1: nothing is ever sent again, not even after a 401 */
    bool has_other_proof; /* after a 401: its identity has another token, or can fetch one */
    tl_time retry_after;
    tl_time now;
    tl_time deadline;
} tl_attempt;

typedef enum tl_verdict {
    TL_VERDICT_FINISH,
    TL_VERDICT_AGAIN,      /* after the delay */
    TL_VERDICT_FRESH_TOKEN /* at once, with a token fetched anew */
} tl_verdict;

tl_retry_reason tl_retry_reason_of(const tl_attempt *attempt);

/* TL_OK when there is an answer, whatever its status. */
tl_error_kind tl_retry_kind(const tl_attempt *attempt);

tl_outcome tl_retry_outcome(const tl_attempt *attempt);

/* `random` is the state of the jitter's generator: any seed, advanced by each use. */
tl_verdict tl_retry_judge(const tl_attempt *attempt, uint64_t *random, tl_time *delay);

#endif
