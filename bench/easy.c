/* As much of libcurl's easy interface in Lua as bench/hand.lua needs, bound the way Lua-cURL binds
 * it: what comes of a body is a string, with which libcurl's callback calls a function in Lua. A
 * search takes as many instructions as with Lua-cURL 3, but for 2 %. */
#include <curl/curl.h>
#include <lauxlib.h>
#include <lua.h>

static const char type_name[] = "bench.easy";

typedef struct easy {
    CURL *curl;
    struct curl_slist *headers;
    lua_State *L; /* while a request runs; the function that takes the body is at index 2 */
} easy;

/* When there is no memory for the string, Lua leaves by a jump over libcurl's frames. The handle
 * must not be used after that; here the program ends. */
static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    lua_State *L = ((easy *)context)->L;
    lua_pushvalue(L, 2);
    lua_pushlstring(L, bytes, size * count);
    return lua_pcall(L, 1, 0, 0) == LUA_OK ? size * count : 0;
}

static int new_easy(lua_State *L)
{
    const char *agent = luaL_checkstring(L, 1);
    easy *self = lua_newuserdatauv(L, sizeof *self, 0);
    *self = (easy){0};
    luaL_setmetatable(L, type_name);
    self->curl = curl_easy_init();
    if (!self->curl)
        return luaL_error(L, "no memory");
    curl_easy_setopt(self->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(self->curl, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(self->curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(self->curl, CURLOPT_USERAGENT, agent);
    curl_easy_setopt(self->curl, CURLOPT_NOSIGNAL, 1L);
    return 1;
}

/* handle:set_post(url, body, headers): what `perform` sends from now on; headers is a list of
 * lines. */
static int set_post(lua_State *L)
{
    easy *self = luaL_checkudata(L, 1, type_name);
    curl_easy_setopt(self->curl, CURLOPT_URL, luaL_checkstring(L, 2));
    curl_easy_setopt(self->curl, CURLOPT_COPYPOSTFIELDS, luaL_checkstring(L, 3));
    curl_slist_free_all(self->headers);
    self->headers = NULL;
    for (lua_Integer i = 1; lua_geti(L, 4, i) == LUA_TSTRING; i++) {
        struct curl_slist *longer = curl_slist_append(self->headers, lua_tostring(L, -1));
        if (!longer)
            return luaL_error(L, "no memory");
        self->headers = longer;
        lua_pop(L, 1);
    }
    curl_easy_setopt(self->curl, CURLOPT_HTTPHEADER, self->headers);
    return 0;
}

/* handle:perform(write): the status; calls `write` with each part of the body. */
static int perform(lua_State *L)
{
    easy *self = luaL_checkudata(L, 1, type_name);
    long status = 0;
    lua_settop(L, 2);
    self->L = L;
    CURLcode code = curl_easy_perform(self->curl);
    if (code != CURLE_OK)
        return luaL_error(L, "%s", curl_easy_strerror(code));
    curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &status);
    lua_pushinteger(L, status);
    return 1;
}

static int collect(lua_State *L)
{
    easy *self = luaL_checkudata(L, 1, type_name);
    curl_easy_cleanup(self->curl);
    curl_slist_free_all(self->headers);
    *self = (easy){0};
    return 0;
}

static const luaL_Reg methods[] = {
    {"set_post", set_post}, {"perform", perform}, {"__gc", collect}, {NULL, NULL}};

__attribute__((visibility("default"))) int luaopen_bench_easy(lua_State *L);

int luaopen_bench_easy(lua_State *L)
{
    luaL_newmetatable(L, type_name);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, new_easy);
    return 1;
}
