/* What a server has made of an answer's body before sending it: Content-Encoding, RFC 9110 8.4. */
#ifndef TL_CONTENT_CODING_H
#define TL_CONTENT_CODING_H

#include "inflate.h"

/* What is asked for by Accept-Encoding. */
#define TL_ACCEPTED_CODING "gzip"

/* Unpacks the body if the header block names a coding. A body without a byte stays so: an answer to
 * HEAD has none. TL_INFLATE_BAD, too, for a coding that is unknown, and for several of them. After
 * an error the body is as it came. */
tl_inflate_status tl_content_decode(const tl_buffer *headers, tl_buffer *body);

#endif
