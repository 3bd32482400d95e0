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

static void push_table(lua_State *L, const tl_trace *trace, tl_taken *taken)
{
    if (trace->token_file) {
        lua_createtable(L, 0, 1);
        tl_set_text(L, "token_file", trace->error);
        return;
    }
    lua_createtable(L, 0, 13);
    tl_push_bytes(L, taken, TL_TAKEN_BODY);
    lua_setfield(L, -2, "url");
    tl_set_text(L, "method", trace->method);
    tl_set_text(L, "sign_in", trace->sought);
    tl_set_text(L, "error", trace->error);
    tl_set_text(L, "outcome", tl_outcome_names[trace->outcome]);
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

static tl_trace *oldest(lua_State *L)
{
    const tl_engine *engine = tl_opt_engine(L, 1);
    return engine ? tl_engine_traced(engine) : NULL;
}

/* engine:traced(): the oldest attempt or trouble that was not given yet, as a table, and the
 * userdata of the request that it was of, or nil; nothing when there is none. */
int tl_method_traced(lua_State *L)
{
    if (!oldest(L))
        return 0;
    tl_taken *taken = tl_push_taken(L);
    tl_trace *found = oldest(L); /* the push may have closed the engine, or made use of it */
    if (!found)
        return 0;
    const tl_trace trace = *found; /* a copy: pushing its fields may run a finalizer */
    tl_take(taken, TL_TAKEN_BODY, &found->url);
    tl_engine_drop_trace(tl_check_engine(L, 1));
    push_table(L, &trace, taken);
    tl_push_numbered(L, 1, trace.host);
    return 2;
}
