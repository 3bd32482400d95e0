/* What encoder and decoder of the exact JSON codec share. */
#ifndef TL_JSON_H
#define TL_JSON_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* Names of metatables in the registry. */
#define TL_ARRAY_TYPE "tasklist.array"
#define TL_RAW_TYPE   "tasklist.raw"

enum { TL_JSON_DEPTH = 1000 }; /* tables in tables, in either direction */

/* JSON text to be written as it is; its first user value is the text. */
typedef struct tl_raw {
    int depth; /* of arrays and objects */
} tl_raw;

/* How a text was read. */
typedef struct tl_json_read {
    const char *problem;
    size_t at; /* the byte that is wrong, counted from 1 */
    int depth; /* how deep arrays and objects lie in each other */
} tl_json_read;

/* How JSON becomes Lua. Null is nil in objects and at the top unless `keep_null`. */
typedef struct tl_json_way {
    int array_type; /* where the arrays' metatable lies; 0: arrays are plain tables */
    bool keep_null;
    bool whole; /* a number without a fraction is an integer, however it is written */
    bool bom;   /* a byte order mark before the text is passed over, as RFC 8259 8.1 allows */
} tl_json_way;

/* Decodes the text, which a NUL must follow. False when it is no JSON. */
bool tl_json_decode(lua_State *L, const char *text, size_t length, const tl_json_way *way,
                    tl_json_read *result);

/* Whether the keys of the table at `index` are 1 to *length and no other; does not look at
 * metamethods. If not, pushes the key that is too much, or the one that is missing. */
bool tl_json_is_sequence(lua_State *L, int index, lua_Integer *length);

/* Makes the metatables, and adds the codec's functions to the table on top. */
void tl_json_register(lua_State *L);

/* Lua functions of the module: */
int tl_decode_value(lua_State *L); /* json_decode.c */
int tl_decode_answer(lua_State *L);
int tl_encode_value(lua_State *L); /* json_encode.c */
int tl_place(lua_State *L);        /* json_place.c */
int tl_new_array(lua_State *L);    /* json_types.c */
int tl_new_raw(lua_State *L);

#endif
