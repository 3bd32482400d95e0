/* luaopen_tasklist_core: the functions that the Lua layer builds on. None of them is for users, so
 * they may change with any version. */
#include "base/url.h"
#include "lua/binding.h"
#include "lua/json/codec.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void tl_register_type(lua_State *L, const char *name, const luaL_Reg *methods,
                      const luaL_Reg *metamethods)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

tl_time tl_check_seconds(lua_State *L, int index)
{
    lua_Number seconds = luaL_checknumber(L, index);
    luaL_argcheck(L, seconds > 0 && seconds < 1e9, index, "positive seconds expected");
    lua_Number exact = seconds * (lua_Number)TL_SECOND;
    tl_time whole = (tl_time)exact;
    return (lua_Number)whole < exact ? whole + 1 : whole;
}

void tl_set_text(lua_State *L, const char *name, const char *text)
{
    if (!text || text[0] == '\0')
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

void tl_set_integer(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

void tl_copy_text(lua_State *L, int index, char *to, size_t size)
{
    snprintf(to, size, "%s", lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : "");
}

static void set_flag(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

/* url(text): a table of facts (http, https, loopback, credentials, query, fragment: booleans; host:
 * a string, IPv6 without brackets; port: an integer), or nil when the text is no absolute URL. */
static int read_url(lua_State *L)
{
    size_t length;
    tl_url_facts facts;
    const char *text = luaL_checklstring(L, 1, &length);
    tl_url_status status = TL_URL_MALFORMED;
    if (strlen(text) == length)
        status = tl_url_read(text, &facts);
    if (status == TL_URL_MEMORY)
        return luaL_error(L, "not enough memory");
    if (status == TL_URL_MALFORMED) {
        lua_pushnil(L);
        return 1;
    }
    lua_createtable(L, 0, 8);
    set_flag(L, "http", facts.http);
    set_flag(L, "https", facts.https);
    set_flag(L, "loopback", facts.loopback);
    set_flag(L, "credentials", facts.credentials);
    set_flag(L, "query", facts.query);
    set_flag(L, "fragment", facts.fragment);
    tl_set_integer(L, "port", (lua_Integer)facts.port);
    lua_pushstring(L, facts.host);
    lua_setfield(L, -2, "host");
    return 1;
}

/* address(text): the 4 or 16 bytes of an IPv4 or IPv6 address as a string, or nil when the text is
 * none. */
static int read_address(lua_State *L)
{
    size_t length, count = 0;
    unsigned char address[TL_ADDRESS_MAX];
    const char *text = luaL_checklstring(L, 1, &length);
    if (strlen(text) == length)
        count = tl_url_read_address(text, address);
    if (count > 0)
        lua_pushlstring(L, (const char *)address, count);
    else
        lua_pushnil(L);
    return 1;
}

/* encode(text): the text with every byte outside RFC 3986's unreserved set percent-encoded. */
static int encode(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    char *out = lua_newuserdatauv(L, length * TL_URL_ENCODED, 0); /* decode.c: why no luaL_Buffer */
    size_t written = 0;
    for (size_t i = 0; i < length; i++)
        written += tl_url_encode_byte(text[i], out + written);
    lua_pushlstring(L, out, written);
    return 1;
}

/* curl_version(): the version of the libcurl that is running, such as "7.88.1". */
static int curl_version_text(lua_State *L)
{
    lua_pushstring(L, curl_version_info(CURLVERSION_NOW)->version);
    return 1;
}

/* now(): seconds since the system's start, by the clock that all deadlines follow: it is never set
 * back, and goes on while the machine sleeps. */
static int now(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)tl_now() / (lua_Number)TL_SECOND);
    return 1;
}

/* Why a file (or a folder) can't be read, in the system's words, or NULL when it can. O_NONBLOCK,
 * because opening a FIFO would otherwise wait for somebody who writes to it. */
static const char *reading_problem(const char *path, bool folder)
{
    struct stat facts;
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0 && (errno == EMFILE || errno == ENFILE))
        return NULL; /* the process has no descriptor left, and the file may be fine */
    if (descriptor < 0)
        return strerror(errno);
    const char *problem = NULL;
    if (fstat(descriptor, &facts) != 0)
        problem = strerror(errno);
    else if (folder ? !S_ISDIR(facts.st_mode) : !S_ISREG(facts.st_mode))
        problem = folder ? "no folder" : "no regular file";
    close(descriptor);
    return problem;
}

/* readable(path, kind): true when the "file" or "folder" can be read; or nil and why not, so that a
 * mistake in a setting is told before the first request fails by it. */
static int readable(lua_State *L)
{
    static const char *const kinds[] = {"file", "folder", NULL};
    size_t length;
    const char *path = luaL_checklstring(L, 1, &length);
    bool folder = luaL_checkoption(L, 2, NULL, kinds) == 1;
    const char *problem =
        strlen(path) == length ? reading_problem(path, folder) : "a NUL in the path";
    if (problem) {
        lua_pushnil(L);
        lua_pushstring(L, problem);
        return 2;
    }
    lua_pushboolean(L, true);
    return 1;
}

static const luaL_Reg functions[] = {
    {"now", now},           {"encode", encode},        {"engine", tl_new_engine},
    {"url", read_url},      {"address", read_address}, {"curl_version", curl_version_text},
    {"readable", readable}, {"line", tl_line},         {"lower", tl_lower},
    {"before", tl_before},  {"call", tl_call},         {"during", tl_during},
    {"join", tl_join},      {"leave", tl_leave},       {NULL, NULL},
};

__attribute__((visibility("default"))) int luaopen_tasklist_core(lua_State *L);

int luaopen_tasklist_core(lua_State *L)
{
    tl_engine_register(L);
    tl_awaited_register(L);
    tl_request_register(L);
    tl_identity_register(L);
    tl_taken_register(L);
    luaL_newlib(L, functions);
    lua_pushliteral(L, TL_VERSION);
    lua_setfield(L, -2, "version");
    tl_json_register(L);
    return 1;
}
