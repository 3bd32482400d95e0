/* Where in a value something is, as one would write it in Lua: order.lines[3]["unit price"]. The
 * functions that add something raise when there is no memory. */
#ifndef TL_JSON_PLACE_H
#define TL_JSON_PLACE_H

#include "lua/json/output.h"

/* Adds the index of a table: [3]. */
void tl_place_add_index(tl_output *output, lua_Integer index);

/* Adds the name of a field: .name, or ["unit price"] when it is no name of Lua's. When the output
 * is empty there is no dot. */
void tl_place_add_name(tl_output *output, const char *name, size_t length);

/* Pushes the key at `index` of Lua's stack as text, and gives that text: a string in quotes, a
 * number or boolean as it is, of all else the type. Raises when there is no memory. */
const char *tl_place_push_key(lua_State *L, int index);

/* Lua's place(before, name): the place of a field of what is at `before`, both texts. */
int tl_place(lua_State *L);

#endif
