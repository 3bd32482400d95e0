/* A part of a text that somebody else owns, and how it is taken apart. */
#ifndef TL_SPAN_H
#define TL_SPAN_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tl_span {
    const char *start;
    size_t length;
} tl_span;

/* Without the blanks, tabs and line ends around it. */
tl_span tl_span_trim(tl_span text);

/* What comes before `mark`, all when it is not there; `rest` gets what follows. */
tl_span tl_span_cut(tl_span text, char mark, tl_span *rest);

/* Whether it is `name`, in any case of ASCII's letters, whatever the locale. */
bool tl_span_is(tl_span text, const char *name);

/* The whole number that it is, in decimal digits alone; `most` when that is less. False when it is
 * none. */
bool tl_span_read_count(tl_span text, long long most, long long *count);

#endif
