/* lua-cjson's values, where the host has loaded it. */
#ifndef TL_JSON_CJSON_H
#define TL_JSON_CJSON_H

#include <lua.h>
#include <stdbool.h>

/* Whether the value at `index` is the one that a loaded lua-cjson has under this name. Loads
 * nothing and calls no metamethod. Needs three free slots on Lua's stack; raises when there is no
 * memory. */
bool tl_cjson_has(lua_State *L, int index, const char *name);

#endif
