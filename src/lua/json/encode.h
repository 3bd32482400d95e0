/* Lua values to JSON text, exactly. */
#ifndef TL_JSON_ENCODE_H
#define TL_JSON_ENCODE_H

#include <lua.h>

/* Lua's encode_value(value, place): its JSON text; or nil and what cannot be written, after the
 * place where it is. `place` is the text that this place begins with, or nil. A table with the
 * metatable that is the function's first upvalue is an array even when it is empty. Raises when
 * there is no memory. */
int tl_encode_value(lua_State *L);

#endif
