#include "json/reader.h"

#include "json/string.h"

#include <string.h>

/* What may come next: a value; what is first in an array or object, or its end; or what follows on
 * a value, which is a comma or the end of an array, an object or the text. */
enum { A_VALUE, THE_FIRST, WHAT_FOLLOWS };

static tl_json_token fail(tl_json_reader *r, const char *problem)
{
    r->problem = problem;
    return TL_JSON_FAILED;
}

static tl_json_token fail_at_token(tl_json_reader *r, const char *problem)
{
    return fail(r, r->at == r->end ? "the text ends too early" : problem);
}

/* Servers write no space between tokens, so the first comparison ends it nearly always. */
static bool is_space(char byte)
{
    return byte <= ' ' && (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t');
}

static inline void skip_space(tl_json_reader *r)
{
    while (is_space(*r->at))
        r->at++;
}

static bool take_word(tl_json_reader *r, const char *word, size_t length)
{
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
        return false;
    r->at += length;
    return true;
}

static tl_json_token read_word(tl_json_reader *r)
{
    r->expected = WHAT_FOLLOWS;
    if (take_word(r, "true", 4))
        return TL_JSON_TRUE;
    if (take_word(r, "false", 5))
        return TL_JSON_FALSE;
    if (take_word(r, "null", 4))
        return TL_JSON_NULL;
    return fail_at_token(r, "a value expected");
}

static tl_json_token read_number(tl_json_reader *r)
{
    tl_number_status status = tl_number_read(r->at, &r->number);
    if (status == TL_NUMBER_TOO_LARGE)
        return fail(r, "a number beyond what a float can be");
    r->at = r->number.end;
    r->expected = WHAT_FOLLOWS;
    if (status == TL_NUMBER_MALFORMED)
        return fail_at_token(r, "a digit expected, and no other after a leading 0");
    return status == TL_NUMBER_INTEGER ? TL_JSON_INTEGER : TL_JSON_REAL;
}

static inline tl_json_token read_string(tl_json_reader *r)
{
    r->text = r->at + 1;
    const char *last = tl_json_string_end(r->text, r->end, &r->escaped, &r->problem, &r->at);
    if (!last)
        return TL_JSON_FAILED;
    r->length = (size_t)(last - r->text);
    r->at = last + 1;
    r->expected = WHAT_FOLLOWS;
    return TL_JSON_STRING;
}

/* A name and its colon. */
static tl_json_token read_name(tl_json_reader *r)
{
    if (*r->at != '"')
        return fail_at_token(r, "a name in quotes expected");
    if (read_string(r) == TL_JSON_FAILED)
        return TL_JSON_FAILED;
    skip_space(r);
    if (*r->at != ':')
        return fail_at_token(r, "':' expected");
    r->at++;
    r->expected = A_VALUE;
    return TL_JSON_NAME;
}

static tl_json_token open_level(tl_json_reader *r, bool object)
{
    if (r->depth == TL_JSON_DEPTH)
        return fail(r, "nested more than 1,000 levels deep");
    r->at++;
    r->objects[r->depth] = object;
    if (++r->depth > r->deepest)
        r->deepest = r->depth;
    r->expected = THE_FIRST;
    return object ? TL_JSON_OBJECT : TL_JSON_ARRAY;
}

static tl_json_token close_level(tl_json_reader *r)
{
    r->at++;
    r->depth--;
    r->expected = WHAT_FOLLOWS;
    return TL_JSON_CLOSE;
}

static inline tl_json_token read_value(tl_json_reader *r)
{
    switch (*r->at) {
    case '"':
        return read_string(r);
    case '[':
    case '{':
        return open_level(r, *r->at == '{');
    default:
        return *r->at == '-' || (*r->at >= '0' && *r->at <= '9') ? read_number(r) : read_word(r);
    }
}

tl_json_token tl_json_reader_next(tl_json_reader *r)
{
    skip_space(r);
    if (r->expected == A_VALUE)
        return read_value(r);
    if (r->depth == 0)
        return r->at == r->end ? TL_JSON_END : fail(r, "something after the value");
    bool object = r->objects[r->depth - 1];
    if (*r->at == (object ? '}' : ']'))
        return close_level(r);
    if (r->expected == WHAT_FOLLOWS) {
        if (*r->at != ',')
            return fail_at_token(r, object ? "',' or '}' expected" : "',' or ']' expected");
        r->at++;
        skip_space(r);
    }
    return object ? read_name(r) : read_value(r);
}

/* Field by field, because an initializer would clear all of `objects` for each short text. */
void tl_json_reader_init(tl_json_reader *r, const char *text, size_t length, bool mark)
{
    r->at = text;
    r->end = text + length;
    r->problem = NULL;
    r->depth = r->deepest = 0;
    r->expected = A_VALUE;
    if (mark)
        take_word(r, "\xEF\xBB\xBF", 3);
}

bool tl_json_reader_unescape(tl_json_reader *r, char *out, size_t *written)
{
    const char *where;
    *written = tl_json_unescape(r->text, r->text + r->length, out, &r->problem, &where);
    if (r->problem)
        r->at = where;
    return !r->problem;
}
