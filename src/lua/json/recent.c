#include "lua/json/recent.h"

/* The largest size that is guessed, so that a wrong guess costs little. */
enum { MOST_FIELDS = 64 };

static const char key; /* its address is the userdata's key in the registry */

tl_recent *tl_recent_push_empty(lua_State *L)
{
    tl_recent *recent = lua_newuserdatauv(L, sizeof *recent, TL_RECENT_SLOTS);
    return memset(recent, 0, sizeof *recent);
}

void tl_recent_register(lua_State *L)
{
    tl_recent_push_empty(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}

tl_recent *tl_recent_get(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key);
    return lua_touserdata(L, -1);
}

int tl_recent_push_new(lua_State *L, int index, tl_recent *recent, int place, const char *text,
                       size_t length)
{
    tl_recent_slot made = {.length = (int)length, .fields = -1};
    tl_recent_ends(text, length, &made.first, &made.last);
    made.bytes = lua_pushlstring(L, text, length); /* a finalizer may decode something meanwhile */
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, place);
    recent->slots[place] = made;
    return place;
}

void tl_recent_learn(tl_recent *recent, int place, lua_Integer fields)
{
    recent->fields = fields < MOST_FIELDS ? (int)fields : MOST_FIELDS;
    recent->slots[place].fields = recent->fields;
}
