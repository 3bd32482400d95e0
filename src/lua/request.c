/* A request as a userdata: what came of it. */
#include "binding.h"

static const char *const kind_names[] = {
    [TL_CONFIG] = "config",   [TL_AUTH] = "auth",   [TL_NETWORK] = "network",
    [TL_TIMEOUT] = "timeout", [TL_LIMIT] = "limit", [TL_HTTP] = "http",
};

static const char *const outcome_names[] = {
    [TL_OUTCOME_NONE] = "",
    [TL_OUTCOME_UNKNOWN] = "unknown",
    [TL_OUTCOME_DONE] = "done",
};

static const char *const certificate_names[] = {
    [TL_CERTIFICATE_FINE] = "",     [TL_CERTIFICATE_HOST] = "host",
    [TL_CERTIFICATE_DATE] = "date", [TL_CERTIFICATE_AUTHORITY] = "authority",
    [TL_CERTIFICATE_OURS] = "ours", [TL_CERTIFICATE_WANTED] = "wanted",
};

tl_request_box *tl_push_request(lua_State *L, int engine_index)
{
    tl_request_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    box->request = NULL;
    box->owner = lua_touserdata(L, engine_index);
    luaL_setmetatable(L, TL_REQUEST_TYPE);
    lua_pushvalue(L, engine_index);
    lua_setiuservalue(L, -2, 1);
    return box;
}

tl_request *tl_check_request(lua_State *L, int index)
{
    tl_request_box *box = luaL_checkudata(L, index, TL_REQUEST_TYPE);
    return box->owner->engine ? box->request : NULL;
}

void tl_push_error(lua_State *L, const tl_error *error)
{
    lua_createtable(L, 0, 6);
    tl_set_text(L, "kind", kind_names[error->kind]);
    tl_set_text(L, "message", error->message);
    tl_set_text(L, "certificate", certificate_names[error->certificate]);
    tl_set_text(L, "error", error->oauth_error);
    tl_set_text(L, "error_description", error->oauth_description);
    if (error->status != 0)
        tl_set_integer(L, "status", error->status);
}

/* Any push may run a finalizer that closes the engine: what is read is a copy. */
static void push_failure(lua_State *L, const tl_request *original)
{
    const struct {
        tl_error error;
        tl_outcome outcome;
        int attempts;
    } copy = {original->error, original->outcome, original->attempts}, *request = &copy;
    tl_push_error(L, &request->error);
    tl_set_text(L, "outcome", outcome_names[request->outcome]);
    if (request->attempts != 0)
        tl_set_integer(L, "attempts", request->attempts);
}

/* request:result(), once it is finished: status, body, headers (the raw header block), attempts,
 * retry_after (seconds, or nil), outcome ("unknown" when the server may have executed it all the
 * same, or nil); or nil and a table with kind, message and, where they apply,
 * status, attempts, certificate ("host", "date", "authority": why it
 * was refused; "ours": our own is no good; "wanted": the server asks for ours), error and
 * error_description. */
static int request_result(lua_State *L)
{
    tl_request *request = tl_check_request(L, 1);
    if (!request || request->state != TL_REQUEST_FINISHED)
        return luaL_error(L, "the request is not finished");
    if (request->error.kind == TL_MEMORY)
        return luaL_error(L, "%s", request->error.message);
    if (request->error.kind != TL_OK) {
        lua_pushnil(L);
        push_failure(L, request);
        return 2;
    }
    const struct {
        int status, attempts;
        tl_time retry_after;
        tl_outcome outcome;
    } answer = {request->status, request->attempts, request->retry_after, request->outcome};
    lua_pushinteger(L, answer.status);
    lua_pushlstring(L, tl_buffer_text(&request->answer_body), request->answer_body.length);
    request = tl_check_request(L, 1); /* a finalizer may have closed the engine meanwhile */
    if (!request)
        return luaL_error(L, "attempt to use a closed client");
    lua_pushlstring(L, tl_buffer_text(&request->answer_headers), request->answer_headers.length);
    lua_pushinteger(L, answer.attempts);
    if (answer.retry_after > 0)
        lua_pushnumber(L, (lua_Number)answer.retry_after / (lua_Number)TL_SECOND);
    else
        lua_pushnil(L);
    if (answer.outcome == TL_OUTCOME_NONE)
        return 5;
    lua_pushstring(L, outcome_names[answer.outcome]);
    return 6;
}

/* request:close(): ends it in whatever state it is. Also __close and __gc. */
static int request_close(lua_State *L)
{
    tl_request *request = tl_check_request(L, 1);
    tl_request_box *box = lua_touserdata(L, 1);
    box->request = NULL;
    if (request && tl_engine_is_ours(request->engine))
        tl_engine_cancel(request);
    return 0;
}

void tl_request_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"result", request_result},
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
