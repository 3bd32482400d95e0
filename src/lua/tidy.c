/* Makes what lua-cjson decoded into what users get: JSON null in an object is absent, and numbers
 * without a fraction are integers. One pass in C, in place. */
#include "binding.h"

static bool is_null(lua_State *L, int index, int type)
{
    return type == LUA_TLIGHTUSERDATA && lua_touserdata(L, index) == NULL;
}

static bool is_integral(lua_State *L, int index, lua_Integer *integer)
{
    lua_Number number = lua_tonumber(L, index);
    return !lua_isinteger(L, index) && lua_numbertointeger(number, integer) &&
           (lua_Number)*integer == number;
}

static void tidy_table(lua_State *L);

/* By index, which costs half of what lua_next does. A null stays, since a hole would move what
 * follows it. */
static void tidy_array(lua_State *L, lua_Integer length)
{
    lua_Integer integer;
    for (lua_Integer i = 1; i <= length; i++) {
        int type = lua_rawgeti(L, -1, i);
        if (type == LUA_TTABLE) {
            tidy_table(L);
        } else if (type == LUA_TNUMBER && is_integral(L, -1, &integer)) {
            lua_pushinteger(L, integer);
            lua_rawseti(L, -3, i);
        }
        lua_pop(L, 1);
    }
}

static void tidy_object(lua_State *L)
{
    lua_Integer integer;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        int type = lua_type(L, -1);
        if (type == LUA_TTABLE) {
            tidy_table(L);
        } else if (type == LUA_TNUMBER && is_integral(L, -1, &integer)) {
            lua_pushvalue(L, -2);
            lua_pushinteger(L, integer);
            lua_rawset(L, -5);
        } else if (is_null(L, -1, type)) {
            lua_pushvalue(L, -2);
            lua_pushnil(L); /* allowed while walking: no key is new */
            lua_rawset(L, -5);
        }
        lua_pop(L, 1);
    }
}

/* The table is on top: an array or an object, for JSON knows no mixture. */
static void tidy_table(lua_State *L)
{
    luaL_checkstack(L, 5, "value nested too deeply");
    lua_Integer length = (lua_Integer)lua_rawlen(L, -1);
    if (length > 0)
        tidy_array(L, length);
    else
        tidy_object(L);
}

/* tidy(value): the same value, tidied in place; nil for null. */
int tl_tidy(lua_State *L)
{
    lua_Integer integer;
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    int type = lua_type(L, 1);
    if (type == LUA_TTABLE)
        tidy_table(L);
    else if (type == LUA_TNUMBER && is_integral(L, 1, &integer))
        lua_pushinteger(L, integer);
    else if (is_null(L, 1, type))
        lua_pushnil(L);
    return 1;
}
