/* A module that only links libcurl: what any module over libcurl pays before it does anything. */
#include <curl/curl.h>
#include <lauxlib.h>
#include <lua.h>

__attribute__((visibility("default"))) int luaopen_bench_empty(lua_State *L);

int luaopen_bench_empty(lua_State *L)
{
    lua_pushstring(L, curl_version_info(CURLVERSION_NOW)->version);
    return 1;
}
