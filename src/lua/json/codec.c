#include "lua/json/codec.h"

#include "lua/json/decode.h"
#include "lua/json/encode.h"
#include "lua/json/place.h"
#include "lua/json/recent.h"
#include "lua/json/types.h"

#include <lauxlib.h>

void tl_json_register(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"decode_value", tl_decode_value},
        {"decoding", tl_decoding},
        {"decode_answer", tl_decode_answer},
        {"decode_secret", tl_decode_secret},
        {"encode_value", tl_encode_value},
        {"place", tl_place},
        {"is_array", tl_is_array},
        {"array", tl_new_array},
        {"raw", tl_new_raw},
        {NULL, NULL},
    };
    tl_json_types_register(L);
    tl_recent_register(L);
    luaL_getmetatable(L, TL_ARRAY_TYPE);
    luaL_setfuncs(L, functions, 1);
    lua_pushlightuserdata(
        L, NULL); /* lua-cjson's null too, so that a program that uses both has one */
    lua_setfield(L, -2, "null");
}
