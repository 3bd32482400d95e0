/* The room src/json reads and writes what JSON texts consist of: tokens, strings, numbers, UTF-8.
 * It knows no Lua, so C tests reach all of it. What makes values of tokens, or walks over values to
 * write them, does not belong here but to the binding, src/lua/json.
 *
 * This file: reads a JSON text (RFC 8259) token by token, and refuses what is none. It asks for no
 * memory: the text is the caller's, and so is the reader. What it knows of the arrays and objects
 * that are open is a list of fixed length and no recursion, so no depth of nesting needs C stack.
 */
#ifndef TL_JSON_READER_H
#define TL_JSON_READER_H

#include "json/number_read.h"

#include <stdbool.h>
#include <stddef.h>

/* How many arrays and objects may be open at a time. */
enum { TL_JSON_DEPTH = 1000 };

typedef enum tl_json_token {
    TL_JSON_FAILED,  /* the text is no JSON: `problem` and `at` say why and where */
    TL_JSON_END,     /* the text is over, and was JSON */
    TL_JSON_ARRAY,   /* an array begins; its values follow, then its TL_JSON_CLOSE */
    TL_JSON_OBJECT,  /* an object begins; pairs of a name and a value follow, then TL_JSON_CLOSE */
    TL_JSON_CLOSE,   /* the array or object that began last ends */
    TL_JSON_NAME,    /* of the value that follows; the same fields as for a string */
    TL_JSON_STRING,  /* `text`, `length` and `escaped` */
    TL_JSON_INTEGER, /* `number.integer` */
    TL_JSON_REAL,    /* `number.real` */
    TL_JSON_TRUE,
    TL_JSON_FALSE,
    TL_JSON_NULL
} tl_json_token;

typedef struct tl_json_reader {
    const char *at; /* where to go on; after TL_JSON_FAILED the byte that is wrong */
    const char *end;
    const char *problem; /* in English, a constant; NULL until something is wrong */

    /* What the last token was: */
    const char *text; /* what lies between the quotes, in the caller's text */
    size_t length;    /* of it, in bytes */
    bool escaped;     /* it has escapes, so that tl_json_reader_unescape says what it means */
    tl_number number;

    int depth;                   /* arrays and objects that are open */
    int deepest;                 /* the highest that `depth` has been */
    int expected;                /* for the reader alone */
    bool objects[TL_JSON_DEPTH]; /* of those that are open, which are objects */
} tl_json_reader;

/* Begins at the start of a text of `length` bytes, which a NUL must follow, so that the reader need
 * not compare with the end at each byte. With `mark` a byte order mark at its start is passed over,
 * as RFC 8259 8.1 allows; without, it is wrong. */
void tl_json_reader_init(tl_json_reader *reader, const char *text, size_t length, bool mark);

/* Gives the next token. After TL_JSON_FAILED and TL_JSON_END there is none. */
tl_json_token tl_json_reader_next(tl_json_reader *reader);

/* Writes what the last string or name means, which must have escapes, into `out`, which has room
 * for `length` bytes; *written gets how many it takes. False when an escape is wrong: that is a
 * failure as of TL_JSON_FAILED. */
bool tl_json_reader_unescape(tl_json_reader *reader, char *out, size_t *written);

#endif
