#include "json/utf8.h"

#include <stdbool.h>

static bool is_tail(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Whether the second byte of a character may follow the first. After these first bytes not every
 * byte may: the others would be longer forms than needed (E0, F0), surrogates (ED) or code points
 * beyond U+10FFFF (F4). */
static bool is_second(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return is_tail(second);
    }
}

size_t tl_utf8_length(const char *text, const char *end)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] >= 0xC2 && bytes[0] <= 0xDF   ? 2
                    : bytes[0] >= 0xE0 && bytes[0] <= 0xEF ? 3
                    : bytes[0] >= 0xF0 && bytes[0] <= 0xF4 ? 4
                                                           : 0;
    if (length == 0 || (size_t)(end - text) < length || !is_second(bytes[0], bytes[1]))
        return 0;
    for (size_t i = 2; i < length; i++) {
        if (!is_tail(bytes[i]))
            return 0;
    }
    return length;
}

size_t tl_utf8_shown(const char *text, const char *end)
{
    if ((signed char)*text >= 0)
        return *text >= ' ' && *text <= '~';
    size_t length = tl_utf8_length(text, end);
    bool control = length == 2 && (unsigned char)text[0] == 0xC2 && (unsigned char)text[1] < 0xA0;
    return control ? 0 : length; /* U+0080 to U+009F are controls as well */
}

size_t tl_utf8_write(char out[TL_UTF8_LONGEST], uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)((length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0) | code);
    return length;
}
