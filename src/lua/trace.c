/* The attempts that the core has noted, and troubles with token files, as tables for the user's
 * trace function. */
#include "lua/binding.h"

static void set_seconds(lua_State *L, const char *name, tl_time time)
{
    if (time <= 0)
        return;
    lua_pushnumber(L, (lua_Number)time / (lua_Number)TL_SECOND);
    lua_setfield(L, -2, name);
}

/* Takes the oldest attempt out of the core. False when there is none, or no engine any more. */
static bool take(const tl_engine_box *box, tl_trace *trace, tl_taken *taken)
{
    tl_trace *oldest = box->engine ? tl_engine_traced(box->engine) : NULL;
    if (!oldest)
        return false;
    *trace = *oldest;
    tl_take(taken, TL_TAKEN_BODY, &oldest->url);
    tl_engine_drop_trace(box->engine);
    return true;
}

static void push_table(lua_State *L, const tl_trace *trace, tl_taken *taken)
{
    if (trace->token_file) {
        lua_createtable(L, 0, 1);
        tl_set_text(L, "token_file", trace->error);
        return;
    }
    lua_createtable(L, 0, 12);
    tl_push_bytes(L, taken, TL_TAKEN_BODY);
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
    const tl_engine_box *box = lua_touserdata(L, engine_index);
    if (!tl_engine_traced(box->engine))
        return;
    luaL_checkstack(L, 6, NULL);
    tl_taken *taken = tl_push_taken(L);
    for (tl_trace trace; take(box, &trace, taken);) {
        lua_getiuservalue(L, engine_index, 2);
        push_table(L, &trace, taken);
        lua_call(L, 1, 0);
    }
    lua_pop(L, 1);
}
