/* Any bytes to the decoder. What it takes must be written again and mean the same; and it must
 * stand that memory runs out at any point. Links the module as it is, and a Lua state for each text
 * whose allocator counts. */
#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int luaopen_tasklist_core(lua_State *L);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct memory {
    size_t live;
    size_t left;  /* how often there is still some */
    size_t limit; /* how often, once the codec begins */
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

/* Replaces the value on top by its text. */
static void encode(lua_State *L)
{
    lua_getfield(L, 1, "encode_value");
    lua_insert(L, -2);
    lua_call(L, 1, 2);
    expect(lua_type(L, -2) == LUA_TSTRING, "what was read cannot be written");
    lua_pop(L, 1);
}

/* With the text and keep_null. */
static int round_trip(lua_State *L)
{
    void *context;
    luaL_requiref(L, "tasklist.core", luaopen_tasklist_core, 0);
    lua_insert(L, 1);
    lua_getallocf(L, &context);
    ((memory *)context)->left = ((memory *)context)->limit;
    lua_getfield(L, 1, "decode_value");
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 3);
    lua_call(L, 2, LUA_MULTRET);
    if (lua_gettop(L) == 5) {
        expect(lua_isnil(L, 4) && lua_type(L, 5) == LUA_TSTRING, "refused without a reason");
        return 0;
    }
    encode(L);
    lua_getfield(L, 1, "decode_value");
    lua_pushvalue(L, -2);
    lua_pushvalue(L, 3);
    lua_call(L, 2, LUA_MULTRET);
    expect(lua_gettop(L) == 5, "what was written cannot be read");
    encode(L);
    /* The order of an object's names may differ, so lengths are compared. */
    expect(lua_rawlen(L, 4) == lua_rawlen(L, 5), "what was written means something else");
    return 0;
}

static void run(const uint8_t *bytes, size_t size, size_t limit)
{
    memory counted = {.left = SIZE_MAX, .limit = limit}, *m = &counted;
    lua_State *L = lua_newstate(allocate, m);
    expect(L != NULL, "no memory for a state");
    lua_pushcfunction(L, round_trip);
    lua_pushlstring(L, (const char *)bytes, size);
    lua_pushboolean(L, size % 2);
    int code = lua_pcall(L, 2, 0, 0);
    expect(code == LUA_OK || (code == LUA_ERRMEM && limit < SIZE_MAX), "an error was raised");
    m->left = SIZE_MAX;
    lua_close(L);
    expect(m->live == 0, "memory was lost");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    run(bytes, size, SIZE_MAX);
    /* Where memory ends depends on the text alone, so that a finding can be repeated. */
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    run(bytes, size, hash % 64);
    return 0;
}
