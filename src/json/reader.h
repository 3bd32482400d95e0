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
#include "json/string.h"

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
    int expected;                /* for the reader alone: below */
    bool objects[TL_JSON_DEPTH]; /* of those that are open, which are objects */
} tl_json_reader;

/* Begins at the start of a text of `length` bytes, which a NUL must follow, so that the reader need
 * not compare with the end at each byte. With `mark` a byte order mark at its start is passed over,
 * as RFC 8259 8.1 allows; without, it is wrong. */
void tl_json_reader_init(tl_json_reader *reader, const char *text, size_t length, bool mark);

/* Gives the next token. After TL_JSON_FAILED and TL_JSON_END there is none. */
static inline tl_json_token tl_json_reader_next(tl_json_reader *reader);

/* Writes what the last string or name means, which must have escapes, into `out`, which has room
 * for `length` bytes; *written gets how many it takes. False when an escape is wrong: that is a
 * failure as of TL_JSON_FAILED. */
bool tl_json_reader_unescape(tl_json_reader *reader, char *out, size_t *written);

/* What follows is for the reader alone. It stands here because the loop that asks for each token is
 * an eighth faster when the compiler can make one piece of both. */

/* What may come next: a value; what is first in an array or object, or its end; or what follows on
 * a value, which is a comma or the end of an array, an object or the text. */
enum { TL_JSON_A_VALUE, TL_JSON_THE_FIRST, TL_JSON_WHAT_FOLLOWS };

/* Each gives TL_JSON_FAILED; the second says that the text ends too early where it does. */
tl_json_token tl_json_reader_fail(tl_json_reader *reader, const char *problem);
tl_json_token tl_json_reader_fail_at_token(tl_json_reader *reader, const char *problem);

/* Reads true, false or null, or fails because no value begins here. */
tl_json_token tl_json_reader_word(tl_json_reader *reader);

tl_json_token tl_json_reader_number(tl_json_reader *reader);

/* Servers write no space between tokens, so the first comparison ends it nearly always. */
static inline void tl_json_skip_space(tl_json_reader *r)
{
    while (*r->at <= ' ' && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static inline tl_json_token tl_json_read_string(tl_json_reader *r)
{
    r->text = r->at + 1;
    const char *last = tl_json_string_end(r->text, r->end, &r->escaped, &r->problem, &r->at);
    if (!last)
        return TL_JSON_FAILED;
    r->length = (size_t)(last - r->text);
    r->at = last + 1;
    r->expected = TL_JSON_WHAT_FOLLOWS;
    return TL_JSON_STRING;
}

/* A name and its colon. */
static inline tl_json_token tl_json_read_name(tl_json_reader *r)
{
    if (*r->at != '"')
        return tl_json_reader_fail_at_token(r, "a name in quotes expected");
    if (tl_json_read_string(r) == TL_JSON_FAILED)
        return TL_JSON_FAILED;
    tl_json_skip_space(r);
    if (*r->at != ':')
        return tl_json_reader_fail_at_token(r, "':' expected");
    r->at++;
    r->expected = TL_JSON_A_VALUE;
    return TL_JSON_NAME;
}

static inline tl_json_token tl_json_open_level(tl_json_reader *r, bool object)
{
    if (r->depth == TL_JSON_DEPTH)
        return tl_json_reader_fail(r, "nested more than 1,000 levels deep");
    r->at++;
    r->objects[r->depth] = object;
    if (++r->depth > r->deepest)
        r->deepest = r->depth;
    r->expected = TL_JSON_THE_FIRST;
    return object ? TL_JSON_OBJECT : TL_JSON_ARRAY;
}

static inline tl_json_token tl_json_read_value(tl_json_reader *r)
{
    switch (*r->at) {
    case '"':
        return tl_json_read_string(r);
    case '[':
    case '{':
        return tl_json_open_level(r, *r->at == '{');
    default:
        return *r->at == '-' || (*r->at >= '0' && *r->at <= '9') ? tl_json_reader_number(r)
                                                                 : tl_json_reader_word(r);
    }
}

static inline tl_json_token tl_json_reader_next(tl_json_reader *r)
{
    tl_json_skip_space(r);
    if (r->expected != TL_JSON_A_VALUE) {
        if (r->depth == 0)
            return r->at == r->end ? TL_JSON_END
                                   : tl_json_reader_fail(r, "something after the value");
        bool object = r->objects[r->depth - 1];
        if (*r->at == (object ? '}' : ']')) {
            r->at++;
            r->depth--;
            r->expected = TL_JSON_WHAT_FOLLOWS;
            return TL_JSON_CLOSE;
        }
        if (r->expected == TL_JSON_WHAT_FOLLOWS) {
            if (*r->at != ',')
                return tl_json_reader_fail_at_token(r, object ? "',' or '}' expected"
                                                              : "',' or ']' expected");
            r->at++;
            tl_json_skip_space(r);
        }
        if (object)
            return tl_json_read_name(r);
    }
    return tl_json_read_value(r);
}

#endif
