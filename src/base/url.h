/* URLs: what one consists of, as libcurl will read it when it connects, and how text becomes a part
 * of one. */
#ifndef TL_URL_H
#define TL_URL_H

#include "base/buffer.h"

#include <stdbool.h>

typedef enum tl_url_status { TL_URL_OK, TL_URL_MALFORMED, TL_URL_MEMORY } tl_url_status;

/* The longest host that is read; a name of the DNS has 253 bytes at most. */
enum { TL_URL_HOST_MAX = 255 }; /* bytes */

typedef struct tl_url_facts {
    bool http;        /* the scheme is http */
    bool https;       /* the scheme is https */
    bool loopback;    /* the host can only be this machine */
    bool credentials; /* a user name or password is in it */
    bool query;
    bool fragment;
    unsigned port;                  /* the scheme's default when the URL names none; 0: neither */
    char host[TL_URL_HOST_MAX + 1]; /* IPv6 without its brackets, IPv4 in dotted form */
} tl_url_facts;

/* Reads an absolute URL of any scheme. TL_URL_MALFORMED when it is none, or its host is too long;
 * *facts has no meaning then. */
tl_url_status tl_url_read(const char *url, tl_url_facts *facts);

enum { TL_ADDRESS_MAX = 16 }; /* bytes of an IPv6 address */

/* The bytes of an IPv4 or IPv6 address in its text form, in network order: gives how many there are
 * (4 or 16), or 0 when the text is no address. */
size_t tl_url_read_address(const char *text, unsigned char address[TL_ADDRESS_MAX]);

enum { TL_URL_ENCODED = 3 };

/* Writes one byte of a text that is to be a form field or a segment of a path: as it is when it is
 * in RFC 3986's unreserved set, percent-encoded otherwise. Gives how many bytes that took. The
 * segments
 * "." and ".." cannot be written so: they are unreserved, and mean another path. */
size_t tl_url_encode_byte(char byte, char encoded[TL_URL_ENCODED]);

/* Appends a text of `length` bytes, each byte encoded so. False when the buffer is full or there is
 * no memory; part of the text may have been appended then. */
bool tl_url_encode(tl_buffer *to, const char *text, size_t length);

#endif
