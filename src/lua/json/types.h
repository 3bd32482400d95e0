/* What JSON has and Lua does not: arrays that are arrays even when they are empty, and text that is
 * JSON already. */
#ifndef TL_JSON_TYPES_H
#define TL_JSON_TYPES_H

#include <lua.h>
#include <stdbool.h>

/* Names of metatables in the registry: of tables that are arrays, and of raw texts. */
#define TL_ARRAY_TYPE "tasklist.array"
#define TL_RAW_TYPE   "tasklist.raw"

/* The userdata of a JSON text that is to be written as it is; its first user value is the text. */
typedef struct tl_raw {
    int depth; /* how deep arrays and objects lie in each other in it */
} tl_raw;

/* Whether the keys of the table at `index`, which must be absolute, are 1 to *length and no other;
 * does not look at metamethods. If not, pushes the key that is too much, or the one that is
 * missing. */
bool tl_json_is_sequence(lua_State *L, int index, lua_Integer *length);

/* Lua's array(t): a new table with the values of the sequence t, and with the metatable that is the
 * function's first upvalue; or nil and what is wrong when t has other keys or holes. */
int tl_new_array(lua_State *L);

/* Lua's raw(text): a userdata that is written as the text; or nil and what is wrong when that is no
 * JSON. With the arrays' metatable as its first upvalue. */
int tl_new_raw(lua_State *L);

/* Makes both metatables, and leaves nothing on the stack. Raises when there is no memory. */
void tl_json_types_register(lua_State *L);

#endif
