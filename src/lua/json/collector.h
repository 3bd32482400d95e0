/* When Lua's garbage collector works for the memory that a text takes. */
#ifndef TL_JSON_COLLECTOR_H
#define TL_JSON_COLLECTOR_H

#include <lua.h>
#include <stddef.h>

/* Has the collector work now for what a text of that length will take when it is decoded, so that
 * it does not work in the middle of that. May run finalizers. Raises nothing. */
void tl_collect_ahead(lua_State *L, size_t length);

#endif
