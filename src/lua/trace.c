/* The attempts that the core has noted, and troubles with token files, as tables for the user's
 * trace function. */
#include "binding.h"

static void set_seconds(lua_State *L, const char *name, tl_time time)
{
    if (time <= 0)
        return;
    lua_pushnumber(L, (lua_Number)time / (lua_Number)TL_SECOND);
    lua_setfield(L, -2, name);
}

/* The URL is on top of the stack; a table with everything takes its place. */
static void push_table(lua_State *L, const tl_trace *trace)
{
    if (trace->token_file) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 1);
        tl_set_text(L, "token_file", trace->error);
        return;
    }
    lua_createtable(L, 0, 12);
    lua_insert(L, -2);
    lua_setfield(L, -2, "url");
    tl_set_text(L, "method", trace->method);
    tl_set_text(L, "sign_in", trace->sought);
    tl_set_text(L, "error", trace->error);
    tl_set_integer(L, "attempt", trace->attempt);
    if (trace->status != 0)
        tl_set_integer(L, "status", trace->status);
    set_seconds(L, "lookup", trace->lookup);
    set_seconds(L, "connect", trace->connect);
    set_seconds(L, "tls", trace->tls);
    set_seconds(L, "first_byte", trace->first_byte);
    set_seconds(L, "total", trace->total);
    tl_set_integer(L, "sent", (lua_Integer)trace->sent);
    tl_set_integer(L, "received", (lua_Integer)trace->received);
}

void tl_trace_attempts(lua_State *L, int engine_index)
{
    tl_engine_box *box = lua_touserdata(L, engine_index);
    luaL_checkstack(L, 6, NULL);
    for (const tl_trace *trace; box->engine && (trace = tl_engine_traced(box->engine));) {
        /* A push may run a finalizer that closes the engine: from here on a copy counts. */
        tl_trace copy = *trace;
        lua_getiuservalue(L, engine_index, 2);
        lua_pushlstring(L, tl_buffer_text(&copy.url), copy.url.length);
        if (!box->engine)
            return;
        tl_engine_drop_trace(box->engine);
        push_table(L, &copy);
        lua_call(L, 1, 0);
    }
}
