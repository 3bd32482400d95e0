/* Lua values to JSON text, exactly. */
#ifndef TL_JSON_ENCODE_H
#define TL_JSON_ENCODE_H

#include <lua.h>

/* Lua's encode_value(value, place): its JSON text; or nil and what cannot be written, after the
 * place where it is. `place` is the text that this place begins with, or nil. A table whose
 * metatable marks arrays (see tl_json_marks_arrays) is one even when it is empty; our own metatable
 * is the function's first upvalue. Raises when there is no memory. */
int tl_encode_value(lua_State *L);

#endif
