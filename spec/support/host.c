/* A program that embeds Lua and links the module statically, so that a sanitizer's frames have
 * names: host SCRIPT [ARGUMENT…] runs a script as stand-alone Lua does, Ctrl-C included. Its
 * allocator checks that each block is given back with the size that it was asked for, and gives a
 * script that asks for it less: require "host".starve and .ration. It limits how much of a script
 * runs (.interrupt), as hosts do that run scripts of others. What else a host may do, such as to
 * fork, is in host_deeds.c. */
#include "host.h"

#include <lualib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Modules stay: otherwise a leak's frames have no names, and what a module of others keeps for the
 * process's life looks lost. */
int dlclose(void *handle);

__attribute__((visibility("default"))) int dlclose(void *handle)
{
    (void)handle;
    return 0;
}

static lua_State *interrupted;

typedef union header {
    size_t size;
    max_align_t align;
} header;

typedef enum diet {
    PLENTY,
    NOTHING_AFTER, /* `left` times more */
    NOTHING_FIRST, /* for each object, so that Lua collects its garbage and asks again */
    NOTHING_BEYOND /* `left` bytes in use */
} diet;

static struct {
    diet diet;
    lua_Integer left;
    lua_Integer used; /* bytes in use */
    bool refused;     /* the last time */
} supply;

/* What does not grow must not fail. What is new and has an old size is an object, lua_Alloc; not
 * for all else Lua would ask again. */
static bool gets_nothing(const void *block, size_t old_size, size_t new_size)
{
    if (supply.diet == PLENTY || (block && new_size <= old_size))
        return false;
    if (supply.diet == NOTHING_BEYOND)
        return supply.used + (lua_Integer)(new_size - (block ? old_size : 0)) > supply.left;
    if (supply.diet == NOTHING_AFTER)
        return supply.left == 0 || supply.left-- == 0;
    if (block || old_size == 0)
        return false;
    supply.refused = !supply.refused;
    return supply.refused;
}

/* Calls the function at 2 with what follows, and gives what pcall gives. */
static int call_on(lua_State *L, diet kind, lua_Integer left)
{
    luaL_checkany(L, 2);
    supply.left = left;
    supply.refused = false;
    supply.diet = kind;
    int code = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
    supply.diet = PLENTY;
    lua_pushboolean(L, code == LUA_OK);
    lua_replace(L, 1);
    return lua_gettop(L);
}

/* starve(n, fn, ...): calls the function while memory is given n times and then no more; without n,
 * for each object only after a collection of all garbage. Gives what pcall gives. */
static int starve(lua_State *L)
{
    lua_Integer left = luaL_optinteger(L, 1, 0);
    return call_on(L, lua_isnoneornil(L, 1) ? NOTHING_FIRST : NOTHING_AFTER, left);
}

/* ration(bytes, fn, ...): calls the function while so much memory may be in use beside what is in
 * use before. Gives what pcall gives. */
static int ration(lua_State *L)
{
    return call_on(L, NOTHING_BEYOND, supply.used + luaL_checkinteger(L, 1));
}

/* used(): bytes of this allocator that are in use, by Lua and by the core. */
static int used(lua_State *L)
{
    lua_pushinteger(L, supply.used);
    return 1;
}

enum {
    INSTRUCTIONS = LUA_MASKLINE | LUA_MASKCOUNT,
    EVERYTHING = LUA_MASKCALL | LUA_MASKRET | INSTRUCTIONS
};

/* Where a hook raises: so many events after the line was come to for the n-th time. */
static struct {
    bool on;
    bool lasting; /* and with every event from then on */
    lua_Integer visits, events;
    const char *place; /* "file:line"; NULL for none */
} limit;

static bool is_at(lua_State *L, lua_Debug *where)
{
    char place[LUA_IDSIZE + 16];
    lua_getinfo(L, "Sl", where);
    snprintf(place, sizeof place, "%s:%d", where->short_src, where->currentline);
    return strcmp(place, limit.place) == 0;
}

static void raise_at(lua_State *L, lua_Debug *where)
{
    if (!limit.on)
        return;
    if (limit.visits > 0) {
        if (where->event != LUA_HOOKLINE || !is_at(L, where) || --limit.visits > 0)
            return;
    }
    if (limit.events-- > 0)
        return;
    limit.on = limit.lasting;
    luaL_error(L, "the host's limit");
}

/* interrupt(place, visit, events, lasting, fn, ...): calls the function, and raises in it or in a
 * coroutine that it makes: so many events after the line "file:line" was come to for the
 * n-th time. Lasting: with each further instruction, too, as a limit of instructions does; events
 * are calls and returns as well otherwise. Gives whether it came to that, and what pcall gives.
 */
static int interrupt(lua_State *L)
{
    limit.place = luaL_checkstring(L, 1);
    limit.visits = luaL_checkinteger(L, 2);
    limit.events = luaL_checkinteger(L, 3);
    limit.lasting = lua_toboolean(L, 4);
    luaL_checkany(L, 5);
    limit.on = true;
    lua_sethook(L, raise_at, limit.lasting ? INSTRUCTIONS : EVERYTHING, 1);
    int code = lua_pcall(L, lua_gettop(L) - 5, LUA_MULTRET, 0);
    lua_sethook(L, NULL, 0, 0);
    limit.on = false;
    lua_pushboolean(L, limit.visits == 0 && limit.events < 0);
    lua_replace(L, 3);
    lua_pushboolean(L, code == LUA_OK);
    lua_replace(L, 4);
    return lua_gettop(L) - 2;
}

static const char visited; /* its address is the key of a table in the registry */

static void note(lua_State *L, lua_Debug *where)
{
    lua_getinfo(L, "Sl", where);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &visited);
    lua_pushfstring(L, "%s:%d", where->short_src, where->currentline);
    lua_pushvalue(L, -1);
    lua_Integer count = lua_rawget(L, -3) == LUA_TNIL ? 0 : lua_tointeger(L, -1);
    lua_pop(L, 1);
    lua_pushinteger(L, count + 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* places(fn, ...): calls the function, and gives "file:line" -> how often it was come to. */
static int places(lua_State *L)
{
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &visited);
    lua_sethook(L, note, LUA_MASKLINE, 0);
    lua_call(L, lua_gettop(L) - 1, 0);
    lua_sethook(L, NULL, 0, 0);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &visited);
    return 1;
}

static int open_host(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"starve", starve},       {"ration", ration}, {"used", used},
        {"interrupt", interrupt}, {"places", places}, {NULL, NULL},
    };
    luaL_newlib(L, functions);
    luaL_setfuncs(L, host_deeds, 0);
    return 1;
}

static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    (void)context;
    header *old = block ? (header *)block - 1 : NULL;
    if (old && old->size != old_size) {
        fprintf(stderr, "host: a block of %zu bytes came back as %zu\n", old->size, old_size);
        abort();
    }
    if (new_size == 0) {
        supply.used -= (lua_Integer)(old ? old->size : 0);
        free(old);
        return NULL;
    }
    if (gets_nothing(block, old_size, new_size))
        return NULL;
    header *moved = realloc(old, sizeof *moved + new_size);
    if (!moved)
        return NULL;
    supply.used += (lua_Integer)(new_size - (old ? old_size : 0));
    moved->size = new_size;
    return moved + 1;
}

static void stop(lua_State *L, lua_Debug *where)
{
    (void)where;
    lua_sethook(L, NULL, 0, 0);
    luaL_error(L, "interrupted!");
}

static void on_interrupt(int number)
{
    signal(number, SIG_DFL);
    lua_sethook(interrupted, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static int traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

static int run(lua_State *L)
{
    int count = (int)lua_tointeger(L, 1);
    char **arguments = lua_touserdata(L, 2);
    luaL_openlibs(L);
    host_preload(L, "tasklist.core", luaopen_tasklist_core);
    host_preload(L, "host", open_host);
    lua_newtable(L);
    for (int i = 0; i < count; i++) {
        lua_pushstring(L, arguments[i]);
        lua_rawseti(L, -2, i - 1);
    }
    lua_setglobal(L, "arg");
    lua_pushcfunction(L, traceback);
    if (luaL_loadfile(L, arguments[1]) != LUA_OK)
        return lua_error(L);
    luaL_checkstack(L, count, "too many arguments");
    for (int i = 2; i < count; i++)
        lua_pushstring(L, arguments[i]);
    lua_pushboolean(L, lua_pcall(L, count - 2, 0, -count) == LUA_OK);
    lua_insert(L, -2);
    return 2;
}

int main(int count, char **arguments)
{
    if (count < 2)
        return EXIT_FAILURE;
#if LUA_VERSION_NUM >= 505
    lua_State *L = lua_newstate(allocate, NULL, luaL_makeseed(NULL));
#else
    lua_State *L = lua_newstate(allocate, NULL);
#endif
    interrupted = L;
    signal(SIGINT, on_interrupt);
    lua_pushcfunction(L, run);
    lua_pushinteger(L, count);
    lua_pushlightuserdata(L, arguments);
    int protected_code = lua_pcall(L, 2, LUA_MULTRET, 0);
    int fine = protected_code == LUA_OK && lua_toboolean(L, 1);
    if (!fine)
        fprintf(stderr, "host: %s\n", lua_tostring(L, -1));
    lua_close(L);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
