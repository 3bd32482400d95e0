/* tasklist in a program that embeds Lua 5.4 or 5.5 and links libtasklist.a, as
 * `pkg-config tasklist` says.
 *
 *     lua_State *L = luaL_newstate();
 *     luaL_openlibs(L);
 *     tasklist_preload(L);
 *
 * From then on `require "tasklist"` works in that state, and reads no file. doc/embedding.md has
 * the rest: which of Lua's libraries the state needs, threads, and lua-cjson. */
#ifndef TASKLIST_H
#define TASKLIST_H

#ifdef __cplusplus
extern "C" {
#endif

#include <lua.h>

/* Puts a loader for each module into the state's `package.preload`, and leaves the stack as it was.
 * Nothing is loaded before `require` asks for it. Raises when the memory is out, as Lua's own
 * functions do: call it in protected mode where that must not end the program. */
void tasklist_preload(lua_State *L);

/* What `require "tasklist.core"` opens, for a host that has the module's Lua files elsewhere. The
 * functions in it are the module's own, and may change with each version. */
int luaopen_tasklist_core(lua_State *L);

#ifdef __cplusplus
}
#endif

#endif
