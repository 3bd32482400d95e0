/* Writes what proves who we are: the header lines of a request, and the header line and form of a
 * sign-in. Which of them is needed is decided in identity.c. */
#ifndef TL_CREDENTIALS_H
#define TL_CREDENTIALS_H

#include "base/buffer.h"

#include <stdbool.h>

typedef struct tl_field {
    const char *name, *value;
} tl_field;

/* Each of these appends to a buffer, and gives false without memory: then a part may have been
 * appended. A header line is ended by a NUL. */

/* The body of a POST, application/x-www-form-urlencoded. */
bool tl_credentials_write_form(tl_buffer *form, const tl_field *fields, size_t count);

/* An Authorization line, HTTP Basic, RFC 7617. The user must not contain a colon. */
bool tl_credentials_write_basic(tl_buffer *lines, const char *user, const char *password);

/* The same for an OAuth client at its token endpoint: both parts are form-encoded first, RFC 6749
 * 2.3.1. */
bool tl_credentials_write_client(tl_buffer *lines, const char *id, const char *secret);

/* An Authorization line with a token that fits a header. */
bool tl_credentials_write_bearer(tl_buffer *lines, const char *token, size_t length);

/* Whether a token can stand in a header line: it is not empty, and visible ASCII only, so that
 * nothing in it ends the line or begins a new word. RFC 6750 2.1 allows less than that, but servers
 * issue what they like. */
bool tl_credentials_fit_a_header(const char *token, size_t length);

#endif
