/* A part of a text that somebody else owns, without a NUL at its end, and how such a part is read.
 * Nothing here asks for memory or can fail. */
#ifndef TL_SPAN_H
#define TL_SPAN_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tl_span {
    const char *start;
    size_t length;
} tl_span;

/* The text without the blanks, tabs and line ends around it. */
tl_span tl_span_trim(tl_span text);

/* The text up to the first `mark`; *rest gets what comes after it. Without a mark that is the whole
 * text, and nothing. `rest` may point to the span that was given. */
tl_span tl_span_cut(tl_span text, char mark, tl_span *rest);

/* Whether the text is `name`, where ASCII's upper- and lower-case letters count as the same, and no
 * others, whatever the locale: in a Turkish one "I" would be no "i". */
bool tl_span_is(tl_span text, const char *name);

/* Reads a whole number that is written in decimal digits alone; *count gets `most` when it is
 * larger. False when there is anything else, or nothing. */
bool tl_span_read_count(tl_span text, long long most, long long *count);

#endif
