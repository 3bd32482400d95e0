/* Any bytes to the decoder, in both ways that it is used: as a variable's value and as an answer.
 * What it takes must be written again and mean the same; both ways must take the same texts and
 * give the same values, but for what differs by design; strings are what the text has; memory may
 * run out at any point, and what comes after that must be right. Links the module as it is, and a
 * Lua state for each text whose allocator counts. */
#include "json/reader.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int luaopen_tasklist_core(lua_State *L);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct memory {
    size_t live;
    size_t left; /* how often there is still some */
} memory;

static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    memory *m = context;
    if (new_size == 0) {
        m->live -= block ? old_size : 0;
        free(block);
        return NULL;
    }
    if (!block || new_size > old_size) {
        if (m->left == 0)
            return NULL;
        m->left--;
    }
    void *moved = realloc(block, new_size);
    if (moved)
        m->live += new_size - (block ? old_size : 0);
    return moved;
}

static void expect(int truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "decode_fuzz: %s\n", what);
        abort();
    }
}

/* On the stack of `check_text`. */
enum { CORE = 1, TEXT = 2 };

/* Decodes the text at `text`: pushes its value and nil, or nil and the problem. */
static bool decode(lua_State *L, const char *function, int text, bool keep_null)
{
    int top = lua_gettop(L);
    lua_getfield(L, CORE, function);
    lua_pushvalue(L, text);
    lua_pushboolean(L, keep_null);
    lua_call(L, 2, LUA_MULTRET);
    lua_settop(L, top + 2);
    bool fine = lua_isnil(L, -1);
    expect(fine || (lua_isnil(L, -2) && lua_type(L, -1) == LUA_TSTRING), "no reason was given");
    return fine;
}

/* Pushes the text of the value at `index`. */
static void encode(lua_State *L, int index)
{
    lua_getfield(L, CORE, "encode_value");
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    expect(lua_type(L, -1) == LUA_TSTRING, "what was read cannot be written");
}

static int count_fields(lua_State *L, int table)
{
    int count = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        count++;
    }
    return count;
}

/* Whether two values are the same; 1 and 1.0 are. */
static bool same(lua_State *L, int one, int other)
{
    if (!lua_istable(L, one) || !lua_istable(L, other))
        return lua_rawequal(L, one, other);
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    if (count_fields(L, one) != count_fields(L, other))
        return false;
    lua_pushnil(L);
    while (lua_next(L, one)) {
        int field = lua_gettop(L);
        lua_pushvalue(L, field - 1);
        lua_rawget(L, other);
        if (!same(L, field, field + 1))
            return false;
        lua_settop(L, field - 1);
    }
    return true;
}

/* What is written of a value is as long as what is written of the value that this is read as. */
static void check_round_trip(lua_State *L, bool keep_null)
{
    if (!decode(L, "decode_value", TEXT, keep_null))
        return;
    int value = lua_gettop(L) - 1;
    encode(L, value);
    int text = lua_gettop(L);
    expect(decode(L, "decode_value", text, keep_null), "what was written cannot be read");
    expect(same(L, value, text + 1), "what was written means something else");
    encode(L, text + 1);
    expect(lua_rawlen(L, text) == lua_rawlen(L, -1), "what was written is written in another way");
}

/* Answers have no float that is an integer, and no table that knows what it is. */
static void check_answer_value(lua_State *L, int value)
{
    int whole = false;
    if (lua_type(L, value) == LUA_TNUMBER && !lua_isinteger(L, value))
        lua_tointegerx(L, value, &whole);
    expect(!whole, "an answer has a float that is an integer");
    if (!lua_istable(L, value))
        return;
    expect(!lua_getmetatable(L, value), "an answer has a table that is marked");
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    lua_pushnil(L);
    while (lua_next(L, value)) {
        check_answer_value(L, lua_gettop(L));
        lua_pop(L, 1);
    }
}

/* An answer means what its text means as a variable without the byte order mark. */
static void check_answer(lua_State *L)
{
    static const char bom[] = "\xEF\xBB\xBF";
    size_t length;
    const char *text = lua_tolstring(L, TEXT, &length);
    bool marked = length >= 3 && memcmp(text, bom, 3) == 0;
    lua_pushlstring(L, marked ? text + 3 : text, marked ? length - 3 : length);
    int rest = lua_gettop(L);
    bool fine = decode(L, "decode_value", rest, false);
    expect(decode(L, "decode_answer", TEXT, false) == fine, "not both ways take it");
    expect(same(L, rest + 1, rest + 3), "an answer means something else");
    expect(marked || same(L, rest + 2, rest + 4), "it is refused for different reasons");
    check_answer_value(L, rest + 3);
}

/* Of strings on Lua's stack: in quotes, and what that is read as. */
enum { QUOTED = 1, MEANING, STRING_SLOTS = MEANING };

/* Pushes both. False, with nothing pushed, when it has a wrong escape. */
static bool push_string(lua_State *L, const tl_json_reader *reader)
{
    int base = lua_gettop(L);
    lua_pushlstring(L, reader->text - 1, reader->length + 2);
    bool fine = decode(L, "decode_value", base + QUOTED, false);
    expect(fine || reader->escaped, "a string of the text is refused");
    lua_settop(L, fine ? base + STRING_SLOTS : base);
    if (!fine || reader->escaped)
        return fine;
    lua_pushlstring(L, reader->text, reader->length);
    expect(lua_rawequal(L, -1, base + MEANING), "a string is read as another one");
    lua_pop(L, 1);
    return true;
}

/* The two strings that lie above `base` are read as the same when one follows on the other. */
static void check_pair(lua_State *L, int base)
{
    int other = base + STRING_SLOTS;
    lua_pushliteral(L, "[");
    lua_pushvalue(L, base + QUOTED);
    lua_pushliteral(L, ",");
    lua_pushvalue(L, other + QUOTED);
    lua_pushliteral(L, "]");
    lua_concat(L, 5);
    int text = lua_gettop(L);
    expect(decode(L, "decode_value", text, false), "two strings are refused");
    lua_rawgeti(L, text + 1, 1);
    lua_rawgeti(L, text + 1, 2);
    expect(lua_rawequal(L, -2, base + MEANING) && lua_rawequal(L, -1, other + MEANING),
           "a string is read as another one behind the one before");
}

/* Each string is read as the bytes that it is written in, whatever the decoder remembers of those
 * before it. */
static void check_strings(lua_State *L)
{
    size_t length;
    const char *text = lua_tolstring(L, TEXT, &length);
    int base = lua_gettop(L);
    bool follows = false;
    tl_json_token token;
    tl_json_reader reader;
    tl_json_reader_init(&reader, text, length, true);
    while ((token = tl_json_reader_next(&reader)) != TL_JSON_END && token != TL_JSON_FAILED) {
        if ((token != TL_JSON_NAME && token != TL_JSON_STRING) || !push_string(L, &reader))
            continue;
        if (follows) {
            check_pair(L, base);
            lua_settop(L, base + 2 * STRING_SLOTS);
            lua_rotate(L, base + 1, STRING_SLOTS);
            lua_settop(L, base + STRING_SLOTS);
        }
        follows = true;
    }
}

/* With the module and a text. */
static int check_text(lua_State *L)
{
    check_round_trip(L, lua_rawlen(L, TEXT) % 2);
    lua_settop(L, TEXT);
    check_answer(L);
    lua_settop(L, TEXT);
    check_strings(L);
    return 0;
}

static int open_core(lua_State *L)
{
    luaL_requiref(L, "tasklist.core", luaopen_tasklist_core, 0);
    lua_pushvalue(L, 1);
    return 2;
}

static int check(lua_State *L)
{
    lua_pushcfunction(L, check_text);
    lua_pushvalue(L, CORE);
    lua_pushvalue(L, TEXT);
    int code = lua_pcall(L, 2, 0, 0);
    lua_settop(L, TEXT);
    return code;
}

static void run(const uint8_t *bytes, size_t size, size_t limit)
{
    memory m = {.left = SIZE_MAX};
    lua_State *L = lua_newstate(allocate, &m);
    expect(L != NULL, "no memory for a state");
    lua_pushcfunction(L, open_core);
    lua_pushlstring(L, (const char *)bytes, size);
    expect(lua_pcall(L, 1, 2, 0) == LUA_OK, "the module does not load");
    m.left = limit;
    int code = check(L);
    expect(code == LUA_OK || (code == LUA_ERRMEM && limit < SIZE_MAX), "an error was raised");
    m.left = SIZE_MAX;
    expect(code == LUA_OK || check(L) == LUA_OK, "an error was raised after one");
    lua_close(L);
    expect(m.live == 0, "memory was lost");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    run(bytes, size, SIZE_MAX);
    /* Where memory ends depends on the text alone, so that a finding can be repeated. */
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    run(bytes, size, hash % (64 + size));
    return 0;
}
