/* The record in which all rooms say what went wrong with a request. The kinds are those that a user
 * sees, but for `decode`, and what the body of an API's answer says: the core does not read either,
 * the Lua layer does. */
#ifndef TL_ERROR_H
#define TL_ERROR_H

#include <stdint.h>

typedef enum tl_error_kind {
    TL_OK,
    TL_CONFIG,    /* a setting that libcurl refuses */
    TL_AUTH,      /* the token endpoint refused us */
    TL_NETWORK,   /* no answer came */
    TL_TIMEOUT,   /* none came in time */
    TL_HTTP,      /* the token endpoint is in trouble: 5xx or 429 */
    TL_LIMIT,     /* the answer is larger than a cap allows */
    TL_CANCELLED, /* the caller gave it up */
    TL_MEMORY
} tl_error_kind;

/* What is wrong with a certificate: the server's, as we see it, or ours. */
typedef enum tl_certificate_fault {
    TL_CERTIFICATE_FINE,
    TL_CERTIFICATE_HOST,      /* it is for another host */
    TL_CERTIFICATE_DATE,      /* expired, or not yet valid */
    TL_CERTIFICATE_AUTHORITY, /* nobody we trust has signed it */
    TL_CERTIFICATE_OURS,      /* our own, or its key, can't be used */
    TL_CERTIFICATE_WANTED     /* the server asks for ours, and there is none */
} tl_certificate_fault;

enum { TL_MESSAGE_SIZE = 1024, TL_OAUTH_SIZE = 401 }; /* in bytes, the NUL included */

typedef struct tl_error {
    tl_error_kind kind;
    int status; /* HTTP status that goes with it, or 0 */
    tl_certificate_fault certificate;
    char message[TL_MESSAGE_SIZE];   /* what a server wrote in it is not yet escaped */
    char oauth_error[TL_OAUTH_SIZE]; /* RFC 6749 5.2: `error` and `error_description`, or "" */
    char oauth_description[TL_OAUTH_SIZE];
    uint64_t object; /* the number by which the host knows what it failed with; 0: nothing */
} tl_error;

/* Overwrites the whole error: only the kind and the message are set afterwards. The message is
 * written as printf would, and cut when it is too long. */
__attribute__((format(printf, 3, 4))) void tl_error_set(tl_error *error, tl_error_kind kind,
                                                        const char *format, ...);

#endif
