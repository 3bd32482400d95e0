/* JSON text to Lua values: tl_json_reader says what is in the text, and here it becomes Lua's. All
 * memory is Lua's, so that nothing has to be given back when Lua raises.
 *
 * On Lua's stack lies what is open, the innermost on top: of an object its table, and the name of
 * the value that is being read; of an array the values that it has so far, so that its table can
 * be made in the size that it will have. When MOST_WAITING values are there the table is made and
 * what follows is stored at once, because the stack is limited. */
#include "lua/json/decode.h"

#include "lua/json/collector.h"
#include "lua/json/recent.h"
#include "json/reader.h"

#include <lauxlib.h>

enum { MOST_WAITING = 64 };

/* What lies on Lua's stack between the recent and what is open; nil while there is none. */
enum {
    SCRATCH = 1,  /* a userdata */
    UNESCAPED = 2 /* the last string that had escapes */
};

/* An open array or object. */
typedef struct level {
    lua_Integer count; /* values of an array, fields of an object; those that are nil too */
    short place;       /* as of tl_recent: of the object, or of the objects in the array */
    short next;        /* of an object: the place of the value that is being read */
    bool array;
    bool made; /* whether an array's table is there, and no value waits */
} level;

typedef struct decoder {
    lua_State *L;
    tl_json_way way;
    tl_recent *recent;
    int recent_index; /* where it lies on Lua's stack */
    char *scratch;
    size_t room;              /* of the scratch; 0 while there is none */
    const char *escaped_text; /* the last string with escapes, in the text */
    size_t escaped_length;    /* 0 while there was none */
    int depth;
    level levels[TL_JSON_DEPTH];
    tl_json_reader reader;
} decoder;

/* Room for so many bytes. Not a luaL_Buffer: when memory ends while Lua makes the first one that is
 * large, none can be made in that state any more. */
static char *scratch(decoder *d, size_t length)
{
    if (length > d->room) {
        size_t room = length > 2 * d->room ? length : 2 * d->room;
        d->scratch = lua_newuserdatauv(d->L, room, 0);
        lua_replace(d->L, d->recent_index + SCRATCH);
        d->room = room;
    }
    return d->scratch;
}

/* Whether the string that was read is the last one with escapes once more. The value of a variable
 * comes a second time as its preview, and most values have escapes. */
static bool is_repeated(const decoder *d)
{
    return d->reader.length == d->escaped_length &&
           memcmp(d->reader.text, d->escaped_text, d->escaped_length) == 0;
}

/* In a function that is not inlined, because most strings need none of this C stack. */
static __attribute__((noinline)) bool push_unescaped(decoder *d)
{
    if (is_repeated(d)) {
        lua_pushvalue(d->L, d->recent_index + UNESCAPED);
        return true;
    }
    char few[1024];
    size_t length = d->reader.length;
    char *out = length <= sizeof few ? few : scratch(d, length);
    if (!tl_json_reader_unescape(&d->reader, out, &length))
        return false;
    lua_pushlstring(d->L, out, length);
    lua_copy(d->L, -1, d->recent_index + UNESCAPED);
    d->escaped_text = d->reader.text;
    d->escaped_length = d->reader.length;
    return true;
}

static bool push_string(decoder *d)
{
    if (d->reader.escaped)
        return push_unescaped(d);
    tl_recent_push(d->L, d->recent_index, d->recent, d->reader.text, d->reader.length);
    return true;
}

static bool push_name(decoder *d)
{
    level *l = &d->levels[d->depth - 1];
    l->next = TL_RECENT_NO_NAME;
    if (d->reader.escaped)
        return push_unescaped(d);
    l->next =
        (short)tl_recent_push(d->L, d->recent_index, d->recent, d->reader.text, d->reader.length);
    return true;
}

static void push_real(decoder *d)
{
    int whole = false;
    lua_pushnumber(d->L, d->reader.number.real);
    lua_Integer integer = d->way.whole ? lua_tointegerx(d->L, -1, &whole) : 0;
    if (whole) {
        lua_pushinteger(d->L, integer);
        lua_replace(d->L, -2);
    }
}

static void push_null(decoder *d)
{
    if (!d->way.keep_null && (d->depth == 0 || !d->levels[d->depth - 1].array))
        lua_pushnil(d->L);
    else
        lua_pushlightuserdata(d->L, NULL);
}

/* Makes the table of an array, and moves there what waits. */
static void make_array(decoder *d, level *l)
{
    lua_State *L = d->L;
    lua_createtable(L, (int)l->count, 0);
    if (d->way.array_type) {
        lua_pushvalue(L, d->way.array_type);
        lua_setmetatable(L, -2);
    }
    int table = -1 - (int)l->count;
    lua_insert(L, table);
    for (lua_Integer i = l->count; i > 0; i--)
        lua_rawseti(L, table++, i);
    l->made = true;
}

/* A value is on top of the stack. */
static inline void keep_value(decoder *d)
{
    level *l = &d->levels[d->depth - 1];
    if (!l->array) {
        l->count++;
        lua_rawset(d->L, -3);
    } else if (l->made) {
        lua_rawseti(d->L, -2, ++l->count);
    } else if (++l->count == MOST_WAITING) {
        make_array(d, l);
    }
}

static void open_level(decoder *d, bool array)
{
    luaL_checkstack(d->L, MOST_WAITING + LUA_MINSTACK, "too many values");
    short place = TL_RECENT_NO_NAME;
    if (d->depth > 0) {
        const level *outer = &d->levels[d->depth - 1];
        place = outer->array ? outer->place : outer->next;
    }
    if (!array)
        lua_createtable(d->L, 0, tl_recent_guess(d->recent, place));
    d->levels[d->depth++] = (level){.place = place, .array = array};
}

/* Leaves the table of the level, which is a value itself. */
static void close_level(decoder *d)
{
    level *l = &d->levels[--d->depth];
    if (!l->array)
        tl_recent_learn(d->recent, l->place, l->count);
    else if (!l->made)
        make_array(d, l);
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
        return push_name(d) ? MORE : FAILED;
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
    d.room = d.escaped_length = 0;
    d.depth = 0;
    tl_json_reader_init(&d.reader, text, length, way->bom);
    d.recent = way->secret ? tl_recent_push_empty(L) : tl_recent_get(L);
    d.recent_index = lua_gettop(L);
    lua_pushnil(L); /* SCRATCH */
    lua_pushnil(L); /* UNESCAPED */
    bool fine = read_text(&d);
    if (fine)
        lua_replace(L, d.recent_index);
    lua_settop(L, fine ? d.recent_index : d.recent_index - 1);
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

/* Likewise, of the text at 1. */
static int push_argument(lua_State *L, const tl_json_way *way)
{
    size_t length;
    if (lua_type(L, 1) != LUA_TSTRING) {
        lua_pushnil(L);
        lua_pushliteral(L, "string expected");
        return 2;
    }
    const char *text = lua_tolstring(L, 1, &length);
    return push(L, text, length, way);
}

int tl_decode_value(lua_State *L)
{
    const tl_json_way way = {.array_type = lua_upvalueindex(1), .keep_null = lua_toboolean(L, 2)};
    return push_argument(L, &way);
}

/* The public decode(text, options). Most calls give no options and a text that is JSON: they are
 * done here, because a Lua function around them would take a fifteenth of their time. All others
 * are for the second upvalue, which reads the text once more and says what is wrong. */
static int decode_plainly(lua_State *L)
{
    const tl_json_way way = {.array_type = lua_upvalueindex(1)};
    if (lua_isnoneornil(L, 2) && push_argument(L, &way) == 1)
        return 1;
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 1);
    lua_call(L, 2, LUA_MULTRET);
    return lua_gettop(L);
}

int tl_decoding(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_pushcclosure(L, decode_plainly, 2);
    return 1;
}

static const tl_json_way way_of_answers = {.whole = true, .bom = true};

int tl_push_answer(lua_State *L, const char *text, size_t length)
{
    return push(L, text, length, &way_of_answers);
}

int tl_decode_answer(lua_State *L)
{
    return push_argument(L, &way_of_answers);
}

int tl_decode_secret(lua_State *L)
{
    const tl_json_way way = {.whole = true, .bom = true, .secret = true};
    return push_argument(L, &way);
}
