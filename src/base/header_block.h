/* The header block of an answer, RFC 9112 5: gathered line by line, then read field by field. */
#ifndef TL_HEADER_BLOCK_H
#define TL_HEADER_BLOCK_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/span.h"

#include <time.h>

/* Adds a line as it came. Two things are mended, so that whoever reads the block finds each field
 * under its name, on one line: blanks between a name and its colon are dropped (5.1), and a folded
 * line is joined to the one before by a blank (5.2). Without the first, "Set-Cookie : x" would pass
 * for a field of another name, and be shown. A status line begins the block anew: what came before
 * it was an interim answer (100, 103) or a proxy's. */
tl_buffer_status tl_header_block_add(tl_buffer *block, const char *line, size_t length);

/* The fields in their order: `rest` is the whole block at first. False when there is none left. */
bool tl_header_block_next(tl_span *rest, tl_span *name, tl_span *value);

/* The date that a field's value is, RFC 9110 5.6.7. False when it is none. */
bool tl_header_block_read_date(tl_span value, time_t *date);

/* How long Retry-After asks to wait, RFC 9110 10.2.3, where `now` is the time of day; 0 when it
 * asks for nothing, TL_NEVER for more than can be counted. */
tl_time tl_header_block_retry_after(const tl_buffer *block, time_t now);

/* How long the server keeps the connection when nothing is sent: "Keep-Alive: timeout=5", in
 * seconds (RFC 2068 19.7.1.1, which servers still follow); TL_NEVER when it does not say. */
tl_time tl_header_block_keep_alive(const tl_buffer *block);

#endif
