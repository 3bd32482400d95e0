/* A program that embeds Lua and has the module inside: embed THREADS STATES SCRIPT...
 *
 * In each of THREADS threads it opens STATES Lua states, one after another, runs the scripts in
 * each, and closes it, whatever the scripts have left under way. A state gets its memory from this
 * program, which counts it, and never more than it allows. It has no `io`, no `os` and no `debug`:
 * a script gets two arguments, the settings of a client and a table of what the program can do for
 * it.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <tasklist.h>

enum { MOST_MEMORY = 16 * 1024 * 1024, MOST_THREADS = 64 };

typedef struct job {
    pthread_t thread;
    int number;
    int states;
    char **scripts; /* ends with NULL */
    int failed;     /* how many states */
} job;

/* lua_Alloc: `context` counts the bytes that are in use. */
static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    size_t *used = context;
    size_t others = *used - (block ? old_size : 0);
    if (new_size == 0) {
        free(block);
        *used = others;
        return NULL;
    }
    if (new_size > MOST_MEMORY - others)
        return NULL;
    void *moved = realloc(block, new_size);
    if (moved)
        *used = others + new_size;
    return moved;
}

/* wait(descriptor): until it is readable, a second at most. */
static int wait_for(lua_State *L)
{
    struct pollfd one = {.fd = (int)luaL_checkinteger(L, 1), .events = POLLIN};
    lua_pushboolean(L, poll(&one, 1, 1000) > 0);
    return 1;
}

/* say(text): a line on stdout. Lua's own `print` writes a line in pieces, between which other
 * threads write theirs. */
static int say(lua_State *L)
{
    printf("%s\n", luaL_checkstring(L, 1));
    return 0;
}

static void open_libraries(lua_State *L)
{
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},          {LUA_LOADLIBNAME, luaopen_package},
        {LUA_COLIBNAME, luaopen_coroutine}, {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string},   {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8},    {NULL, NULL},
    };
    for (const luaL_Reg *library = libraries; library->name; library++) {
        luaL_requiref(L, library->name, library->func, 1);
        lua_pop(L, 1);
    }
}

/* The options of tasklist.new. A program has them from wherever it keeps its settings. */
static void push_settings(lua_State *L)
{
    static const char *const settings[][2] = {
        {"base_url", "CAMUNDA_TASKLIST_BASE_URL"},
        {"rest_url", "CAMUNDA_REST_ADDRESS"},
        {"client_id", "ZEEBE_CLIENT_ID"},
        {"client_secret", "ZEEBE_CLIENT_SECRET"},
        {"authorization_server_url", "ZEEBE_AUTHORIZATION_SERVER_URL"},
        {NULL, NULL},
    };
    lua_newtable(L);
    for (int i = 0; settings[i][0]; i++) {
        lua_pushstring(L, getenv(settings[i][1]));
        lua_setfield(L, -2, settings[i][0]);
    }
}

static void push_host(lua_State *L, const job *self)
{
    static const luaL_Reg functions[] = {{"wait", wait_for}, {"say", say}, {NULL, NULL}};
    luaL_newlib(L, functions);
    /* To claim tasks by: another name in each thread. */
    lua_pushfstring(L, "robot %d", self->number);
    lua_setfield(L, -2, "name");
}

/* What one state does. It is called in protected mode, because each of these functions may raise.
 */
static int run(lua_State *L)
{
    const job *self = lua_touserdata(L, 1);
    open_libraries(L);
    tasklist_preload(L);
    for (char **script = self->scripts; *script; script++) {
        if (luaL_loadfile(L, *script) != LUA_OK)
            return lua_error(L);
        push_settings(L);
        push_host(L, self);
        lua_call(L, 2, 0);
    }
    return 0;
}

/* What was raised as a text: an error of the module's is a table. */
static int to_text(lua_State *L)
{
    luaL_tolstring(L, 1, NULL);
    return 1;
}

/* Gives whether all went well. */
static int run_state(job *self)
{
    size_t used = 0;
    lua_State *L = lua_newstate(allocate, &used);
    if (!L)
        return 0;
    lua_pushcfunction(L, to_text);
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, self);
    int fine = lua_pcall(L, 1, 0, 1) == LUA_OK;
    if (!fine)
        fprintf(stderr, "embed: %s\n", lua_tostring(L, -1));
    lua_close(L);
    if (used != 0)
        fprintf(stderr, "embed: %zu bytes were not given back\n", used);
    return fine && used == 0;
}

static void *run_states(void *context)
{
    job *self = context;
    for (int i = 0; i < self->states; i++)
        self->failed += !run_state(self);
    return NULL;
}

int main(int count, char **arguments)
{
    job jobs[MOST_THREADS] = {0};
    int threads = count > 3 ? atoi(arguments[1]) : 0;
    int started = 0, failed = 0;
    if (threads < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "usage: %s THREADS STATES SCRIPT...\n", arguments[0]);
        return EXIT_FAILURE;
    }
    for (; started < threads; started++) {
        job *one = &jobs[started];
        *one = (job){.number = started + 1, .states = atoi(arguments[2]), .scripts = arguments + 3};
        if (pthread_create(&one->thread, NULL, run_states, one) != 0)
            break;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(jobs[i].thread, NULL);
        failed += jobs[i].failed;
    }
    return started == threads && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
