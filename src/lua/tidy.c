/* Makes what lua-cjson decoded into what users get: JSON null in an object is absent, and numbers
 * without a fraction are integers. One pass in C, in place. */
#include "binding.h"

static bool is_null(lua_State *L, int index)
{
    return lua_type(L, index) == LUA_TLIGHTUSERDATA && lua_touserdata(L, index) == NULL;
}

static bool is_integral(lua_State *L, int index, lua_Integer *integer)
{
    lua_Number number = lua_tonumber(L, index);
    return !lua_isinteger(L, index) && lua_numbertointeger(number, integer) &&
           (lua_Number)*integer == number;
}

/* The table is on top. A null in an array stays, since a hole would move what follows it. */
static void tidy_table(lua_State *L)
{
    lua_Integer integer;
    luaL_checkstack(L, 5, "value nested too deeply");
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        switch (lua_type(L, -1)) {
        case LUA_TTABLE:
            tidy_table(L);
            break;
        case LUA_TNUMBER:
            if (!is_integral(L, -1, &integer))
                break;
            lua_pushvalue(L, -2);
            lua_pushinteger(L, integer);
            lua_rawset(L, -5);
            break;
        case LUA_TLIGHTUSERDATA:
            if (!is_null(L, -1) || lua_type(L, -2) != LUA_TSTRING)
                break;
            lua_pushvalue(L, -2);
            lua_pushnil(L); /* allowed while walking: no key is new */
            lua_rawset(L, -5);
            break;
        default:
            break;
        }
        lua_pop(L, 1);
    }
}

/* tidy(value): the same value, tidied in place; nil for null. */
int tl_tidy(lua_State *L)
{
    lua_Integer integer;
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (lua_istable(L, 1))
        tidy_table(L);
    else if (lua_type(L, 1) == LUA_TNUMBER && is_integral(L, 1, &integer))
        lua_pushinteger(L, integer);
    else if (is_null(L, 1))
        lua_pushnil(L);
    return 1;
}
