#include "lua/json/cjson.h"

#include <lauxlib.h>

/* Replaces the value on top by its field of this name; by nil when it is no table. */
static void go_to(lua_State *L, const char *name)
{
    if (lua_istable(L, -1)) {
        lua_pushstring(L, name);
        lua_rawget(L, -2);
    } else {
        lua_pushnil(L);
    }
    lua_replace(L, -2);
}

/* Its addresses are known to nobody but the loaded library. All codecs of one library share them,
 * but a host may have loaded one library under each name. */
bool tl_cjson_has(lua_State *L, int index, const char *name)
{
    static const char *const modules[] = {"cjson", "cjson.safe"};
    bool same = false;
    index = lua_absindex(L, index);
    for (size_t i = 0; i < sizeof modules / sizeof *modules && !same; i++) {
        lua_pushvalue(L, LUA_REGISTRYINDEX);
        go_to(L, LUA_LOADED_TABLE);
        go_to(L, modules[i]);
        go_to(L, name);
        same = lua_rawequal(L, index, -1);
        lua_pop(L, 1);
    }
    return same;
}
