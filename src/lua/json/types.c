#include "lua/json/types.h"

#include "lua/json/decode.h"

#include <lauxlib.h>

bool tl_json_is_sequence(lua_State *L, int index, lua_Integer *length)
{
    lua_Integer border = (lua_Integer)lua_rawlen(L, index), count = 0, key;
    *length = border;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (!lua_isinteger(L, -1) || (key = lua_tointeger(L, -1)) < 1 || key > border)
            return false;
        count++;
    }
    if (count == border)
        return true;
    for (key = 1; lua_rawgeti(L, index, key) != LUA_TNIL; key++)
        lua_pop(L, 1);
    lua_pop(L, 1);
    lua_pushinteger(L, key);
    return false;
}

int tl_new_array(lua_State *L)
{
    lua_Integer length;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (!tl_json_is_sequence(L, 1, &length)) {
        const char *key = luaL_tolstring(L, -1, NULL);
        lua_pushnil(L);
        lua_pushfstring(L, "a sequence expected, not so at key %s", key);
        return 2;
    }
    lua_createtable(L, (int)length, 0);
    for (lua_Integer i = 1; i <= length; i++) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 2, i);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_setmetatable(L, 2);
    return 1;
}

int tl_new_raw(lua_State *L)
{
    size_t length;
    tl_json_result result;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *text = lua_tolstring(L, 1, &length);
    lua_settop(L, 1);
    const tl_json_way way = {.array_type = lua_upvalueindex(1), .recent = lua_upvalueindex(2)};
    if (!tl_json_decode(L, text, length, &way, &result)) {
        lua_pushnil(L);
        lua_pushfstring(L, "%s at byte %I", result.problem, (LUAI_UACINT)result.at);
        return 2;
    }
    tl_raw *raw = lua_newuserdatauv(L, sizeof *raw, 1);
    raw->depth = result.depth;
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, TL_RAW_TYPE);
    return 1;
}

static int raw_tostring(lua_State *L)
{
    luaL_checkudata(L, 1, TL_RAW_TYPE);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

void tl_json_types_register(lua_State *L)
{
    static const luaL_Reg raw_metamethods[] = {
        {"__tostring", raw_tostring},
        {NULL, NULL},
    };
    luaL_newmetatable(L, TL_RAW_TYPE);
    luaL_setfuncs(L, raw_metamethods, 0);
    luaL_newmetatable(L, TL_ARRAY_TYPE);
    lua_pop(L, 2);
}
