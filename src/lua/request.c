/* A request as a userdata: what came of it. */
#include "lua/binding.h"

/* Only a walk that was closed gets the last one, and shows it to nobody. */
static const char *const kind_names[] = {
    [TL_CONFIG] = "config", [TL_AUTH] = "auth", [TL_NETWORK] = "network",  [TL_TIMEOUT] = "timeout",
    [TL_LIMIT] = "limit",   [TL_HTTP] = "http", [TL_CANCELLED] = "closed",
};

const char *const tl_outcome_names[] = {
    [TL_OUTCOME_NONE] = "",
    [TL_OUTCOME_UNKNOWN] = "unknown",
    [TL_OUTCOME_DONE] = "done",
};

/* The codes of doc/errors.md. */
static const char *const fault_names[] = {
    [TL_FAULT_NONE] = "",
    [TL_FAULT_WRONG_HOST] = "wrong_host",
    [TL_FAULT_EXPIRED] = "expired_certificate",
    [TL_FAULT_UNTRUSTED] = "untrusted_certificate",
    [TL_FAULT_OURS] = "bad_client_certificate",
    [TL_FAULT_OURS_WANTED] = "no_client_certificate",
    [TL_FAULT_NO_TLS] = "no_tls",
    [TL_FAULT_UNKNOWN_HOST] = "unknown_host",
    [TL_FAULT_UNREACHABLE] = "unreachable",
    [TL_FAULT_PROXY] = "proxy",
};

/* NULL when the request or its engine is closed. */
static tl_request *request_in(const tl_awaited_box *box)
{
    return box->owner->engine ? (tl_request *)(void *)box->awaited : NULL;
}

static tl_request *check_request(lua_State *L, int index)
{
    return request_in(luaL_checkudata(L, index, TL_REQUEST_TYPE));
}

void tl_push_error(lua_State *L, const tl_error *error)
{
    lua_createtable(L, 0, 6);
    tl_set_text(L, "kind", kind_names[error->kind]);
    tl_set_text(L, "message", error->message);
    tl_set_text(L, "code", fault_names[error->fault]);
    tl_set_text(L, "error", error->oauth_error);
    tl_set_text(L, "error_description", error->oauth_description);
    if (error->status != 0)
        tl_set_integer(L, "status", error->status);
}

/* What came of a request, apart from its bytes; a copy of the core's. */
typedef struct result {
    tl_error error;
    const tl_signin *signin; /* only its address: the engine may be gone */
    int status, attempts;
    tl_time retry_after;
    tl_outcome outcome;
} result;

static int push_failure(lua_State *L, const result *r)
{
    lua_pushnil(L);
    tl_push_error(L, &r->error);
    tl_set_text(L, "outcome", tl_outcome_names[r->outcome]);
    if (r->attempts != 0)
        tl_set_integer(L, "attempts", r->attempts);
    if (r->error.object != 0) {
        lua_getiuservalue(L, 1, TL_AWAITED_ENGINE);
        tl_push_failure_object(L, lua_gettop(L), r->signin, r->error.object);
        lua_setfield(L, -3, "object");
        lua_pop(L, 1);
    }
    return 2;
}

/* With the userdata of the bytes at `taken_index`. */
static int push_answer(lua_State *L, const result *r, int taken_index)
{
    lua_pushinteger(L, r->status);
    lua_pushvalue(L, taken_index);
    lua_pushinteger(L, r->attempts);
    if (r->retry_after > 0)
        lua_pushnumber(L, (lua_Number)r->retry_after / (lua_Number)TL_SECOND);
    else
        lua_pushnil(L);
    if (r->outcome == TL_OUTCOME_NONE)
        return 4;
    lua_pushstring(L, tl_outcome_names[r->outcome]);
    return 5;
}

/* Ends the request of the userdata at `index` in whatever state it is; gives what is known of a
 * write that had gone out. */
static tl_outcome end(lua_State *L, int index)
{
    void *request = tl_let_go(L, index);
    return request ? tl_engine_cancel(request) : TL_OUTCOME_NONE;
}

/* request:result(), once it is finished, and only once, since it ends the request: status,
 * bytes (body and header block as a userdata, see taken.c), attempts, retry_after (seconds, or
 * nil), outcome
 * ("unknown" when the server may have executed it all the same, or nil); or nil and a table with
 * kind, message and, where they apply, status, attempts, code (one of fault_names), error and
 * error_description, and object (what a token function raised or gave instead of a message). */
static int request_result(lua_State *L)
{
    lua_settop(L, 1);
    const tl_awaited_box *box = luaL_checkudata(L, 1, TL_REQUEST_TYPE);
    tl_taken *taken = tl_push_taken(L);
    tl_request *request = request_in(box);
    if (!box->owner->engine) /* since the push, maybe */
        return luaL_error(L, "attempt to use a closed client");
    if (!request || request->state != TL_REQUEST_FINISHED)
        return luaL_error(L, "the request is not finished");
    const result r = {request->error,    request->signin,      request->status,
                      request->attempts, request->retry_after, request->outcome};
    if (r.error.kind == TL_OK) { /* the bytes of a failure, which nobody reads, go with it */
        tl_take(taken, TL_TAKEN_BODY, &request->answer_body);
        tl_take(taken, TL_TAKEN_HEADERS, &request->answer_headers);
    }
    end(L, 1);
    if (r.error.kind == TL_MEMORY)
        return luaL_error(L, "%s", r.error.message);
    return r.error.kind == TL_OK ? push_answer(L, &r, 2) : push_failure(L, &r);
}

/* request:finish(): it is finished now, before its time: whoever waits for it goes on, and its
 * result is a failure of the kind "closed". Does nothing when it is over or closed, or its
 * engine is. */
static int request_finish(lua_State *L)
{
    tl_request *request = check_request(L, 1);
    if (request && tl_engine_is_ours(request->awaited.engine))
        tl_engine_finish_request(request);
    return 0;
}

/* request:close(): ends it in whatever state it is. Gives "unknown" for a write that may have been
 * executed, "done" for one that was, and otherwise nil; and how often it went out. Also __close and
 * __gc. */
static int request_close(lua_State *L)
{
    const tl_request *request = check_request(L, 1);
    lua_Integer attempts = request ? request->attempts : 0;
    tl_outcome known = end(L, 1);
    if (known == TL_OUTCOME_NONE)
        lua_pushnil(L);
    else
        lua_pushstring(L, tl_outcome_names[known]);
    lua_pushinteger(L, attempts);
    return 2;
}

void tl_request_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"result", request_result},
        {"finish", request_finish},
        {"close", request_close},
        {NULL, NULL},
    };
    static const luaL_Reg metamethods[] = {
        {"__gc", request_close},
        {"__close", request_close},
        {NULL, NULL},
    };
    tl_register_type(L, TL_REQUEST_TYPE, methods, metamethods);
}
