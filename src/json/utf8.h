/* UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing beyond U+10FFFF. */
#ifndef TL_UTF8_H
#define TL_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { TL_UTF8_LONGEST = 4 };

/* The length of the character that begins at `text`, which is no ASCII; 0 when there is none. */
size_t tl_utf8_length(const char *text, const char *end);

/* Writes a code point that is no surrogate; gives how many bytes. */
size_t tl_utf8_write(char out[TL_UTF8_LONGEST], uint32_t code);

#endif
