#include "lua/binding.h"

static void give_back(tl_taken *taken)
{
    for (size_t i = 0; i < TL_TAKEN_BYTES; i++)
        tl_buffer_free(&taken->bytes[i]);
}

static int taken_collect(lua_State *L)
{
    give_back(luaL_checkudata(L, 1, TL_TAKEN_TYPE));
    return 0;
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

void tl_taken_register(lua_State *L)
{
    static const luaL_Reg methods[] = {{NULL, NULL}};
    static const luaL_Reg metamethods[] = {{"__gc", taken_collect}, {NULL, NULL}};
    tl_register_type(L, TL_TAKEN_TYPE, methods, metamethods);
}
