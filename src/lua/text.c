/* What Lua's own functions for text do by the locale of the host, or not at all. */
#include "lua/binding.h"

#include "json/utf8.h"

#include <stdio.h>
#include <string.h>

/* How many bytes of the text at `text` can be shown as they are: a character that obeys nobody; 0
 * when the first byte cannot. C1 controls, U+0080 to U+009F, are commands to a terminal too. */
static size_t shown_as_it_is(const char *text, const char *end)
{
    if (*text >= ' ' && *text <= '~')
        return 1;
    if ((signed char)*text >= 0)
        return 0;
    size_t length = tl_utf8_length(text, end);
    bool control = length == 2 && (unsigned char)text[0] == 0xC2 && (unsigned char)text[1] < 0xA0;
    return control ? 0 : length;
}

enum { ESCAPED = 5 }; /* \x00 and a NUL */

static size_t escape(char byte, char out[ESCAPED])
{
    const char *letter = byte == '\n' ? "n" : byte == '\r' ? "r" : byte == '\t' ? "t" : NULL;
    return (size_t)(letter ? snprintf(out, ESCAPED, "\\%s", letter)
                           : snprintf(out, ESCAPED, "\\x%02x", (unsigned char)byte));
}

/* line(text, most): the text on one line: control characters and what is no UTF-8 escaped; where
 * that would be longer than `most` bytes, cut between two characters and marked by "…". */
int tl_line(lua_State *L)
{
    static const char mark[] = "\xE2\x80\xA6";
    enum { MARK = sizeof mark - 1 };
    size_t length, written = 0, fits = 0; /* so far a mark fits behind it */
    const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
    lua_Integer limit = luaL_checkinteger(L, 2);
    luaL_argcheck(L, limit >= MARK && limit <= LUAL_BUFFERSIZE, 2, "no such length");
    const size_t most = (size_t)limit;
    luaL_Buffer buffer;
    char *out = luaL_buffinitsize(L, &buffer, most);
    while (text < end) {
        char escaped[ESCAPED];
        const size_t whole = shown_as_it_is(text, end);
        const size_t bytes = whole > 0 ? whole : escape(*text, escaped);
        if (written + bytes > most) {
            memcpy(out + fits, mark, MARK);
            written = fits + MARK;
            break;
        }
        memcpy(out + written, whole > 0 ? text : escaped, bytes);
        written += bytes;
        text += whole > 0 ? whole : 1;
        if (written <= most - MARK)
            fits = written;
    }
    luaL_pushresultsize(&buffer, written);
    return 1;
}

/* before(one, other): whether one text comes before another, byte by byte; for table.sort. Lua's
 * own "<" orders by the locale. */
int tl_before(lua_State *L)
{
    size_t length, other_length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *other = luaL_checklstring(L, 2, &other_length);
    int order = memcmp(text, other, length < other_length ? length : other_length);
    lua_pushboolean(L, order < 0 || (order == 0 && length < other_length));
    return 1;
}
