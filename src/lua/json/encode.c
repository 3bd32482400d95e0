/* Lua values to JSON text. One loop and a list of the open tables instead of recursion, so that no
 * depth of nesting needs C stack. Metamethods are not called (__index, __pairs): they might raise,
 * or give another content at each look.
 *
 * On Lua's stack lie the value, the name of its place, the output, then each open table, followed,
 * when it is an object, by the key that was written last. */
#include "lua/json/encode.h"

#include "lua/json/cjson.h"
#include "lua/json/output.h"
#include "lua/json/place.h"
#include "lua/json/types.h"
#include "json/reader.h"

#include <lauxlib.h>
#include <math.h>

enum { VALUE = 1, PLACE = 2, OUTPUT = 3, FIRST_TABLE = 4 };

typedef struct level {
    const void *identity; /* of the table, to notice a table that is in itself */
    lua_Integer length;   /* of an array; OBJECT otherwise */
    lua_Integer written;  /* how many elements were begun */
} level;

enum { OBJECT = -1 };

typedef struct encoder {
    lua_State *L;
    int array_type; /* where the metatable of arrays lies */
    int depth;
    int blamed; /* how many of the levels lead to the value that can't be written */
    tl_output output;
    level levels[TL_JSON_DEPTH];
} encoder;

/* Pushes what is wrong: `format`, with `detail` for its %s. `blamed` levels lead there. */
static bool fail(encoder *e, int blamed, const char *format, const char *detail)
{
    e->blamed = blamed;
    lua_pushfstring(e->L, format, detail);
    return false;
}

static bool write_string(encoder *e, int index)
{
    size_t length;
    const char *text = lua_tolstring(e->L, index, &length);
    return tl_output_add_string(&e->output, text, length) || fail(e, e->depth, "not UTF-8", NULL);
}

static bool write_number(encoder *e)
{
    lua_Number number = lua_tonumber(e->L, -1);
    if (isnan(number))
        return fail(e, e->depth, "NaN has no JSON", NULL);
    if (isinf(number))
        return fail(e, e->depth, "%s has no JSON", number > 0 ? "infinity" : "-infinity");
    tl_output_add_number(&e->output, -1);
    return true;
}

static bool write_raw(encoder *e)
{
    lua_State *L = e->L;
    size_t length;
    const tl_raw *raw = luaL_testudata(L, -1, TL_RAW_TYPE);
    if (!raw)
        return fail(e, e->depth, "a userdata has no JSON", NULL);
    if (e->depth + raw->depth > TL_JSON_DEPTH)
        return fail(e, e->depth, "nested more than 1,000 levels deep", NULL);
    lua_getiuservalue(L, -1, 1);
    const char *text = lua_tolstring(L, -1, &length);
    tl_output_add(&e->output, text, length);
    lua_pop(L, 1);
    return true;
}

/* Whether the table on top says that it is an array. */
static bool is_array(encoder *e)
{
    return lua_getmetatable(e->L, -1) && tl_json_marks_arrays(e->L, e->array_type);
}

/* Writes the bracket that opens the table on top, and makes it the innermost level. */
static bool open_table(encoder *e)
{
    lua_State *L = e->L;
    const void *identity = lua_topointer(L, -1);
    luaL_checkstack(L, LUA_MINSTACK, "nested too deeply");
    for (int i = 0; i < e->depth; i++) {
        if (e->levels[i].identity == identity)
            return fail(e, e->depth, "a cycle: the table is in itself", NULL);
    }
    if (e->depth == TL_JSON_DEPTH)
        return fail(e, e->depth, "nested more than 1,000 levels deep", NULL);
    lua_Integer length = OBJECT;
    if ((lua_rawlen(L, -1) > 0 || is_array(e)) && !tl_json_is_sequence(L, lua_gettop(L), &length)) {
        bool hole = lua_isinteger(L, -1);
        return fail(e, e->depth,
                    hole ? "an array with holes, as at key %s" : "an array that has the key %s too",
                    tl_place_push_key(L, -1));
    }
    tl_output_add_byte(&e->output, length == OBJECT ? '{' : '[');
    e->levels[e->depth++] = (level){.identity = identity, .length = length};
    return true;
}

/* Null, or lua-cjson's empty array: it has no other light userdata. */
static bool write_constant(encoder *e)
{
    bool null = lua_touserdata(e->L, -1) == NULL;
    if (!null && !tl_cjson_has(e->L, -1, "empty_array"))
        return fail(e, e->depth, "a userdata has no JSON", NULL);
    tl_output_add_text(&e->output, null ? "null" : "[]");
    return true;
}

/* Writes the value on top, or what begins it when it is a table that holds something. */
static bool begin_value(encoder *e)
{
    lua_State *L = e->L;
    int type = lua_type(L, -1);
    switch (type) {
    case LUA_TSTRING:
        return write_string(e, -1);
    case LUA_TNUMBER:
        return write_number(e);
    case LUA_TBOOLEAN:
        tl_output_add_text(&e->output, lua_toboolean(L, -1) ? "true" : "false");
        return true;
    case LUA_TNIL:
        tl_output_add_text(&e->output, "null");
        return true;
    case LUA_TTABLE:
        return open_table(e);
    case LUA_TUSERDATA:
        return write_raw(e);
    case LUA_TLIGHTUSERDATA:
        return write_constant(e);
    default:
        return fail(e, e->depth, "a %s has no JSON", lua_typename(L, type));
    }
}

/* The name of the object's next value, which is on top with its key below it. */
static bool write_name(encoder *e, level *l)
{
    lua_State *L = e->L;
    if (lua_type(L, -2) != LUA_TSTRING) {
        const char *key = tl_place_push_key(L, -2);
        return fail(e, e->depth - 1, "neither array nor object, for it has the key %s", key);
    }
    if (l->written++ > 0)
        tl_output_add_byte(&e->output, ',');
    if (!write_string(e, -2))
        return false;
    tl_output_add_byte(&e->output, ':');
    return true;
}

typedef enum outcome { FAILED, NEXT, DONE } outcome;

/* Pushes the next value of the innermost table; without one the table is done, and popped. */
static outcome go_on(encoder *e)
{
    lua_State *L = e->L;
    level *l = &e->levels[e->depth - 1];
    if (l->length == OBJECT) {
        if (l->written == 0)
            lua_pushnil(L);
        if (lua_next(L, -2))
            return write_name(e, l) ? NEXT : FAILED;
        tl_output_add_byte(&e->output, '}');
    } else if (l->written < l->length) {
        if (l->written++ > 0)
            tl_output_add_byte(&e->output, ',');
        lua_rawgeti(L, -1, l->written);
        return NEXT;
    } else {
        tl_output_add_byte(&e->output, ']');
    }
    e->depth--;
    return DONE;
}

/* The value on top is written whole, and popped. */
static bool write_value(encoder *e)
{
    outcome step = NEXT;
    do {
        int depth = e->depth;
        if (step == NEXT && !begin_value(e))
            return false;
        if (e->depth == depth)
            lua_pop(e->L, 1);
        if (e->depth == 0)
            return true;
        step = go_on(e);
    } while (step != FAILED);
    return false;
}

/* Adds the step of the place that leads through a level, whose table lies at `table`; gives where
 * the next level's table lies. */
static int add_step(encoder *e, const level *l, int table)
{
    size_t length;
    if (l->length != OBJECT) {
        tl_place_add_index(&e->output, l->written);
        return table + 1;
    }
    const char *name = lua_tolstring(e->L, table + 1, &length);
    tl_place_add_name(&e->output, name, length);
    return table + 2;
}

/* Pushes the place and then the problem, which is on top, as one text. A place of many steps is
 * shown without those in the middle, or the problem could not be found in it. */
static void push_message(encoder *e)
{
    enum { SHOWN = 10 }; /* steps at either end */
    lua_State *L = e->L;
    tl_output *output = &e->output;
    size_t length;
    output->length = 0;
    if (lua_type(L, PLACE) == LUA_TSTRING)
        tl_output_add_text(output, lua_tostring(L, PLACE));
    int table = FIRST_TABLE;
    for (int i = 0; i < e->blamed; i++) {
        size_t before = output->length;
        table = add_step(e, &e->levels[i], table);
        if (i >= SHOWN && i < e->blamed - SHOWN) {
            output->length = before;
            if (i == SHOWN)
                tl_output_add_text(output, " … ");
        }
    }
    if (output->length > 0)
        tl_output_add_text(output, ": ");
    const char *problem = lua_tolstring(L, -1, &length);
    tl_output_add(output, problem, length);
    lua_pushlstring(L, output->data, output->length);
}

int tl_encode_value(lua_State *L)
{
    encoder e; /* no initializer, because that would clear all levels for each short text */
    lua_settop(L, PLACE);
    lua_pushnil(L);
    lua_pushvalue(L, VALUE);
    e.L = L;
    e.array_type = lua_upvalueindex(1);
    e.depth = e.blamed = 0;
    tl_output_init(&e.output, L, OUTPUT);
    if (write_value(&e)) {
        lua_pushlstring(L, e.output.data, e.output.length);
        return 1;
    }
    lua_pushnil(L);
    lua_insert(L, -2);
    push_message(&e);
    lua_replace(L, -2);
    return 2;
}
