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

/* Whether tables with the metatable on top, which is popped, are arrays even when they are empty:
 * it is the one that lies at `array_type`, or one of lua-cjson's. That an empty_array_mt is only
 * for what is empty makes no difference: who marks a table with it means an array. Needs three free
 * slots on Lua's stack; raises when there is no memory. */
bool tl_json_marks_arrays(lua_State *L, int array_type);

/* Lua's is_array(value): whether the value is a table with such a metatable, or lua-cjson's empty
 * array. The arrays' metatable is the function's first upvalue. */
int tl_is_array(lua_State *L);

/* Lua's array(t): a new table with the values of the sequence t, and with the metatable that is the
 * function's first upvalue; or nil and what is wrong when t has other keys or holes. */
int tl_new_array(lua_State *L);

/* Lua's raw(text): a userdata that is written as the text; or nil and what is wrong when that is no
 * JSON. With the arrays' metatable as its first upvalue. */
int tl_new_raw(lua_State *L);

/* Makes both metatables, and leaves nothing on the stack. Raises when there is no memory. */
void tl_json_types_register(lua_State *L);

#endif
