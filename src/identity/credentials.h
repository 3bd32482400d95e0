/* What proves who we are, as bytes on the wire: header lines and the form of a sign-in. */
#ifndef TL_CREDENTIALS_H
#define TL_CREDENTIALS_H

#include "base/buffer.h"

#include <stdbool.h>

typedef struct tl_field {
    const char *name, *value;
} tl_field;

/* Each appends, and is false without memory. A line is ended by a NUL. */

/* The body of a POST, application/x-www-form-urlencoded. */
bool tl_credentials_write_form(tl_buffer *form, const tl_field *fields, size_t count);

/* HTTP basic, RFC 7617. */
bool tl_credentials_write_basic(tl_buffer *lines, const char *user, const char *password);

/* The same for an OAuth client at its token endpoint: both parts are form-encoded first, RFC 6749
 * 2.3.1. */
bool tl_credentials_write_client(tl_buffer *lines, const char *id, const char *secret);

bool tl_credentials_write_bearer(tl_buffer *lines, const char *token, size_t length);

/* Visible ASCII: RFC 6750 2.1 allows less, but nothing in this can end a header line or a word of
 * it. */
bool tl_credentials_fit_a_header(const char *token, size_t length);

#endif
