/* The header block of an answer (RFC 9112 5): gathered line by line, then read field by field. */
#ifndef TL_HEADER_BLOCK_H
#define TL_HEADER_BLOCK_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/span.h"

#include <time.h>

/* Adds a line as it came, its line end included. Two things are mended, so that whoever reads the
 * block finds each field under its name, on one line: blanks between a name and its colon are
 * dropped (5.1), and a folded line is joined to the one before by a blank (5.2). Without the first,
 * "Set-Cookie : x" would be taken for a field of another name, and a cookie be shown where it must
 * not. A status line empties the block first, because what came before it was an interim answer
 * (100, 103) or a proxy's. When the block is full or there is no memory, part of the line may have
 * been added: the block is of no use then. */
tl_buffer_status tl_header_block_add(tl_buffer *block, const char *line, size_t length);

/* Gives the next field: `rest` is the whole block at first, and what comes after the field then.
 * The value is without blanks around it. Lines without a colon, such as the status line, are passed
 * over. False when no field is left. */
bool tl_header_block_next(tl_span *rest, tl_span *name, tl_span *value);

/* The same for fields of one name. */
bool tl_header_block_next_of(tl_span *rest, const char *name, tl_span *value);

/* Reads a field's value that is a date (RFC 9110 5.6.7, in each of its three forms). False when it
 * is none. */
bool tl_header_block_read_date(tl_span value, time_t *date);

/* How long Retry-After (RFC 9110 10.2.3) asks to wait. `now` is the time of day, which a date is
 * compared with. Gives 0 when there is no such field, its date is over or it can't be read, and
 * TL_NEVER for more than can be counted. */
tl_time tl_header_block_retry_after(const tl_buffer *block, time_t now);

/* How long the server keeps the connection when nothing is sent: "Keep-Alive: timeout=5", in
 * seconds (RFC 2068 19.7.1.1, which servers still follow). TL_NEVER when it does not say. */
tl_time tl_header_block_keep_alive(const tl_buffer *block);

#endif
