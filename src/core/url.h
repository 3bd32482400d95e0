/* URLs: what one consists of, and how text becomes a part of one. */
#ifndef TL_URL_H
#define TL_URL_H

#include "buffer.h"

#include <stdbool.h>

typedef enum tl_url_status { TL_URL_OK, TL_URL_MALFORMED, TL_URL_MEMORY } tl_url_status;

typedef struct tl_url_facts {
    bool http;        /* the scheme is http */
    bool https;       /* the scheme is https */
    bool loopback;    /* the host can only be this machine */
    bool credentials; /* a user name or password is in it */
    bool query;
    bool fragment;
} tl_url_facts;

/* Reads an absolute URL. */
tl_url_status tl_url_read(const char *url, tl_url_facts *facts);

enum { TL_URL_ENCODED = 3 };

/* Writes one byte of a form field or (`.` and `..` aside) a whole path segment: as it is when in
 * RFC 3986's unreserved set, percent-encoded otherwise. Gives how many bytes that took. */
size_t tl_url_encode_byte(char byte, char encoded[TL_URL_ENCODED]);

/* Appends the whole text so. False without memory. */
bool tl_url_encode(tl_buffer *to, const char *text, size_t length);

#endif
