/* A program that embeds Lua and links the module statically, so that a sanitizer's frames have
 * names: host SCRIPT [ARGUMENT…] runs a script as stand-alone Lua does, Ctrl-C included. Its
 * allocator checks that each block is given back with the size that it was asked for. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

int luaopen_tasklist_core(lua_State *L);

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

static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    (void)context;
    header *old = block ? (header *)block - 1 : NULL;
    if (old && old->size != old_size) {
        fprintf(stderr, "host: a block of %zu bytes came back as %zu\n", old->size, old_size);
        abort();
    }
    if (new_size == 0) {
        free(old);
        return NULL;
    }
    header *moved = realloc(old, sizeof *moved + new_size);
    if (!moved)
        return NULL;
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
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, luaopen_tasklist_core);
    lua_setfield(L, -2, "tasklist.core");
    lua_newtable(L);
    for (int i = 0; i < count; i++) {
        lua_pushstring(L, arguments[i]);
        lua_rawseti(L, -2, i - 1);
    }
    lua_setglobal(L, "arg");
    lua_pushcfunction(L, traceback);
    if (luaL_loadfile(L, arguments[1]) != LUA_OK)
        return lua_error(L);
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
    lua_State *L = lua_newstate(allocate, NULL);
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
