/* The engine as a userdata: its beginning and end, starting requests, and what a driver needs to
 * move them on. */
#include "lua/binding.h"

#include <stdbool.h>
#include <string.h>

static tl_engine_box *check_box(lua_State *L, int index)
{
    return luaL_checkudata(L, index, TL_ENGINE_TYPE);
}

/* What is wrong with using the engine; NULL when nothing is. */
static const char *problem_of(const tl_engine_box *box)
{
    if (!box->engine)
        return "attempt to use a closed client";
    if (tl_engine_is_ours(box->engine))
        return NULL;
    return "attempt to use a client that was made before a fork (daemons fork after they load "
           "scripts: make the client at its first use)";
}

static tl_engine *check_usable(lua_State *L, const tl_engine_box *box)
{
    const char *problem = problem_of(box);
    if (problem)
        luaL_error(L, "%s", problem);
    return box->engine;
}

tl_engine *tl_check_engine(lua_State *L, int index)
{
    return check_usable(L, check_box(L, index));
}

tl_engine *tl_opt_engine(lua_State *L, int index)
{
    return check_box(L, index)->engine ? tl_check_engine(L, index) : NULL;
}

const char *tl_opt_text_field(lua_State *L, int index, const char *name)
{
    size_t length;
    if (lua_getfield(L, index, name) == LUA_TNIL)
        return NULL;
    const char *text = lua_tolstring(L, -1, &length);
    if (!text || strlen(text) != length)
        luaL_error(L, "%s must be a string without NUL", name);
    return text;
}

const char *tl_check_text_field(lua_State *L, int index, const char *name)
{
    const char *text = tl_opt_text_field(L, index, name);
    if (!text)
        luaL_error(L, "%s is missing", name);
    return text;
}

static const char *const transport_names[TL_TRANSPORT_TEXTS] = {
    [TL_USER_AGENT] = "user_agent",
    [TL_CA_FILE] = "ca_file",
    [TL_CA_PATH] = "ca_path",
    [TL_CLIENT_CERT] = "client_cert",
    [TL_CLIENT_KEY] = "client_key",
    [TL_CLIENT_KEY_PASSWORD] = "client_key_password",
    [TL_PROXY] = "proxy",
    [TL_PROXY_USER] = "proxy_user",
    [TL_PROXY_PASSWORD] = "proxy_password",
    [TL_NO_PROXY] = "no_proxy",
};

/* What it reads stays on the stack. */
static void check_transport(lua_State *L, int index, tl_transport_options *options)
{
    luaL_checkstack(L, TL_TRANSPORT_TEXTS + 3, NULL);
    for (size_t i = 0; i < TL_TRANSPORT_TEXTS; i++)
        options->texts[i] = tl_opt_text_field(L, index, transport_names[i]);
    lua_getfield(L, index, "connect_timeout");
    options->connect_timeout = tl_check_seconds(L, -1);
    lua_getfield(L, index, "max_connections");
    options->max_connections = (long)luaL_optinteger(L, -1, 0);
    lua_getfield(L, index, "http1");
    options->http1 = lua_toboolean(L, -1);
}

static void push_weak_table(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
}

/* engine{ connect_timeout: seconds; retries: how often a failed attempt may go out again;
 * max_requests (on the wire at a time), max_connections: integers, 0 for no bound; http1: true for
 * no HTTP/2; the strings of transport_names, each nil or "" when not set, `proxy` without a user,
 * and `no_proxy` in libcurl's form; trace: true to keep what engine:traced gives }: an engine; or
 * nil and a table like that of request:result when the system has no descriptor left. Raises when
 * there is no memory. */
int tl_new_engine(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    tl_engine_box *box = lua_newuserdatauv(L, sizeof *box, TL_ENGINE_VALUES);
    *box = (tl_engine_box){0};
    luaL_setmetatable(L, TL_ENGINE_TYPE);
    lua_newtable(L);
    lua_setiuservalue(L, 2, TL_IDENTITIES);
    push_weak_table(L);
    lua_setiuservalue(L, 2, TL_AWAITED);
    lua_newtable(L);
    lua_setiuservalue(L, 2, TL_FREE_PLACES);

    tl_engine_options options = {.seed = ((uint64_t)tl_now() ^ (uint64_t)(uintptr_t)box) | 1};
    options.allocator.allocate = lua_getallocf(L, &options.allocator.context);
    check_transport(L, 1, &options.transport);
    lua_getfield(L, 1, "retries");
    options.most_attempts = 1 + (int)luaL_optinteger(L, -1, 0);
    lua_getfield(L, 1, "max_requests");
    options.max_requests = (size_t)luaL_optinteger(L, -1, 0);
    lua_getfield(L, 1, "trace");
    options.trace = lua_toboolean(L, -1);
    tl_error error;
    box->engine = tl_engine_new(&options, &error);
    lua_settop(L, 2);
    if (box->engine)
        return 1;
    if (error.kind == TL_MEMORY)
        return luaL_error(L, "%s", error.message);
    lua_pushnil(L);
    tl_push_error(L, &error);
    return 2;
}

static const char *check_plain(lua_State *L, int index)
{
    size_t length;
    const char *text = luaL_checklstring(L, index, &length);
    luaL_argcheck(L, strlen(text) == length, index, "no NUL allowed");
    return text;
}

/* engine:start(identity, method, url, headers, body, timeout, most_body, read, background): a
 * request under way. identity: nil for nobody; headers: "Name: value" lines, each ended by a NUL;
 * body: nil for none; timeout: seconds; most_body: bytes that the answer may have; read: true when
 * executing it twice does no harm; background: true when no call waits for it. */
static int engine_start(lua_State *L)
{
    tl_engine_box *owner = check_box(L, 1);
    lua_settop(L, 10);
    tl_request_spec spec = {
        .method = check_plain(L, 3),
        .url = check_plain(L, 4),
        .timeout = tl_check_seconds(L, 7),
        .most_body = (size_t)luaL_checkinteger(L, 8),
        .read = lua_toboolean(L, 9),
        .background = lua_toboolean(L, 10),
    };
    spec.headers = luaL_checklstring(L, 5, &spec.headers_length);
    spec.body = luaL_optlstring(L, 6, NULL, &spec.body_length);
    tl_awaited_box *box = tl_push_awaited(L, 1, TL_REQUEST_TYPE);
    /* From here on nothing allocates in Lua, so no finalizer can close the engine. */
    tl_engine *engine = check_usable(L, owner);
    spec.signin = tl_opt_identity(L, 2, owner);
    tl_set_awaited(L, box, (tl_awaited *)(void *)tl_engine_start(engine, &spec));
    return 1;
}

/* engine:fd(): the descriptor, an integer. It is readable when step has something to do; or nil and
 * a table like that of request:result when the system has no descriptor left for its timer. */
static int engine_fd(lua_State *L)
{
    tl_error error;
    int fd = tl_engine_fd(tl_check_engine(L, 1));
    if (fd >= 0) {
        lua_pushinteger(L, fd);
        return 1;
    }
    tl_error_set(&error, TL_LIMIT, "no descriptor is left for a client's timer");
    lua_pushnil(L);
    tl_push_error(L, &error);
    return 2;
}

/* engine:timeout(): seconds until step has something to do by itself, 0 when there is something to
 * take; nil when there is nothing. */
static int engine_timeout(lua_State *L)
{
    const tl_engine *engine = tl_opt_engine(L, 1);
    tl_time time = engine ? tl_engine_timeout(engine) : TL_NEVER;
    if (time == TL_NEVER)
        lua_pushnil(L);
    else
        lua_pushnumber(L, (lua_Number)time / (lua_Number)TL_SECOND);
    return 1;
}

bool tl_wants_host(const tl_engine_box *box)
{
    const tl_engine *engine = box->engine;
    return engine && (tl_engine_is_asking(engine) || tl_engine_traced(engine));
}

/* engine:step(): moves on what is under way, without waiting, and calls none of the user's
 * functions. True when engine:ask() or engine:traced() have something for them; the second result
 * is whether engine:ask() has. */
static int engine_step(lua_State *L)
{
    tl_engine_step(tl_check_engine(L, 1));
    tl_settle(L, 1);
    const tl_engine_box *box = check_box(L, 1);
    lua_pushboolean(L, tl_wants_host(box));
    lua_pushboolean(L, box->engine && tl_engine_is_asking(box->engine));
    return 2;
}

/* engine:block(): waits until step has something to do. False when a signal came first, so that Lua
 * gets the chance to run its handler. */
static int engine_block(lua_State *L)
{
    lua_pushboolean(L, tl_engine_block(tl_check_engine(L, 1)));
    return 1;
}

/* engine:in_flight(): how many requests (fetches of tokens too), pauses and turns of the token file
 * are not finished. */
static int engine_in_flight(lua_State *L)
{
    const tl_engine *engine = tl_opt_engine(L, 1);
    lua_pushinteger(L, engine ? (lua_Integer)tl_engine_in_flight(engine) : 0);
    return 1;
}

/* engine:idle(): nobody waits on the descriptor any more, until engine:fd() is called again. */
static int engine_idle(lua_State *L)
{
    tl_engine *engine = tl_opt_engine(L, 1);
    if (engine)
        tl_engine_idle(engine);
    return 0;
}

/* engine:close(): ends all requests. Closing twice is fine. Also __close and __gc. */
static int engine_close(lua_State *L)
{
    tl_engine_box *box = check_box(L, 1);
    tl_engine *engine = box->engine;
    box->engine = NULL;
    if (engine)
        tl_engine_free(engine);
    return 0;
}

/* engine:closed(): true after close. */
static int engine_closed(lua_State *L)
{
    lua_pushboolean(L, check_box(L, 1)->engine == NULL);
    return 1;
}

/* engine:problem(): why it can't be used any more, or nil. */
static int engine_problem(lua_State *L)
{
    lua_pushstring(L, problem_of(check_box(L, 1)));
    return 1;
}

void tl_engine_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"start", engine_start},
        {"pause", tl_method_pause},
        {"basic", tl_new_basic},
        {"bearer", tl_new_bearer},
        {"sign_in", tl_new_sign_in},
        {"wait", tl_method_wait},
        {"fd", engine_fd},
        {"timeout", engine_timeout},
        {"step", engine_step},
        {"block", engine_block},
        {"finished", tl_method_finished},
        {"take", tl_method_take},
        {"give_again", tl_method_give_again},
        {"in_flight", engine_in_flight},
        {"idle", engine_idle},
        {"ask", tl_method_ask},
        {"grant", tl_method_grant},
        {"refuse", tl_method_refuse},
        {"traced", tl_method_traced},
        {"closed", engine_closed},
        {"problem", engine_problem},
        {"close", engine_close},
        {NULL, NULL},
    };
    static const luaL_Reg metamethods[] = {
        {"__gc", engine_close},
        {"__close", engine_close},
        {NULL, NULL},
    };
    tl_register_type(L, TL_ENGINE_TYPE, methods, metamethods);
}
