/* Where in a value something is, as Lua would be written: order.lines[3]["unit price"]. */
#ifndef TL_JSON_PLACE_H
#define TL_JSON_PLACE_H

#include "lua/json/output.h"

/* A text between quotes, with what cannot be shown written as \xXX. */
void tl_place_add_quoted(tl_output *output, const char *text, size_t length);

void tl_place_add_index(tl_output *output, lua_Integer index);

/* The name of a field; what comes first has no dot in front. */
void tl_place_add_name(tl_output *output, const char *name, size_t length);

/* Writes the key at `index` of Lua's stack into the empty output and pushes it as text. */
const char *tl_place_push_key(tl_output *output, int index);

/* Lua's place(before, name): the place of a field of what is at `before`, both texts. */
int tl_place(lua_State *L);

#endif
