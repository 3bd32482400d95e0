/* Functions for text that Lua lacks, or that do what the locale of the host says: the same error
 * would then have another message on another machine. */
#include "lua/binding.h"

#include "json/utf8.h"

#include <stdio.h>
#include <string.h>

enum {
    ESCAPED = 5,        /* \x00 and a NUL */
    LONGEST_LINE = 400, /* bytes of a foreign text, so that no server's answer fills a log */
};

/* Writes a byte that can't be shown as an escape of Lua's; gives how many bytes that took. */
static size_t escape(char byte, char out[ESCAPED])
{
    const char *letter = byte == '\n' ? "n" : byte == '\r' ? "r" : byte == '\t' ? "t" : NULL;
    return (size_t)(letter ? snprintf(out, ESCAPED, "\\%s", letter)
                           : snprintf(out, ESCAPED, "\\x%02x", (unsigned char)byte));
}

/* line(text, most): the text on one line, for messages. Control characters and what is no UTF-8 are
 * escaped, so that what a server wrote cannot command a terminal or forge a line of a log. What
 * would be longer than `most` bytes (3 to LUAL_BUFFERSIZE; LONGEST_LINE by default) is cut between
 * two characters, and ends with "…". */
int tl_line(lua_State *L)
{
    static const char mark[] = "\xE2\x80\xA6";
    enum { MARK = sizeof mark - 1 };
    size_t length, written = 0, fits = 0; /* so much, and a mark behind it, fits */
    const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
    lua_Integer limit = luaL_optinteger(L, 2, LONGEST_LINE);
    luaL_argcheck(L, limit >= MARK && limit <= LUAL_BUFFERSIZE, 2, "no such length");
    const size_t most = (size_t)limit;
    luaL_Buffer buffer;
    char *out = luaL_buffinitsize(L, &buffer, most);
    while (text < end) {
        char escaped[ESCAPED];
        const size_t whole = tl_utf8_shown(text, end);
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

/* lower(text): with small letters for the capital letters of ASCII, in names and words of
 * protocols. Lua's own string.lower changes other bytes, too, by the locale. */
int tl_lower(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    char *out = lua_newuserdatauv(L, length, 0); /* decode.c: why no luaL_Buffer */
    for (size_t i = 0; i < length; i++)
        out[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
    lua_pushlstring(L, out, length);
    return 1;
}

/* before(one, other): whether one text comes before another when they are compared byte by byte;
 * for table.sort. Lua's own "<" follows the order of the locale. */
int tl_before(lua_State *L)
{
    size_t length, other_length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *other = luaL_checklstring(L, 2, &other_length);
    int order = memcmp(text, other, length < other_length ? length : other_length);
    lua_pushboolean(L, order < 0 || (order == 0 && length < other_length));
    return 1;
}
