/* JSON text to Lua values: tl_json_reader says what is in the text, and here it becomes Lua's. All
 * memory is Lua's, so that nothing has to be given back when Lua raises.
 *
 * What is in an array or an object waits on Lua's stack, so that its table can be made in the size
 * that it will have; otherwise Lua would grow it again and again. When MOST_WAITING values are
 * there the table is made and what follows is stored at once, because the stack is limited. */
#include "lua/json/decode.h"

#include "lua/json/collector.h"
#include "json/reader.h"

#include <lauxlib.h>

enum { MOST_WAITING = 64 };

/* An open array or object. At `base` lies its table, or nil while there is none. */
typedef struct level {
    lua_Integer stored; /* values of an array that are in the table */
    int base;
    short waiting; /* what lies above `base`: values, and keys in an object */
    bool array;
    bool made; /* whether there is a table */
} level;

typedef struct decoder {
    lua_State *L;
    tl_json_way way;
    int depth;
    level levels[TL_JSON_DEPTH];
    tl_json_reader reader;
} decoder;

/* In a function that is not inlined, because luaL_Buffer takes more than 1 KB of C stack. */
static __attribute__((noinline)) bool push_unescaped(decoder *d)
{
    luaL_Buffer buffer;
    size_t length;
    char *out = luaL_buffinitsize(d->L, &buffer, d->reader.length);
    if (!tl_json_reader_unescape(&d->reader, out, &length))
        return false;
    luaL_pushresultsize(&buffer, length);
    return true;
}

static bool push_string(decoder *d)
{
    if (d->reader.escaped)
        return push_unescaped(d);
    lua_pushlstring(d->L, d->reader.text, d->reader.length);
    return true;
}

static void push_real(decoder *d)
{
    lua_Number real = d->reader.number.real;
    lua_Integer integer;
    if (d->way.whole && lua_numbertointeger(real, &integer) && (lua_Number)integer == real)
        lua_pushinteger(d->L, integer);
    else
        lua_pushnumber(d->L, real);
}

static void push_null(decoder *d)
{
    if (!d->way.keep_null && (d->depth == 0 || !d->levels[d->depth - 1].array))
        lua_pushnil(d->L);
    else
        lua_pushlightuserdata(d->L, NULL);
}

/* From the first pair to the last, because of two with the same name the last one counts. */
static void store_pairs(lua_State *L, const level *l)
{
    for (int i = 1; i < l->waiting; i += 2) {
        lua_pushvalue(L, l->base + i);
        lua_pushvalue(L, l->base + i + 1);
        lua_rawset(L, l->base);
    }
    lua_settop(L, l->base);
}

/* Makes the table of a level, and moves there what waits. */
static void make_table(decoder *d, level *l)
{
    lua_State *L = d->L;
    lua_createtable(L, l->array ? l->waiting : 0, l->array ? 0 : l->waiting / 2);
    lua_replace(L, l->base);
    if (l->array) {
        if (d->way.array_type) {
            lua_pushvalue(L, d->way.array_type);
            lua_setmetatable(L, l->base);
        }
        l->stored = l->waiting;
        for (int i = l->waiting; i > 0; i--)
            lua_rawseti(L, l->base, i);
    } else {
        store_pairs(L, l);
    }
    l->waiting = 0;
    l->made = true;
}

/* A value is on top of the stack, in an object with its name below it. */
static void keep_value(decoder *d)
{
    level *l = &d->levels[d->depth - 1];
    if (!l->made) {
        l->waiting = (short)(l->waiting + (l->array ? 1 : 2));
        if (l->waiting >= MOST_WAITING)
            make_table(d, l);
    } else if (l->array) {
        lua_rawseti(d->L, l->base, ++l->stored);
    } else {
        lua_rawset(d->L, l->base);
    }
}

static void open_level(decoder *d, bool array)
{
    luaL_checkstack(d->L, MOST_WAITING + LUA_MINSTACK, "too many values");
    lua_pushnil(d->L);
    d->levels[d->depth++] = (level){.base = lua_gettop(d->L), .array = array};
}

/* What waited has become a table, which is a value itself, in its place. */
static void close_level(decoder *d)
{
    level *l = &d->levels[--d->depth];
    if (!l->made)
        make_table(d, l);
}

typedef enum outcome {
    FAILED,
    MORE,  /* what came is no value yet */
    VALUE, /* a value was pushed */
    DONE   /* the text is over */
} outcome;

static outcome take_token(decoder *d, tl_json_token token)
{
    switch (token) {
    case TL_JSON_ARRAY:
    case TL_JSON_OBJECT:
        open_level(d, token == TL_JSON_ARRAY);
        return MORE;
    case TL_JSON_NAME:
        return push_string(d) ? MORE : FAILED;
    case TL_JSON_CLOSE:
        close_level(d);
        return VALUE;
    case TL_JSON_STRING:
        return push_string(d) ? VALUE : FAILED;
    case TL_JSON_INTEGER:
        lua_pushinteger(d->L, d->reader.number.integer);
        return VALUE;
    case TL_JSON_REAL:
        push_real(d);
        return VALUE;
    case TL_JSON_TRUE:
    case TL_JSON_FALSE:
        lua_pushboolean(d->L, token == TL_JSON_TRUE);
        return VALUE;
    case TL_JSON_NULL:
        push_null(d);
        return VALUE;
    case TL_JSON_END:
        return DONE;
    default:
        return FAILED;
    }
}

static bool read_text(decoder *d)
{
    outcome step;
    do {
        step = take_token(d, tl_json_reader_next(&d->reader));
        if (step == VALUE && d->depth > 0)
            keep_value(d);
    } while (step == MORE || step == VALUE);
    return step == DONE;
}

bool tl_json_decode(lua_State *L, const char *text, size_t length, const tl_json_way *way,
                    tl_json_result *result)
{
    tl_collect_ahead(L, length);
    decoder d; /* no initializer, because that would clear all levels for each short text */
    d.L = L;
    d.way = *way;
    d.depth = 0;
    tl_json_reader_init(&d.reader, text, length, way->bom);
    int top = lua_gettop(L);
    bool fine = read_text(&d);
    if (!fine)
        lua_settop(L, top);
    result->problem = d.reader.problem;
    result->at = (size_t)(d.reader.at - text) + 1;
    result->depth = d.reader.deepest;
    return fine;
}

/* Pushes what a function of the module gives. */
static int push(lua_State *L, const char *text, size_t length, const tl_json_way *way)
{
    tl_json_result result;
    if (tl_json_decode(L, text, length, way, &result))
        return 1;
    lua_pushnil(L);
    lua_pushfstring(L, "%s at byte %I", result.problem, (LUAI_UACINT)result.at);
    return 2;
}

int tl_push_answer(lua_State *L, const char *text, size_t length)
{
    static const tl_json_way way = {.whole = true, .bom = true};
    return push(L, text, length, &way);
}

static const char *check_text(lua_State *L, size_t *length)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    return lua_tolstring(L, 1, length);
}

int tl_decode_value(lua_State *L)
{
    size_t length;
    const char *text = check_text(L, &length);
    const tl_json_way way = {.array_type = lua_upvalueindex(1), .keep_null = lua_toboolean(L, 2)};
    return push(L, text, length, &way);
}

int tl_decode_answer(lua_State *L)
{
    size_t length;
    const char *text = check_text(L, &length);
    return tl_push_answer(L, text, length);
}
