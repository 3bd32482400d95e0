/* What comes to its end undisturbed. A debug hook of the host's, and a lack of memory, can raise in
 * any Lua code, so also in what a to-be-closed variable runs; neither does so in here. */
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
 * the field stays as it is. The function must not take the field out of the table: to put it back
 * could need memory. */
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

/* join(first, item): takes the item into a ring of tables, right behind the first one. `before` and
 * `after` are its neighbours; all of them have these fields already, so that no memory is needed.
 */
int tl_join(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_getfield(L, 1, "after");
    lua_pushvalue(L, 1);
    lua_setfield(L, 2, "before");
    lua_pushvalue(L, 3);
    lua_setfield(L, 2, "after");
    lua_pushvalue(L, 2);
    lua_setfield(L, 3, "before");
    lua_pushvalue(L, 2);
    lua_setfield(L, 1, "after");
    return 0;
}

/* leave(item): takes it out, if it is in a ring, and sets its field `woken`. It still knows its
 * neighbours, so that whoever is just walking over the ring can go on. */
int tl_leave(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_pushboolean(L, true);
    lua_setfield(L, 1, "woken");
    lua_getfield(L, 1, "before");
    lua_getfield(L, 1, "after");
    if (!lua_istable(L, 2) || !lua_istable(L, 3))
        return 0;
    lua_pushvalue(L, 3);
    lua_setfield(L, 2, "after");
    lua_insert(L, 2);
    lua_setfield(L, 2, "before");
    return 0;
}
