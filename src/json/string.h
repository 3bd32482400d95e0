/* The strings of JSON texts. */
#ifndef TL_JSON_STRING_H
#define TL_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

/* Finds where a string ends whose first byte after the quote is `text`: gives the closing quote, or
 * NULL with *problem and *where set. *escaped tells whether it has to be unescaped. A NUL must lie
 * at `end`. */
const char *tl_json_string_end(const char *text, const char *end, bool *escaped,
                               const char **problem, const char **where);

/* Writes what the escaped text between quotes means, which is never longer; gives its length, or
 * sets *problem and *where. */
size_t tl_json_unescape(const char *text, const char *end, char *out, const char **problem,
                        const char **where);

/* How long the text will be between quotes; false when it is not UTF-8. */
bool tl_json_escaped_length(const char *text, size_t length, size_t *escaped);

/* Writes that many bytes. */
void tl_json_escape(const char *text, size_t length, char *out);

#endif
