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

/* Why no connection served, where that is known. */
typedef enum tl_fault {
    TL_FAULT_NONE,
    TL_FAULT_WRONG_HOST,  /* the server's certificate is for another one */
    TL_FAULT_EXPIRED,     /* the server's certificate has expired, or is not yet valid */
    TL_FAULT_UNTRUSTED,   /* nobody we trust has signed the server's certificate */
    TL_FAULT_OURS,        /* our own certificate, or its key, can't be used */
    TL_FAULT_OURS_WANTED, /* the server asks for our certificate, and there is none */
    TL_FAULT_NO_TLS,      /* the server speaks plain HTTP where TLS was to be */
    TL_FAULT_UNKNOWN_HOST,
    TL_FAULT_UNREACHABLE, /* nothing accepted the connection */
    TL_FAULT_PROXY        /* the proxy can't be reached, or refuses us */
} tl_fault;

enum { TL_MESSAGE_SIZE = 1024, TL_OAUTH_SIZE = 401 }; /* in bytes, the NUL included */

typedef struct tl_error {
    tl_error_kind kind;
    int status; /* HTTP status that goes with it, or 0 */
    tl_fault fault;
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
