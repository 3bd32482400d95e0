#include "json/string.h"

#include "json/utf8.h"

#include <string.h>

/* Bytes that stand for themselves: all ASCII but quote, backslash and what is below the space. One
 * look into a table, because this is asked for each byte of each string. */
static bool is_plain(char byte)
{
    static const bool plain[256] = {
        [' '] = true,
        ['!'] = true,
        ['"' + 1 ... '\\' - 1] = true,
        ['\\' + 1 ... 0x7F] = true,
    };
    return plain[(unsigned char)byte];
}

/* Passes over what is plain and over escapes, block by block: to what is neither, or to the last
 * bytes. What follows a backslash is looked at when it is unescaped. */
static inline const char *pass_blocks(const char *text, const char *end, bool *escaped)
{
    while (end - text > TL_BLOCK) { /* one more, since a backslash may be the last of the block */
        const char *block = text;
        text += TL_BLOCK;
        for (uint64_t special = tl_block_special(block); special;) {
            int at = tl_block_first(special), behind = at + 2;
            if (block[at] != '\\')
                return block + at;
            *escaped = true;
            if (behind >= TL_BLOCK) {
                text = block + behind;
                break;
            }
            special &= UINT64_MAX << behind * TL_BLOCK_BITS;
        }
    }
    return text;
}

const char *tl_json_any_string_end(const char *text, const char *end, bool *escaped,
                                   const char **problem, const char **where)
{
    for (;;) {
        text = pass_blocks(text, end, escaped);
        while (is_plain(*text)) /* the NUL at the end is not */
            text++;
        if (*text == '"')
            return text;
        *where = text;
        if (*text == '\\') {
            *escaped = true;
            text += 1 + (text + 1 < end);
        } else if ((signed char)*text < 0) {
            size_t length = tl_utf8_length(text, end);
            if (length == 0) {
                *problem = "no UTF-8";
                return NULL;
            }
            text += length;
        } else {
            *problem = text == end ? "a string without an end" : "a control character in a string";
            return NULL;
        }
    }
}

/* Four hexadecimal digits, or -1. */
static int32_t read_unit(const char *text, const char *end)
{
    int32_t unit = 0;
    if (end - text < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* The code point of \uXXXX, or of two that are a surrogate pair, whose backslash is at *text; moves
 * *text behind it. Gives -1 with *problem set when it is wrong; so is half a pair, because there is
 * no UTF-8 for it. */
static int32_t read_code(const char **text, const char *end, const char **problem)
{
    int32_t unit = read_unit(*text + 2, end);
    *problem = "four hexadecimal digits expected after \\u";
    if (unit < 0)
        return -1;
    *text += 6;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    *problem = "half of a surrogate pair";
    if (unit > 0xDBFF || end - *text < 6 || (*text)[0] != '\\' || (*text)[1] != 'u')
        return -1;
    int32_t low = read_unit(*text + 2, end);
    if (low < 0xDC00 || low > 0xDFFF)
        return -1;
    *text += 6;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

/* What a letter after a backslash means. */
static const char meanings[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* The letter that means the byte after a backslash. "/" may be escaped, but need not be, and is
 * written as it is. */
static const char letters[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
    ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
};

/* Copies up to the first backslash, or to the end, and gives where that is; *out gets behind what
 * was copied. */
static inline const char *copy_unescaped(const char *text, const char *end, char **out)
{
    char *to = *out;
    while (end - text >= TL_BLOCK) {
        memcpy(to, text, TL_BLOCK); /* there is room, since no more was written than read */
        int plain = tl_block_first(tl_block_special(text));
        text += plain;
        to += plain;
        if (plain == TL_BLOCK)
            continue;
        if (*text == '\\')
            break;
        do /* a byte of UTF-8 */
            *to++ = *text++;
        while (text < end && (signed char)*text < 0);
    }
    while (text < end && *text != '\\')
        *to++ = *text++;
    *out = to;
    return text;
}

size_t tl_json_unescape(const char *text, const char *end, char *out, const char **problem,
                        const char **where)
{
    char *start = out;
    while ((text = copy_unescaped(text, end, &out)) < end) {
        *where = text;
        if (text[1] == 'u') {
            int32_t code = read_code(&text, end, problem);
            if (code < 0)
                return 0;
            out += tl_utf8_write(out, (uint32_t)code);
            continue;
        }
        *out = meanings[(unsigned char)text[1]];
        *problem = "an unknown escape";
        if (!*out++)
            return 0;
        text += 2;
    }
    *problem = NULL;
    return (size_t)(out - start);
}

bool tl_json_escaped_length(const char *text, size_t length, size_t *escaped)
{
    const char *end = text + length;
    *escaped = length;
    while (text < end) {
        if (is_plain(*text)) {
            text++;
        } else if ((signed char)*text < 0) {
            size_t bytes = tl_utf8_length(text, end);
            if (bytes == 0)
                return false;
            text += bytes;
        } else {
            *escaped += letters[(unsigned char)*text++] ? 1 : 5;
        }
    }
    return true;
}

void tl_json_escape(const char *text, size_t length, char *out)
{
    static const char hexadecimal[] = "0123456789ABCDEF";
    for (const char *end = text + length; text < end; text++) {
        if (is_plain(*text) || (signed char)*text < 0) {
            *out++ = *text;
            continue;
        }
        char name = letters[(unsigned char)*text];
        *out++ = '\\';
        *out++ = name ? name : 'u';
        if (!name) {
            memcpy(out, "00", 2);
            out[2] = hexadecimal[*text >> 4];
            out[3] = hexadecimal[*text & 15];
            out += 4;
        }
    }
}
