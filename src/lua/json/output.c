#include "lua/json/output.h"

#include "json/number_write.h"
#include "json/string.h"

#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

void tl_output_init(tl_output *output, lua_State *L, int slot)
{
    output->L = L;
    output->slot = slot;
    output->data = output->first;
    output->length = 0;
    output->capacity = sizeof output->first;
}

/* The old memory is garbage once the new one has taken its place on the stack. */
static void grow(tl_output *output, size_t count)
{
    if (count > SIZE_MAX / 2 - output->length)
        luaL_error(output->L, "not enough memory");
    size_t capacity = output->length + count;
    if (capacity < output->capacity * 2)
        capacity = output->capacity * 2;
    char *data = lua_newuserdatauv(output->L, capacity, 0);
    memcpy(data, output->data, output->length);
    lua_replace(output->L, output->slot);
    output->data = data;
    output->capacity = capacity;
}

char *tl_output_room(tl_output *output, size_t count)
{
    if (count > output->capacity - output->length)
        grow(output, count);
    return output->data + output->length;
}

void tl_output_add(tl_output *output, const char *bytes, size_t count)
{
    memcpy(tl_output_room(output, count), bytes, count);
    output->length += count;
}

void tl_output_add_text(tl_output *output, const char *text)
{
    tl_output_add(output, text, strlen(text));
}

void tl_output_add_byte(tl_output *output, char byte)
{
    *tl_output_room(output, 1) = byte;
    output->length++;
}

void tl_output_add_number(tl_output *output, int index)
{
    lua_State *L = output->L;
    char *out = tl_output_room(output, TL_NUMBER_LONGEST);
    output->length += lua_isinteger(L, index)
                          ? tl_number_write_integer(out, lua_tointeger(L, index))
                          : tl_number_write_real(out, lua_tonumber(L, index));
}

bool tl_output_add_string(tl_output *output, const char *text, size_t length)
{
    size_t escaped;
    if (!tl_json_escaped_length(text, length, &escaped))
        return false;
    char *out = tl_output_room(output, escaped + 2);
    *out++ = '"';
    if (escaped == length)
        memcpy(out, text, length);
    else
        tl_json_escape(text, length, out);
    out[escaped] = '"';
    output->length += escaped + 2;
    return true;
}
