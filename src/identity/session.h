/* A session by cookie: what a server has asked us to send back with each request. It is kept here,
 * because libcurl would send cookies of one identity with the requests of another that goes to the
 * same server. */
#ifndef TL_SESSION_H
#define TL_SESSION_H

#include "base/buffer.h"

#include <stdbool.h>

typedef struct tl_session {
    tl_buffer cookies; /* "name=value; name=value" */
    tl_buffer csrf;    /* the latest "X-CSRF-TOKEN: …", as it is to be sent back; or empty */
} tl_session;

void tl_session_init(tl_session *session, const tl_allocator *allocator);
void tl_session_free(tl_session *session);

/* Forgets everything. */
void tl_session_clear(tl_session *session);

/* Takes what an answer's header block sets. What the server has taken back is forgotten; a field
 * that cannot be sent back, or that would make the cookies longer than 16 KiB or the CSRF token
 * longer than 4 KiB, is left out. False without memory: then do not use the session, since some of
 * the fields may be missing. */
bool tl_session_read(tl_session *session, const tl_buffer *headers);

/* Appends the header lines of a request, each ended by a NUL: none, one or two. False without
 * memory: then a part may have been appended. */
bool tl_session_write(const tl_session *session, tl_buffer *lines);

#endif
