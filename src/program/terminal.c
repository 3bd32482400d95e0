/* What the program `tasklist` asks of the system and Lua has no word for: whether a descriptor is a
 * terminal, how wide it is, how wide a text is there; to read what is there and wait for no more; a
 * clock; and that a pipe whose reader has gone is an error of the write, and kills nobody. A module of its own, because SIGPIPE belongs to the
 * process: the library must never touch it. */

#include <errno.h>
#include <lauxlib.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

/* width(fd): the columns of the terminal that a descriptor is; nothing where it is none. A terminal
 * that does not tell its size has 80. */
static int width(lua_State *L)
{
    int fd = (int)luaL_checkinteger(L, 1);
    if (!isatty(fd))
        return 0;
    struct winsize size;
    int known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    lua_pushinteger(L, known ? size.ws_col : 80);
    return 1;
}

/* What fit() measures by. The thread's own locale, while it measures, because the process's is not
 * ours to set. */
static locale_t utf8(void)
{
    static locale_t locale;
    if (!locale)
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return locale;
}

/* fit(text, columns): the longest beginning of a text that takes no more than so many columns, and
 * how many it takes. What is no character takes one for each byte. */
static int fit(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer columns = luaL_checkinteger(L, 2);
    locale_t locale = utf8(), before = locale ? uselocale(locale) : (locale_t)0;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    size_t at = 0;
    lua_Integer taken = 0;
    while (at < length) {
        wchar_t character;
        size_t bytes = mbrtowc(&character, text + at, length - at, &state);
        int wide = 1;
        if (bytes == 0 || bytes > length - at) {
            memset(&state, 0, sizeof state);
            bytes = 1;
        } else {
            wide = wcwidth(character);
            if (wide < 0)
                wide = 1;
        }
        if (taken + wide > columns)
            break;
        taken += wide;
        at += bytes;
    }
    if (before)
        uselocale(before);
    lua_pushlstring(L, text, at);
    lua_pushinteger(L, taken);
    return 2;
}

static void do_nothing(int signal_number)
{
    (void)signal_number;
}

/* ignore_broken_pipes(): a write to a pipe that nobody reads fails from now on, with EPIPE. A
 * handler, and not SIG_IGN, because a program that is started inherits that, and would never end
 * when nobody reads it any more; a handler becomes the default there. */
static int ignore_broken_pipes(lua_State *L)
{
    (void)L;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = do_nothing;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGPIPE, &action, NULL);
    return 0;
}

/* read(fd, wait): what can be read from a descriptor now; nil at the end, or when it cannot be read.
 * Without `wait`, "" when nothing is there. With it also "" when a signal came first, so that Lua
 * gets the chance to run its hook. */
static int read_some(lua_State *L)
{
    char bytes[65536];
    struct pollfd asked = {.fd = (int)luaL_checkinteger(L, 1), .events = POLLIN};
    ssize_t count = 0;
    int ready = poll(&asked, 1, lua_toboolean(L, 2) ? -1 : 0);
    if (ready > 0)
        count = read(asked.fd, bytes, sizeof bytes);
    if (ready == 0 || ((ready < 0 || count < 0) && (errno == EINTR || errno == EAGAIN)))
        lua_pushliteral(L, "");
    else if (count > 0)
        lua_pushlstring(L, bytes, (size_t)count);
    else
        lua_pushnil(L);
    return 1;
}

/* clock(): seconds that no setting of the system's time changes. */
static int seconds(lua_State *L)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
    return 1;
}

static const luaL_Reg functions[] = {
    {"width", width},
    {"fit", fit},
    {"ignore_broken_pipes", ignore_broken_pipes},
    {"read", read_some},
    {"clock", seconds},
    {NULL, NULL},
};

__attribute__((visibility("default"))) int luaopen_tasklist_terminal(lua_State *L);

int luaopen_tasklist_terminal(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
