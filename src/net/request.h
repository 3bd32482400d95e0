/* One request: what goes out, what came back, which attempt this is. The engine moves it on; this
 * file only holds it. */
#ifndef TL_REQUEST_H
#define TL_REQUEST_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "net/awaited.h"
#include "net/commentary.h"
#include "net/retry.h"
#include "net/sockets.h"
#include "net/timers.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct tl_signin tl_signin;

typedef struct tl_request_spec {
    const char *method; /* an HTTP method, RFC 9110 9.1 */
    const char *url;    /* absolute */
    const char *body;   /* NULL: none */
    size_t body_length;
    const char *headers; /* "Name: value" lines, each ended by a NUL */
    size_t headers_length;
    tl_signin *signin;    /* whose proof it carries; NULL: nobody's */
    tl_signin *fetch_for; /* set for the request of a sign-in itself */
    tl_time timeout;      /* from start to finish, all attempts and the wait for a token included */
    size_t most_body;     /* bytes of an answer's body, decoded */
    bool read;            /* executing it twice does no harm */
    bool secret;          /* body and answer are wiped */
    bool background;      /* no call waits for it: its deadline is in driven time */
} tl_request_spec;

typedef enum tl_request_state {
    TL_REQUEST_QUEUED,  /* for its turn */
    TL_REQUEST_WAITING, /* for a token */
    TL_REQUEST_SENT,    /* libcurl has it */
    TL_REQUEST_RESTING, /* until the next attempt */
    TL_REQUEST_FINISHED
} tl_request_state;

/* In which order those that are QUEUED go on. */
typedef enum tl_rank {
    TL_RANK_AT_ONCE, /* a sign-in's own, or one whose sign-in has failed and that is not sent */
    TL_RANK_AGAIN,   /* has been on the wire before */
    TL_RANK_PROVEN,  /* has waited for its token, which is there */
    TL_RANK_NEW,
    TL_RANKS
} tl_rank;

typedef struct tl_request {
    tl_awaited awaited;
    tl_signin *signin;    /* whose proof it carries, or NULL */
    tl_signin *fetch_for; /* whose proof it fetches, or NULL */
    const char *sought;   /* what it waits for or fetches, in a word: "token" or "session"; NULL
                             without a sign-in */
    tl_request_state state;
    tl_rank rank; /* while QUEUED */
    tl_link all;  /* in the engine's list of requests */

    tl_buffer method, url, headers, body;
    bool has_body, read, secret, background;
    int most_attempts;

    tl_time timeout;
    tl_time at_latest; /* the deadline; kept apart from its timer, which is cleared at the end */
    tl_timer deadline; /* by driven time when `background`, otherwise by wall time */
    tl_timer backoff;  /* by wall time */

    int attempts;                   /* that went out, or tried to */
    bool replayed;                  /* after a 401 */
    tl_time looked_up;              /* when libcurl asked for the host's address; 0: not yet */
    int sends;                      /* in the last attempt: libcurl may send again by itself */
    tl_commentary commentary;       /* on the last attempt */
    bool unwatched;                 /* the system refused to watch the socket it needs */
    size_t body_sent;               /* how much of a write's body libcurl has taken */
    uint64_t token_generation;      /* of the token that the last attempt carried */
    tl_time sent_at;                /* when the attempt began; 0: it did not */
    tl_time idle_before;            /* the schedule's `idle` then */
    CURL *easy;                     /* while SENT */
    const tl_sockets *sockets;      /* while SENT: those of its wire */
    struct curl_slist *header_list; /* while SENT */
    char curl_text[CURL_ERROR_SIZE];

    int status;          /* of the last answer, 0 without one */
    tl_time retry_after; /* what the last answer asked for, 0 when nothing */
    tl_buffer answer_headers, answer_body;
    tl_outcome outcome; /* of a write that has no answer */
    tl_error error;     /* TL_OK when there is an answer */
} tl_request;

/* NULL when there is no memory. The two functions are what its timers call. */
tl_request *tl_request_new(const tl_allocator *allocator, const tl_request_spec *spec,
                           void (*on_deadline)(tl_timer *), void (*on_backoff)(tl_timer *));

/* The request must have left libcurl and every list. */
void tl_request_free(const tl_allocator *allocator, tl_request *request);

/* Forgets the last attempt: what it was like, and what came. */
void tl_request_begin_anew(tl_request *request);

/* A number that libcurl has of the attempt, which must be SENT; 0 when it has none. */
curl_off_t tl_request_measure(const tl_request *request, CURLINFO info);

#endif
