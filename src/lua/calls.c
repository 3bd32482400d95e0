/* Calls of Lua functions that come back here however they end. A debug hook of the host's, and a
 * lack of memory, can raise in any Lua code, so also in what a to-be-closed variable runs. What
 * must not be left undone is done here then, where neither comes. */
#include "lua/binding.h"

/* call(function, ...): as pcall does, but the function cannot yield. For functions of the user's
 * that are called where nobody would resume them. */
int tl_call(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, true);
    lua_insert(L, 1);
    if (lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0) == LUA_OK)
        return lua_gettop(L);
    lua_pushboolean(L, false);
    lua_insert(L, -2);
    return 2;
}

enum { TABLE = 1, KEY, VALUE, FUNCTION, BEFORE = VALUE, RESULTS = 2 };

static int set_back(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    lua_pushvalue(L, KEY);
    lua_pushvalue(L, BEFORE);
    lua_rawset(L, TABLE); /* needs no memory, since the key was there */
    return status == LUA_OK || status == LUA_YIELD ? RESULTS : lua_error(L);
}

/* during(table, key, value, function, ...): calls the function, which may yield, and sets the field
 * to the value meanwhile. Then the field has the value again that it had before. Gives the
 * function's first two results, or raises what it raised. When a coroutine is closed in the middle,
 * the field stays as it is. */
int tl_during(lua_State *L)
{
    luaL_checktype(L, TABLE, LUA_TTABLE);
    luaL_checkany(L, FUNCTION);
    lua_pushvalue(L, KEY);
    lua_rawget(L, TABLE);
    lua_pushvalue(L, KEY);
    lua_pushvalue(L, VALUE);
    lua_rawset(L, TABLE);
    lua_replace(L, BEFORE);
    const int arguments = lua_gettop(L) - FUNCTION;
    return set_back(L, lua_pcallk(L, arguments, RESULTS, 0, 0, set_back), 0);
}
