#include "lua/json/place.h"

#include "json/number_write.h"
#include "json/utf8.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Adds a text between quotes. What can't be shown, and a quote or backslash, is written as \xXX. */
static void add_quoted(tl_output *output, const char *text, size_t length)
{
    const char *end = text + length;
    tl_output_add_byte(output, '"');
    while (text < end) {
        size_t bytes = *text == '"' || *text == '\\' ? 0 : tl_utf8_shown(text, end);
        if (bytes > 0) {
            tl_output_add(output, text, bytes);
            text += bytes;
        } else {
            char escaped[5];
            snprintf(escaped, sizeof escaped, "\\x%02x", (unsigned char)*text++);
            tl_output_add_text(output, escaped);
        }
    }
    tl_output_add_byte(output, '"');
}

void tl_place_add_index(tl_output *output, lua_Integer index)
{
    char digits[TL_NUMBER_LONGEST];
    tl_output_add_byte(output, '[');
    tl_output_add(output, digits, tl_number_write_integer(digits, index));
    tl_output_add_byte(output, ']');
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool is_name(const char *text, size_t length)
{
    if (length == 0 || !is_letter(text[0]))
        return false;
    for (size_t i = 1; i < length; i++) {
        if (!is_letter(text[i]) && (text[i] < '0' || text[i] > '9'))
            return false;
    }
    return true;
}

void tl_place_add_name(tl_output *output, const char *name, size_t length)
{
    if (is_name(name, length)) {
        if (output->length > 0)
            tl_output_add_byte(output, '.');
        tl_output_add(output, name, length);
        return;
    }
    tl_output_add_byte(output, '[');
    add_quoted(output, name, length);
    tl_output_add_byte(output, ']');
}

static bool is_infinite(lua_State *L, int index)
{
    return !lua_isinteger(L, index) && isinf(lua_tonumber(L, index));
}

/* luaL_tolstring would write a number with the decimal point of the locale, and call the metamethod
 * of a key of another type: that might raise, and a caller would get that error instead of the one
 * that is to be reported. */
const char *tl_place_push_key(lua_State *L, int index)
{
    size_t length;
    const char *text;
    tl_output output;
    const int key = lua_absindex(L, index), type = lua_type(L, key);
    if (type == LUA_TBOOLEAN)
        return lua_pushstring(L, lua_toboolean(L, key) ? "true" : "false");
    if (type == LUA_TNUMBER && is_infinite(L, key))
        return lua_pushstring(L, lua_tonumber(L, key) > 0 ? "inf" : "-inf");
    if (type != LUA_TSTRING && type != LUA_TNUMBER)
        return lua_pushfstring(L, "of type %s", lua_typename(L, type));
    lua_pushnil(L);
    tl_output_init(&output, L, lua_gettop(L));
    if (type == LUA_TNUMBER) {
        tl_output_add_number(&output, key);
    } else {
        text = lua_tolstring(L, key, &length);
        add_quoted(&output, text, length);
    }
    text = lua_pushlstring(L, output.data, output.length);
    lua_replace(L, output.slot);
    return text;
}

int tl_place(lua_State *L)
{
    size_t length, name_length;
    const char *before = luaL_checklstring(L, 1, &length);
    const char *name = luaL_checklstring(L, 2, &name_length);
    tl_output output;
    lua_settop(L, 2);
    lua_pushnil(L);
    tl_output_init(&output, L, 3);
    tl_output_add(&output, before, length);
    tl_place_add_name(&output, name, name_length);
    lua_pushlstring(L, output.data, output.length);
    return 1;
}
