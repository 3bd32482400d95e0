/* The compressed data format of RFC 1951, read in one go. libcurl unpacks as well, but takes an
 * answer that ends in the middle for whole. */
#ifndef TL_INFLATE_H
#define TL_INFLATE_H

#include "buffer.h"

typedef enum tl_inflate_status {
    TL_INFLATE_OK,
    TL_INFLATE_CUT,   /* the data end too early */
    TL_INFLATE_BAD,   /* they are not of the format */
    TL_INFLATE_FULL,  /* they make more than `to` may hold */
    TL_INFLATE_MEMORY /* no memory */
} tl_inflate_status;

/* Appends what the data from `*at` on are to `to`, and moves `*at` to what follows them. What has
 * been read before an error stays in `to`. */
tl_inflate_status tl_inflate(const unsigned char **at, const unsigned char *end, tl_buffer *to);

#endif
