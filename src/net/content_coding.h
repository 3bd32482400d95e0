/* What a server has made of an answer's body before sending it: Content-Encoding, RFC 9110 8.4.
 * libcurl unpacks as well, but it takes compressed data that end too early for a whole body. */
#ifndef TL_CONTENT_CODING_H
#define TL_CONTENT_CODING_H

#include "base/buffer.h"

/* What is asked for by Accept-Encoding. */
#define TL_ACCEPTED_CODING "gzip"

typedef enum tl_coding_status {
    TL_CODING_OK,
    TL_CODING_CUT,   /* the data end too early */
    TL_CODING_BAD,   /* they are not what the header names; or it names something unknown */
    TL_CODING_FULL,  /* they make more than the body may hold */
    TL_CODING_MEMORY /* no memory */
} tl_coding_status;

/* Unpacks the body when the header block names one coding that is known. An empty body stays empty
 * whatever the header says, because an answer to HEAD has the header of one with a body. After an
 * error the body is as it came. */
tl_coding_status tl_content_decode(const tl_buffer *headers, tl_buffer *body);

#endif
