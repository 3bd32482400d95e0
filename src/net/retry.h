/* What became of a request is decided here and nowhere else: from the facts of an attempt follow
 * the kind of the error, what is known of a write, and whether the request may go out again, and
 * when. A write goes over the wire at most once unless it is certain that the server did not take
 * it. */
#ifndef TL_RETRY_H
#define TL_RETRY_H

#include "base/clock.h"
#include "base/error.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

/* Who ended an attempt, or the wait for one. */
typedef enum tl_ending {
    TL_ENDING_TRANSFER,  /* libcurl: `code` says how */
    TL_ENDING_DEADLINE,  /* we did: the time of the whole request is over */
    TL_ENDING_UNWATCHED, /* we did: the system refuses to watch the socket */
    TL_ENDING_ABANDONED, /* the caller did: nobody waits for the answer any more */
    TL_ENDING_UNSENT,    /* libcurl did not take the request: `code` says why */
    TL_ENDING_NO_PROOF   /* the sign-in failed that the request waited for */
} tl_ending;

/* What happened to an attempt: the rows of the table of rules. */
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
    TL_REASON_UNFIT,         /* libcurl refuses the method or the URL: nothing was sent */
    TL_REASON_NO_PROOF,      /* no sign-in, so nothing was sent */
    TL_REASON_DROPPED,       /* its caller gave it up before anything of it went out */
    TL_REASON_ABANDONED,     /* its caller gave it up after that */
    TL_REASON_COUNT
} tl_retry_reason;

/* What is known of a write that came to no good answer. */
typedef enum tl_outcome {
    TL_OUTCOME_NONE,    /* it was not executed; or it is a read */
    TL_OUTCOME_UNKNOWN, /* it may have been */
    TL_OUTCOME_DONE     /* it was: a 2xx came, but not the whole answer, or not a readable one */
} tl_outcome;

/* One attempt's facts. A request that ends while none is under way has them, too: then nothing went
 * out. */
typedef struct tl_attempt {
    tl_ending ending;
    CURLcode code;  /* of TRANSFER and UNSENT */
    int status;     /* of the answer, or of its beginning; 0 without a final one */
    bool went_out;  /* the server may have taken the request */
    bool exhausted; /* the answer names RESOURCE_EXHAUSTED */
    bool read;
    int attempts;         /* made so far, this one included */
    int most_attempts;    /* 1: nothing is ever sent again, not even after a 401 */
    bool has_other_proof; /* after a 401: its identity has another token, or can fetch one */
    tl_time retry_after;
    tl_time now, deadline; /* by the same clock */
} tl_attempt;

typedef enum tl_verdict {
    TL_VERDICT_FINISH,
    TL_VERDICT_AGAIN,      /* after the delay */
    TL_VERDICT_FRESH_TOKEN /* at once, with a token fetched anew */
} tl_verdict;

/* The row of the table that the facts lead to. */
tl_retry_reason tl_retry_reason_of(const tl_attempt *attempt);

/* TL_OK when there is an answer, whatever its status. */
tl_error_kind tl_retry_kind(const tl_attempt *attempt);

/* What is known of the request, if it ends with this attempt. */
tl_outcome tl_retry_outcome(const tl_attempt *attempt);

/* What follows; for AGAIN `delay` says how long to wait before. `random` is the state of the
 * jitter's generator: any seed but 0, advanced by each use. */
tl_verdict tl_retry_judge(const tl_attempt *attempt, uint64_t *random, tl_time *delay);

#endif
