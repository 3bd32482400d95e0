/* The strings of JSON texts: where they end, what they mean, how they are written. */
#ifndef TL_JSON_STRING_H
#define TL_JSON_STRING_H

#include "json/block.h"

#include <stdbool.h>
#include <stddef.h>

/* Finds where a string ends, from its first byte after the quote on: gives the closing quote, or
 * NULL when the string is wrong, with *problem (in English, a constant) and *where (the byte that
 * is wrong) set. *where may be set otherwise too. *escaped tells whether there are escapes in it,
 * which are not looked at here. The text goes to `end`, where a NUL must lie. */
static inline const char *tl_json_string_end(const char *text, const char *end, bool *escaped,
                                             const char **problem, const char **where);

/* Writes what the text between two quotes means, without a NUL, into `out`, which has room for as
 * many bytes as the text has, since it never means more. The text must be one that
 * tl_json_string_end has passed. Gives the length, and sets *problem to NULL; or, when an escape is
 * wrong, sets *problem and *where as above. */
size_t tl_json_unescape(const char *text, const char *end, char *out, const char **problem,
                        const char **where);

/* *escaped gets how many bytes the text will have between quotes. False when it is not UTF-8, and
 * so can't be written. */
bool tl_json_escaped_length(const char *text, size_t length, size_t *escaped);

/* Writes the text as it is between quotes: as many bytes as tl_json_escaped_length has said, and no
 * NUL. */
void tl_json_escape(const char *text, size_t length, char *out);

/* The same from any place in a string on, for strings of all kinds: sets *escaped only to true. */
const char *tl_json_any_string_end(const char *text, const char *end, bool *escaped,
                                   const char **problem, const char **where);

/* Most strings are short and plain, and those end here. */
static inline const char *tl_json_string_end(const char *text, const char *end, bool *escaped,
                                             const char **problem, const char **where)
{
    *escaped = false;
    if (end - text >= TL_BLOCK) {
        text += tl_block_first(tl_block_special(text));
        if (*text == '"')
            return text;
    }
    return tl_json_any_string_end(text, end, escaped, problem, where);
}

#endif
