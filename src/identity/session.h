/* A session by cookie: what a server asked to be sent back. libcurl's cookie engine stays off, so
 * that no cookie reaches another request than those of its identity. */
#ifndef TL_SESSION_H
#define TL_SESSION_H

#include "base/buffer.h"

#include <stdbool.h>

typedef struct tl_session {
    tl_buffer cookies; /* "name=value; name=value" */
    tl_buffer csrf;    /* the latest "X-CSRF-TOKEN: …", or empty */
} tl_session;

void tl_session_init(tl_session *session, const tl_allocator *allocator);
void tl_session_free(tl_session *session);

/* Forgets everything. */
void tl_session_clear(tl_session *session);

/* Takes what an answer's header block sets. False without memory: what the session holds is then of
 * no use. */
bool tl_session_read(tl_session *session, const tl_buffer *headers);

/* Appends the header lines of a request, each ended by a NUL. False without memory. */
bool tl_session_write(const tl_session *session, tl_buffer *lines);

#endif
