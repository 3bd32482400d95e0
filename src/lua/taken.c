/* Bytes of an answer, which have left the core. Lua reads a body from here without a string of its
 * own: the string would be a copy of all of it, and the garbage collector would count it and do as
 * much work before the body is even looked at. */
#include "lua/binding.h"

#include "lua/json/decode.h"
#include "json/reader.h"

#include <string.h>

static void give_back(tl_taken *taken)
{
    for (size_t i = 0; i < TL_TAKEN_BYTES; i++)
        tl_buffer_free(&taken->bytes[i]);
}

tl_taken *tl_push_taken(lua_State *L)
{
    tl_taken *taken = lua_newuserdatauv(L, sizeof *taken, 0);
    taken->allocator.allocate = lua_getallocf(L, &taken->allocator.context);
    for (size_t i = 0; i < TL_TAKEN_BYTES; i++)
        tl_buffer_init(&taken->bytes[i], &taken->allocator, SIZE_MAX);
    luaL_setmetatable(L, TL_TAKEN_TYPE);
    return taken;
}

void tl_take(tl_taken *taken, tl_taken_part part, tl_buffer *buffer)
{
    tl_buffer *mine = &taken->bytes[part];
    tl_buffer_free(mine);
    *mine = *buffer;
    mine->allocator = &taken->allocator; /* the buffer's own is gone with the engine */
    tl_buffer_init(buffer, buffer->allocator, buffer->limit);
}

void tl_take_copy(lua_State *L, tl_taken *taken, tl_taken_part part, const tl_buffer *buffer)
{
    tl_buffer *mine = &taken->bytes[part];
    tl_buffer_free(mine);
    mine->secret = buffer->secret;
    if (tl_buffer_append(mine, tl_buffer_text(buffer), buffer->length) != TL_BUFFER_OK)
        luaL_error(L, "not enough memory");
}

void tl_push_bytes(lua_State *L, tl_taken *taken, tl_taken_part part)
{
    tl_buffer *mine = &taken->bytes[part];
    lua_pushlstring(L, tl_buffer_text(mine), mine->length);
    tl_buffer_free(mine);
}

static tl_taken *check_taken(lua_State *L)
{
    return luaL_checkudata(L, 1, TL_TAKEN_TYPE);
}

/* answer:text(): the body, and the bytes are given back. */
static int taken_text(lua_State *L)
{
    tl_push_bytes(L, check_taken(L), TL_TAKEN_BODY);
    return 1;
}

/* answer:headers(): the raw header block, and the bytes are given back. */
static int taken_headers(lua_State *L)
{
    tl_push_bytes(L, check_taken(L), TL_TAKEN_HEADERS);
    return 1;
}

/* answer:decode(): the value of the body, which is JSON; or nil and what is wrong at which byte. */
static int taken_decode(lua_State *L)
{
    const tl_buffer *body = &check_taken(L)->bytes[TL_TAKEN_BODY];
    lua_settop(L, 1);
    return tl_push_answer(L, tl_buffer_text(body), body->length);
}

/* answer:kind(): "array" or "object" when the body begins as one, otherwise nil. Both are tables in
 * Lua, and an empty table does not tell which it was. */
static int taken_kind(lua_State *L)
{
    const tl_buffer *body = &check_taken(L)->bytes[TL_TAKEN_BODY];
    tl_json_reader reader;
    tl_json_reader_init(&reader, tl_buffer_text(body), body->length, true);
    switch (tl_json_reader_next(&reader)) {
    case TL_JSON_ARRAY:
        lua_pushliteral(L, "array");
        return 1;
    case TL_JSON_OBJECT:
        lua_pushliteral(L, "object");
        return 1;
    default:
        return 0;
    }
}

/* answer:seek(mark, most): how often `mark`, which is not empty, is in the body; and what follows
 * on the last one, up to `most` bytes, or nil when there is none. */
static int taken_seek(lua_State *L)
{
    const tl_buffer *body = &check_taken(L)->bytes[TL_TAKEN_BODY];
    size_t length;
    const char *mark = luaL_checklstring(L, 2, &length);
    const lua_Integer most = luaL_checkinteger(L, 3);
    const char *at = tl_buffer_text(body), *end = at + body->length, *last = NULL;
    lua_Integer count = 0;
    luaL_argcheck(L, length > 0, 2, "empty");
    luaL_argcheck(L, most >= 0, 3, "negative");
    for (; (at = memmem(at, (size_t)(end - at), mark, length)); count++)
        last = at += length;
    lua_pushinteger(L, count);
    if (!last)
        return 1;
    lua_pushlstring(L, last, end - last < most ? (size_t)(end - last) : (size_t)most);
    return 2;
}

/* answer:close(): gives all bytes back. Otherwise a body stays in memory until the userdata is
 * collected, which the collector, who does not know of its size, may put off for long. */
static int taken_close(lua_State *L)
{
    give_back(check_taken(L));
    return 0;
}

void tl_taken_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"text", taken_text}, {"headers", taken_headers}, {"decode", taken_decode},
        {"kind", taken_kind}, {"seek", taken_seek},       {"close", taken_close},
        {NULL, NULL},
    };
    static const luaL_Reg metamethods[] = {{"__gc", taken_close}, {NULL, NULL}};
    tl_register_type(L, TL_TAKEN_TYPE, methods, metamethods);
}
