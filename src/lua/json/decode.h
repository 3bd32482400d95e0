/* JSON text to Lua values, exactly. */
#ifndef TL_JSON_DECODE_H
#define TL_JSON_DECODE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* How JSON becomes Lua. Null is nil in objects and at the top unless `keep_null`. */
typedef struct tl_json_way {
    int array_type; /* where the arrays' metatable lies; 0: arrays are plain tables */
    bool keep_null;
    bool whole;  /* a number without a fraction is an integer, however it is written */
    bool bom;    /* a byte order mark before the text is passed over, as RFC 8259 8.1 allows */
    bool secret; /* no string of the text is remembered for the next one */
} tl_json_way;

/* How a text was read. */
typedef struct tl_json_result {
    const char *problem; /* in English, a constant; NULL when the text is JSON */
    size_t at;           /* the byte that is wrong, counted from 1 */
    int depth;           /* how deep arrays and objects lie in each other */
} tl_json_result;

/* Decodes the text, which a NUL must follow, and which must stay where it is meanwhile. Pushes its
 * value; or gives false and pushes nothing when it is no JSON. Raises when there is no memory, or
 * no room on Lua's stack. */
bool tl_json_decode(lua_State *L, const char *text, size_t length, const tl_json_way *way,
                    tl_json_result *result);

/* Lua's decode_value(text, keep_null): the value of a JSON text; or nil and what is wrong at which
 * byte, or that it is no string. Arrays get the metatable that is the function's first upvalue. */
int tl_decode_value(lua_State *L);

/* Lua's decoding(f): a function decode(text, options), which gives the value of a JSON text. What
 * has options, and what is no JSON, is handed on to f(text, options), which gives the results then.
 * Arrays are as for decode_value. */
int tl_decoding(lua_State *L);

/* Pushes the value of what a server answers, a text as for tl_json_decode; or nil and what is wrong
 * at which byte. Arrays are plain tables, numbers without a fraction are integers, and a byte order
 * mark is passed over. Gives how many values were pushed. */
int tl_push_answer(lua_State *L, const char *text, size_t length);

/* Lua's decode_answer(text): what tl_push_answer pushes. */
int tl_decode_answer(lua_State *L);

/* Lua's decode_secret(text): the same, of a text that may hold secrets. */
int tl_decode_secret(lua_State *L);

#endif
