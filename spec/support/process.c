/* A module for Lua: what the process has that Lua cannot read, and that a library must leave alone.
 * Each function gives a table of texts and numbers, so that two of them can be compared. */
#include <dirent.h>
#include <fcntl.h>
#include <fenv.h>
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

/* What is done on each signal: a text with the bytes of the handler's address, and the flags. */
static int signals(lua_State *L)
{
    lua_newtable(L);
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) != 0)
            continue;
        lua_pushfstring(L, "%p with flags %d", (void *)action.sa_sigaction, action.sa_flags);
        lua_rawseti(L, -2, number);
    }
    return 1;
}

static int environment(lua_State *L)
{
    lua_newtable(L);
    for (char **variable = environ; *variable; variable++) {
        lua_pushstring(L, *variable);
        lua_pushboolean(L, 1);
        lua_rawset(L, -3);
    }
    return 1;
}

/* Each open descriptor: what it leads to, and its flags. */
static int descriptors(lua_State *L)
{
    char target[4096];
    lua_newtable(L);
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return luaL_error(L, "no /proc");
    for (const struct dirent *entry; (entry = readdir(folder));) {
        int number = atoi(entry->d_name);
        ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target);
        if (length < 0 || number == dirfd(folder))
            continue;
        lua_pushlstring(L, target, (size_t)length);
        lua_pushfstring(L, "%s with flags %d and %d", lua_tostring(L, -1), fcntl(number, F_GETFL),
                        fcntl(number, F_GETFD));
        lua_rawseti(L, -3, number);
        lua_pop(L, 1);
    }
    closedir(folder);
    return 1;
}

/* The working directory, the alarm that is set, and how numbers are rounded. */
static int others(lua_State *L)
{
    char path[4096];
    struct itimerval alarm;
    lua_newtable(L);
    lua_pushstring(L, getcwd(path, sizeof path));
    lua_setfield(L, -2, "directory");
    getitimer(ITIMER_REAL, &alarm);
    lua_pushinteger(L, (lua_Integer)alarm.it_value.tv_sec);
    lua_setfield(L, -2, "alarm");
    lua_pushinteger(L, fegetround());
    lua_setfield(L, -2, "rounding");
    return 1;
}

__attribute__((visibility("default"))) int luaopen_process(lua_State *L);

int luaopen_process(lua_State *L)
{
    static const luaL_Reg functions[] = {{"signals", signals},
                                         {"environment", environment},
                                         {"descriptors", descriptors},
                                         {"others", others},
                                         {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
