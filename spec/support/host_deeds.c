/* What programs do that embed Lua: they fork, have a state in each of several threads, and use
 * libcurl themselves. */
#include "host.h"

#include <curl/curl.h>
#include <lualib.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

void host_preload(lua_State *L, const char *name, lua_CFunction open)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, open);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

/* in_child(fn): calls the function in a process that is forked for it; whether it came to its end.
 */
static int in_child(lua_State *L)
{
    int status = 0;
    luaL_checkany(L, 1);
    pid_t child = fork();
    if (child == 0) {
        int code = lua_pcall(L, 0, 0, 0);
        if (code != LUA_OK)
            fprintf(stderr, "host: the child: %s\n", lua_tostring(L, -1));
        _exit(code);
    }
    lua_pushboolean(L, child > 0 && waitpid(child, &status, 0) == child && status == 0);
    return 1;
}

/* leave(): closes the state, as the end of a program does, and ends the process as a child should
 * that only goes on in a copy of its parent: nothing else of the parent's runs. By exec, because
 * libcurl's memory is left behind in a child, and is not lost. */
static int leave(lua_State *L)
{
    lua_close(L);
    execlp("true", "true", (char *)NULL);
    _exit(1);
}

enum { MOST_THREADS = 16, MESSAGE = 500 };

typedef struct thread {
    pthread_t id;
    pthread_barrier_t *start;
    const char *code;
    int number;
    int rounds;
    char problem[MESSAGE]; /* "" when all was well */
} thread;

/* Runs the code in a state of its own, once. */
static bool run_round(thread *own)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        snprintf(own->problem, MESSAGE, "not enough memory");
        return false;
    }
    luaL_openlibs(L);
    host_preload(L, "tasklist.core", luaopen_tasklist_core);
    bool fine = luaL_loadstring(L, own->code) == LUA_OK;
    lua_pushinteger(L, own->number);
    fine = fine && lua_pcall(L, 1, 0, 0) == LUA_OK;
    if (!fine)
        snprintf(own->problem, MESSAGE, "thread %d: %s", own->number, luaL_tolstring(L, -1, NULL));
    lua_close(L);
    return fine;
}

static void *run_thread(void *argument)
{
    thread *own = argument;
    pthread_barrier_wait(own->start);
    for (int i = 0; i < own->rounds && run_round(own); i++)
        continue;
    return NULL;
}

/* in_threads(count, rounds, code): runs the code in as many threads as `count` says, which begin at
 * the same time. Each does that `rounds` times, in a new state each time, and gives the code its
 * number. Raises the first message of what went wrong. */
static int in_threads(lua_State *L)
{
    static thread threads[MOST_THREADS];
    int count = (int)luaL_checkinteger(L, 1), rounds = (int)luaL_checkinteger(L, 2);
    const char *code = luaL_checkstring(L, 3);
    pthread_barrier_t start;
    luaL_argcheck(L, count <= MOST_THREADS, 1, "too many");
    pthread_barrier_init(&start, NULL, (unsigned)count);
    for (int i = 0; i < count; i++) {
        threads[i] = (thread){.start = &start, .code = code, .number = i + 1, .rounds = rounds};
        if (pthread_create(&threads[i].id, NULL, run_thread, &threads[i]) != 0)
            return luaL_error(L, "no thread");
    }
    for (int i = 0; i < count; i++)
        pthread_join(threads[i].id, NULL);
    pthread_barrier_destroy(&start);
    for (int i = 0; i < count; i++)
        if (threads[i].problem[0])
            return luaL_error(L, "%s", threads[i].problem);
    return 0;
}

/* libcurl(deed): what a host that uses libcurl itself does: "init" as it says, "use" without having
 * said so, "cleanup" at its end. */
static int use_libcurl(lua_State *L)
{
    static const char *const deeds[] = {"init", "use", "cleanup", NULL};
    switch (luaL_checkoption(L, 1, NULL, deeds)) {
    case 0:
        lua_pushboolean(L, curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
        return 1;
    case 1:
        curl_easy_cleanup(curl_easy_init());
        return 0;
    default:
        curl_global_cleanup();
        return 0;
    }
}

const luaL_Reg host_deeds[] = {
    {"in_child", in_child},   {"leave", leave}, {"in_threads", in_threads},
    {"libcurl", use_libcurl}, {NULL, NULL},
};
