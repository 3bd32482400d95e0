/* The room src/lua/json makes Lua values of JSON text, and JSON text of Lua values. What can be
 * read or written without Lua (numbers, strings, the grammar) does not belong here but in src/json,
 * where C tests reach it; and nothing here may know engines, requests or identities, which makes it
 * a codec for any Lua program. */
#ifndef TL_JSON_CODEC_H
#define TL_JSON_CODEC_H

#include <lua.h>

/* Makes the metatables of the codec's types, and sets its functions and `null` in the table on top.
 * Raises when there is no memory. */
void tl_json_register(lua_State *L);

#endif
