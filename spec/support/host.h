/* What the parts of the host program share. */
#ifndef HOST_H
#define HOST_H

#include <lauxlib.h>
#include <lua.h>

int luaopen_tasklist_core(lua_State *L);

/* `require` finds the module in the program itself. */
void host_preload(lua_State *L, const char *name, lua_CFunction open);

/* Functions of require "host". */
extern const luaL_Reg host_deeds[];

#endif
