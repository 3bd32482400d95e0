/* JSON text to Lua values. One loop and a list of what is open instead of recursion, so that no
 * depth of nesting needs C stack. All memory is Lua's: an error in the middle leaves nothing
 * behind.
 *
 * What is in an array or an object waits on Lua's stack, so that its table can be made as large as
 * it will be; a longer one gets its table when MOST_WAITING are there, and what follows is stored
 * at once. */
#include "lua/json/json.h"
#include "json/number.h"
#include "json/string.h"

#include <stdbool.h>
#include <string.h>

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
    const char *at, *end;
    const char *problem;
    tl_json_way way;
    int depth, deepest;
    level levels[TL_JSON_DEPTH];
} decoder;

typedef enum outcome {
    FAILED,
    NEXT, /* a value is due */
    DONE  /* a value was pushed */
} outcome;

static outcome fail(decoder *d, const char *problem)
{
    d->problem = problem;
    return FAILED;
}

static outcome fail_at_token(decoder *d, const char *problem)
{
    return fail(d, d->at == d->end ? "the text ends too early" : problem);
}

static void skip_space(decoder *d)
{
    while (*d->at == ' ' || *d->at == '\n' || *d->at == '\r' || *d->at == '\t')
        d->at++;
}

/* Apart, for the room that luaL_Buffer takes. */
static __attribute__((noinline)) outcome push_unescaped(decoder *d, const char *last)
{
    luaL_Buffer buffer;
    size_t room = (size_t)(last - d->at);
    char *out = luaL_buffinitsize(d->L, &buffer, room);
    const char *where;
    size_t length = tl_json_unescape(d->at, last, out, &d->problem, &where);
    if (d->problem) {
        d->at = where;
        return FAILED;
    }
    luaL_pushresultsize(&buffer, length);
    d->at = last + 1;
    return DONE;
}

static outcome push_string(decoder *d)
{
    bool escaped;
    const char *where;
    d->at++;
    const char *last = tl_json_string_end(d->at, d->end, &escaped, &d->problem, &where);
    if (!last) {
        d->at = where;
        return FAILED;
    }
    if (escaped)
        return push_unescaped(d, last);
    lua_pushlstring(d->L, d->at, (size_t)(last - d->at));
    d->at = last + 1;
    return DONE;
}

static bool is_whole(lua_Number real, lua_Integer *integer)
{
    return lua_numbertointeger(real, integer) && (lua_Number)*integer == real;
}

static outcome push_number(decoder *d)
{
    tl_number number;
    tl_number_status status = tl_number_read(d->at, &number);
    if (status == TL_NUMBER_TOO_LARGE)
        return fail(d, "a number beyond what a float can be");
    if (status == TL_NUMBER_MALFORMED) {
        d->at = number.end;
        return fail_at_token(d, "a digit expected, and no other after a leading 0");
    }
    lua_Integer integer = number.integer;
    if (status == TL_NUMBER_INTEGER || (d->way.whole && is_whole(number.real, &integer)))
        lua_pushinteger(d->L, integer);
    else
        lua_pushnumber(d->L, number.real);
    d->at = number.end;
    return DONE;
}

static bool take_word(decoder *d, const char *word, size_t length)
{
    if ((size_t)(d->end - d->at) < length || memcmp(d->at, word, length) != 0)
        return false;
    d->at += length;
    return true;
}

static outcome push_word(decoder *d)
{
    if (take_word(d, "true", 4)) {
        lua_pushboolean(d->L, 1);
    } else if (take_word(d, "false", 5)) {
        lua_pushboolean(d->L, 0);
    } else if (take_word(d, "null", 4)) {
        bool is_nil = !d->way.keep_null && (d->depth == 0 || !d->levels[d->depth - 1].array);
        if (is_nil)
            lua_pushnil(d->L);
        else
            lua_pushlightuserdata(d->L, NULL);
    } else {
        return fail_at_token(d, "a value expected");
    }
    return DONE;
}

/* From the first pair to the last, since of two with one name the last counts. */
static void store_pairs(lua_State *L, const level *l)
{
    for (int i = 1; i < l->waiting; i += 2) {
        lua_pushvalue(L, l->base + i);
        lua_pushvalue(L, l->base + i + 1);
        lua_rawset(L, l->base);
    }
    lua_settop(L, l->base);
}

/* Makes the table, and moves there what waits. */
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

/* Takes note of the value, and the key below it, that is on top of the stack. */
static void keep_value(decoder *d, level *l)
{
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

/* A name and its colon. */
static outcome push_name(decoder *d)
{
    if (*d->at != '"')
        return fail_at_token(d, "a name in quotes expected");
    if (push_string(d) == FAILED)
        return FAILED;
    skip_space(d);
    if (*d->at != ':')
        return fail_at_token(d, "':' expected");
    d->at++;
    return NEXT;
}

/* The table takes the place of what waited, and is a value itself. */
static outcome close_level(decoder *d)
{
    level *l = &d->levels[d->depth - 1];
    if (!l->made)
        make_table(d, l);
    d->at++;
    d->depth--;
    return DONE;
}

static outcome open_level(decoder *d)
{
    if (d->depth == TL_JSON_DEPTH)
        return fail(d, "nested more than 1,000 levels deep");
    luaL_checkstack(d->L, MOST_WAITING + LUA_MINSTACK, "too many values");
    lua_pushnil(d->L);
    bool array = *d->at++ == '[';
    d->levels[d->depth] = (level){.base = lua_gettop(d->L), .array = array};
    if (++d->depth > d->deepest)
        d->deepest = d->depth;
    skip_space(d);
    if (*d->at == (array ? ']' : '}'))
        return close_level(d);
    return array ? NEXT : push_name(d);
}

static outcome read_value(decoder *d)
{
    skip_space(d);
    switch (*d->at) {
    case '"':
        return push_string(d);
    case '[':
    case '{':
        return open_level(d);
    default:
        return *d->at == '-' || (*d->at >= '0' && *d->at <= '9') ? push_number(d) : push_word(d);
    }
}

/* A value in an array or object has been pushed: what comes then? */
static outcome go_on(decoder *d)
{
    level *l = &d->levels[d->depth - 1];
    keep_value(d, l);
    skip_space(d);
    if (*d->at == ',') {
        d->at++;
        if (l->array)
            return NEXT;
        skip_space(d);
        return push_name(d);
    }
    if (*d->at == (l->array ? ']' : '}'))
        return close_level(d);
    return fail_at_token(d, l->array ? "',' or ']' expected" : "',' or '}' expected");
}

static bool read_text(decoder *d)
{
    outcome step;
    do {
        step = read_value(d);
        while (step == DONE && d->depth > 0)
            step = go_on(d);
    } while (step == NEXT);
    if (step == FAILED)
        return false;
    skip_space(d);
    return d->at == d->end || fail(d, "something after the value") != FAILED;
}

bool tl_json_decode(lua_State *L, const char *text, size_t length, const tl_json_way *way,
                    tl_json_read *result)
{
    decoder d; /* whole, it would cost a clearing of all levels */
    d.L = L;
    d.at = text;
    d.end = text + length;
    d.problem = NULL;
    d.way = *way;
    d.depth = d.deepest = 0;
    if (way->bom)
        take_word(&d, "\xEF\xBB\xBF", 3);
    int top = lua_gettop(L);
    bool fine = read_text(&d);
    if (!fine)
        lua_settop(L, top);
    result->problem = d.problem;
    result->at = (size_t)(d.at - text) + 1;
    result->depth = d.deepest;
    return fine;
}

/* Decodes the text at 1, and gives what a function of the module gives. */
static int decode(lua_State *L, const tl_json_way *way)
{
    size_t length;
    tl_json_read result;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *text = lua_tolstring(L, 1, &length);
    if (tl_json_decode(L, text, length, way, &result))
        return 1;
    lua_pushnil(L);
    lua_pushfstring(L, "%s at byte %I", result.problem, (LUAI_UACINT)result.at);
    return 2;
}

/* decode_value(text, keep_null): the value; or nil and what is wrong at which byte. With the
 * arrays' metatable as its first upvalue. */
int tl_decode_value(lua_State *L)
{
    const tl_json_way way = {.array_type = lua_upvalueindex(1), .keep_null = lua_toboolean(L, 2)};
    return decode(L, &way);
}

/* decode_answer(text): the same for what a server answers: arrays are plain tables, numbers without
 * a fraction integers, and a byte order mark is passed over. */
int tl_decode_answer(lua_State *L)
{
    static const tl_json_way way = {.whole = true, .bom = true};
    return decode(L, &way);
}
