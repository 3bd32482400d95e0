/* UTF-8 as RFC 3629 has it. A form that is longer than needed, a surrogate and what lies beyond
 * U+10FFFF are refused, because readers disagree on what they mean. */
#ifndef TL_UTF8_H
#define TL_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { TL_UTF8_LONGEST = 4 }; /* bytes of a character */

/* How many bytes the character has that begins at `text`, which must not be an ASCII byte. 0 when
 * there is no whole character before `end`. */
size_t tl_utf8_length(const char *text, const char *end);

/* How many bytes from `text` on can be shown to a user as they are: those of one character that is
 * no control character, and so no command to a terminal. 0 when the first byte begins none. */
size_t tl_utf8_shown(const char *text, const char *end);

/* Writes the character of a code point, without a NUL, and gives how many bytes that took. A
 * surrogate or what lies beyond U+10FFFF must not be given: the bytes would be no UTF-8. */
size_t tl_utf8_write(char out[TL_UTF8_LONGEST], uint32_t code);

#endif
