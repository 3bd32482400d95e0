#include "json/reader.h"

#include <string.h>

tl_json_token tl_json_reader_fail(tl_json_reader *r, const char *problem)
{
    r->problem = problem;
    return TL_JSON_FAILED;
}

tl_json_token tl_json_reader_fail_at_token(tl_json_reader *r, const char *problem)
{
    return tl_json_reader_fail(r, r->at == r->end ? "the text ends too early" : problem);
}

static bool take_word(tl_json_reader *r, const char *word, size_t length)
{
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
        return false;
    r->at += length;
    return true;
}

tl_json_token tl_json_reader_word(tl_json_reader *r)
{
    r->expected = TL_JSON_WHAT_FOLLOWS;
    if (take_word(r, "null", 4))
        return TL_JSON_NULL;
    if (take_word(r, "true", 4))
        return TL_JSON_TRUE;
    if (take_word(r, "false", 5))
        return TL_JSON_FALSE;
    return tl_json_reader_fail_at_token(r, "a value expected");
}

tl_json_token tl_json_reader_number(tl_json_reader *r)
{
    tl_number_status status = tl_number_read(r->at, &r->number);
    if (status == TL_NUMBER_TOO_LARGE)
        return tl_json_reader_fail(r, "a number beyond what a float can be");
    r->at = r->number.end;
    r->expected = TL_JSON_WHAT_FOLLOWS;
    if (status == TL_NUMBER_MALFORMED)
        return tl_json_reader_fail_at_token(r, "a digit expected, and no other after a leading 0");
    return status == TL_NUMBER_INTEGER ? TL_JSON_INTEGER : TL_JSON_REAL;
}

/* Field by field, because an initializer would clear all of `objects` for each short text. */
void tl_json_reader_init(tl_json_reader *r, const char *text, size_t length, bool mark)
{
    r->at = text;
    r->end = text + length;
    r->problem = NULL;
    r->depth = r->deepest = 0;
    r->expected = TL_JSON_A_VALUE;
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
