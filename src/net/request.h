/* One exchange: what goes out, what came back, which attempt this is. The engine moves it on; this
 * file only holds it. */
#ifndef TL_REQUEST_H
#define TL_REQUEST_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "net/commentary.h"
#include "net/retry.h"
#include "net/timers.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct tl_engine tl_engine;
typedef struct tl_identity tl_identity;

typedef struct tl_request_spec {
    const char *method; /* an HTTP method, RFC 9110 9.1 */
    const char *url;    /* absolute */
    const char *body;   /* NULL: none */
    size_t body_length;
    const char *headers; /* "Name: value" lines, each ended by a NUL */
    size_t headers_length;
    tl_identity *identity;  /* NULL: nobody */
    tl_identity *fetch_for; /* set for a token request: the identity that gets the answer */
    tl_time timeout;  /* from start to finish, all attempts and waiting for a token included */
    size_t most_body; /* bytes of an answer's body, decoded */
    bool read;        /* executing it twice does no harm */
    bool secret;      /* body and answer are wiped */
    bool background;  /* no call waits for it: its deadline counts only while driven */
} tl_request_spec;

typedef enum tl_request_state {
    TL_REQUEST_NEW,
    TL_REQUEST_WAITING, /* for a token */
    TL_REQUEST_SENT,    /* libcurl has it */
    TL_REQUEST_RESTING, /* until the next attempt */
    TL_REQUEST_FINISHED
} tl_request_state;

typedef struct tl_request {
    tl_engine *engine;
    tl_identity *identity;  /* whose token it carries, or NULL */
    tl_identity *fetch_for; /* whose token it fetches, or NULL */
    tl_request_state state;
    tl_link all;   /* in the engine's list of requests */
    tl_link queue; /* in the list that `state` says: an identity's waiters, the engine's finished */

    tl_buffer method, url, headers, body;
    bool has_body, read, secret, background;

    tl_time timeout;
    tl_time at_latest; /* the deadline; kept apart from its timer, which is cleared at the end */
    tl_timer deadline;
    tl_timer backoff;

    int attempts;                   /* that went out, or tried to */
    bool replayed;                  /* after a 401 */
    tl_time looked_up;              /* when libcurl asked for the host's address; 0: not yet */
    int sends;                      /* in the last attempt: libcurl may send again by itself */
    tl_commentary commentary;       /* on the last attempt */
    bool unwatched;                 /* the system refused to watch the socket it needs */
    size_t body_sent;               /* how much of a write's body libcurl has taken */
    uint64_t token_generation;      /* of the token that the last attempt carried */
    tl_time sent_at;                /* when the attempt began; 0: it did not */
    CURL *easy;                     /* while SENT */
    struct curl_slist *header_list; /* while SENT */
    char curl_text[CURL_ERROR_SIZE];

    int status;          /* of the last answer, 0 without one */
    tl_time retry_after; /* what the last answer asked for, 0 when nothing */
    tl_buffer answer_headers, answer_body;
    tl_outcome outcome; /* of a write that has no answer */
    tl_error error;     /* TL_OK when there is an answer */
} tl_request;

/* NULL when there is no memory. The engine's timers call the two functions given. */
tl_request *tl_request_new(const tl_allocator *allocator, const tl_request_spec *spec,
                           void (*on_deadline)(tl_timer *), void (*on_backoff)(tl_timer *));

/* The request must have left libcurl and every list. */
void tl_request_free(const tl_allocator *allocator, tl_request *request);

/* A number that libcurl has of the attempt, which must be SENT; 0 when it has none. */
curl_off_t tl_request_measure(const tl_request *request, CURLINFO info);

#endif
