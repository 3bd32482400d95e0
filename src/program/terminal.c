/* What the program `tasklist` asks of the system and Lua has no word for: whether a descriptor is a
 * terminal, how wide it is, how wide a text is there; to read what is there and wait for no more; a
 * clock; and that a pipe whose reader has gone is an error of the write, and kills nobody. A module
 * of its own, because SIGPIPE belongs to the process: the library must never touch it. */

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

/* What fit() measures by: the locale of the thread while it measures, since that of the process is
 * not ours to set. The first call makes it, and it stays until the process ends. Two threads that
 * make their first calls at once may each make one, which does no harm. Null where the system has
 * no UTF-8; each byte takes a column then. */
static locale_t utf8(void)
{
    static const char *const names[] = {"C.UTF-8", "en_US.UTF-8", "UTF-8"};
    static locale_t locale;
    for (size_t i = 0; !locale && i < sizeof names / sizeof *names; i++)
        locale = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0);
    return locale;
}

/* The character that a text begins with: how many columns it takes, and how many bytes it is. What
 * is no character is one byte in one column, and so is a control character. */
static int character_at(const char *text, size_t length, size_t *bytes)
{
    wchar_t character;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    *bytes = mbrtowc(&character, text, length, &state);
    if (*bytes == 0 || *bytes > length) {
        *bytes = 1;
        return 1;
    }
    int wide = wcwidth(character);
    return wide < 0 ? 1 : wide;
}

/* U+200D makes one picture of the characters around it. */
static int is_joiner(const char *character, size_t bytes)
{
    return bytes == 3 && memcmp(character, "\xe2\x80\x8d", 3) == 0;
}

/* The bytes of a text that take no more than so many columns. A joiner after the last of them stays
 * behind: it would join whatever follows the cut. */
static size_t fitting(const char *text, size_t length, lua_Integer columns, lua_Integer *taken)
{
    size_t at = 0, joiner = 0;
    *taken = 0;
    while (at < length) {
        size_t bytes;
        int wide = character_at(text + at, length - at, &bytes);
        if (wide > columns - *taken)
            return joiner ? joiner : at;
        joiner = is_joiner(text + at, bytes) && at > 0 ? at : 0;
        *taken += wide;
        at += bytes;
    }
    return at;
}

/* fit(text, columns): the longest beginning of a text that takes no more than so many columns, and
 * how many it takes. Characters without a width, as accents that stand by themselves, stay with the
 * one before them. What is no UTF-8 takes a column for each byte. */
static int fit(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer columns = luaL_checkinteger(L, 2), taken;
    locale_t locale = utf8(), before = locale ? uselocale(locale) : (locale_t)0;
    size_t fits = fitting(text, length, columns, &taken);
    if (before)
        uselocale(before);
    lua_pushlstring(L, text, fits);
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

/* read(fd, wait): what can be read from a descriptor now; nil at the end, or when it cannot be
 * read. Without `wait`, "" when nothing is there. With it also "" when a signal came first, so that
 * Lua gets the chance to run its hook. */
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
    {"width", width},    {"fit", fit},       {"ignore_broken_pipes", ignore_broken_pipes},
    {"read", read_some}, {"clock", seconds}, {NULL, NULL},
};

__attribute__((visibility("default"))) int luaopen_tasklist_terminal(lua_State *L);

int luaopen_tasklist_terminal(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
