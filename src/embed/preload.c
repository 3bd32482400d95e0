/* tasklist_preload: `require` finds the module inside of the program. */
#include "embed/layer.h"
#include "embed/tasklist.h"

#include <lauxlib.h>
#include <string.h>

static const tl_chunk *find_chunk(const char *name)
{
    const tl_chunk *chunk = tl_layer;
    while (chunk->name && strcmp(chunk->name, name) != 0)
        chunk++;
    return chunk;
}

/* Lua itself looks whether bytecode fits: its version, its format, the sizes and the numbers. */
static int refuse(lua_State *L)
{
    return luaL_error(L,
                      "%s; the Lua that runs is another than the one that libtasklist.a was built "
                      "for: build it with `make static LUA=... LUA_INCDIR=...` of this one",
                      lua_tostring(L, -1));
}

/* What `require` calls with the name of a module. */
static int open_chunk(lua_State *L)
{
    const tl_chunk *chunk = find_chunk(luaL_checkstring(L, 1));
    luaL_argcheck(L, chunk->name, 1, "no module of tasklist");
    lua_settop(L, 1);
    int code = luaL_loadbufferx(L, (const char *)chunk->bytes, chunk->size, chunk->name, "b");
    if (code == LUA_ERRSYNTAX)
        return refuse(L);
    if (code != LUA_OK)
        return lua_error(L);
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

__attribute__((visibility("default"))) void tasklist_preload(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    for (const tl_chunk *chunk = tl_layer; chunk->name; chunk++) {
        lua_pushcfunction(L, open_chunk);
        lua_setfield(L, -2, chunk->name);
    }
    lua_pushcfunction(L, luaopen_tasklist_core);
    lua_setfield(L, -2, "tasklist.core");
    lua_pop(L, 1);
}
