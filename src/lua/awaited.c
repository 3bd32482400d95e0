/* What can be waited for and taken: requests and pauses, as userdata. What came of a request is
 * request.c's. */
#include "lua/binding.h"

tl_awaited_box *tl_push_awaited(lua_State *L, int engine_index, const char *type)
{
    tl_awaited_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (tl_awaited_box){.owner = lua_touserdata(L, engine_index)};
    luaL_setmetatable(L, type);
    lua_pushvalue(L, engine_index);
    lua_setiuservalue(L, -2, 1);
    lua_getiuservalue(L, engine_index, TL_AWAITED);
    lua_pushvalue(L, -2);
    lua_rawsetp(L, -2, box);
    lua_pop(L, 1);
    return box;
}

void tl_set_awaited(lua_State *L, tl_awaited_box *box, tl_awaited *awaited)
{
    box->awaited = awaited;
    if (!awaited)
        luaL_error(L, "not enough memory");
    awaited->host = box;
}

/* The table has no entry any more when it is the garbage collector that ends the userdata. Only an
 * entry that is there is set to nil, since a new one could need memory. */
static void forget(lua_State *L, int index, const tl_awaited_box *box)
{
    lua_getiuservalue(L, index, 1);
    lua_getiuservalue(L, -1, TL_AWAITED);
    if (lua_rawgetp(L, -1, box) != LUA_TNIL) {
        lua_pushnil(L);
        lua_rawsetp(L, -3, box);
    }
    lua_pop(L, 3);
}

tl_awaited *tl_let_go(lua_State *L, int index)
{
    tl_awaited_box *box = lua_touserdata(L, index);
    tl_awaited *awaited = box->awaited;
    const tl_engine *engine = box->owner->engine;
    if (!awaited)
        return NULL;
    box->awaited = NULL;
    forget(L, index, box);
    return engine && tl_engine_is_ours(engine) ? awaited : NULL;
}

static tl_awaited_box *check_awaited(lua_State *L, int index)
{
    tl_awaited_box *box = luaL_testudata(L, index, TL_REQUEST_TYPE);
    if (!box)
        box = luaL_testudata(L, index, TL_PAUSE_TYPE);
    return box ? box : luaL_checkudata(L, index, TL_REQUEST_TYPE);
}

/* As long as something finished is not taken, tl_engine_block returns at once: the caller would
 * spin. It can be thrown away, because whoever waits by tl_method_wait looks at `over` of its
 * own request. */
static void take_all(tl_engine *engine)
{
    while (tl_engine_take(engine))
        continue;
}

/* The one at 2, which must be of the engine at 1. */
static tl_awaited_box *check_own(lua_State *L)
{
    tl_awaited_box *box = check_awaited(L, 2);
    luaL_argcheck(L, box->owner == lua_touserdata(L, 1), 2, "a request of another engine");
    return box;
}

/* engine:wait(awaited): waits, and moves on what is under way, until a request or a pause is
 * finished: then true. False when a signal came first, so that Lua gets the chance to run its
 * handler before the caller waits on; and when engine:asked() or engine:traced() have something.
 * The second result is whether they have. Nothing that finishes meanwhile is given by take. */
int tl_method_wait(lua_State *L)
{
    tl_check_engine(L, 1);
    const tl_awaited_box *box = check_own(L);
    for (;;) {
        tl_engine *engine = box->owner->engine;
        if (!engine || !box->awaited) /* what ran meanwhile may have closed either */
            return luaL_error(L, engine ? "the request is over" : "attempt to use a closed client");
        bool finished = box->awaited->over, wanted = tl_wants_host(box->owner);
        if (finished || wanted || !tl_engine_block(engine)) {
            lua_pushboolean(L, finished);
            lua_pushboolean(L, wanted);
            return 2;
        }
        tl_engine_step(engine);
        tl_settle(L, 1);
        if (box->owner->engine)
            take_all(engine);
    }
}

/* engine:finished(): the one that take gives next, any number of times; nil when there is none. */
int tl_method_finished(lua_State *L)
{
    tl_engine *engine = tl_opt_engine(L, 1);
    lua_settop(L, 1);
    lua_getiuservalue(L, 1, TL_AWAITED);
    for (tl_awaited *awaited; engine && (awaited = tl_engine_finished(engine));) {
        if (lua_rawgetp(L, 2, awaited->host) != LUA_TNIL)
            return 1;
        lua_pop(L, 1);
        tl_engine_take(engine); /* the program has let go of it, and its finalizer will end it */
    }
    lua_pushnil(L);
    return 1;
}

/* engine:take(): the next request or pause that is finished, once for each; nil when there is none.
 */
int tl_method_take(lua_State *L)
{
    tl_method_finished(L);
    if (!lua_isnil(L, -1))
        tl_engine_take(tl_opt_engine(L, 1));
    return 1;
}

/* engine:give_again(awaited): take gives it once more, if it is finished. True when it is. */
int tl_method_give_again(lua_State *L)
{
    tl_check_engine(L, 1);
    tl_awaited *awaited = check_own(L)->awaited;
    bool finished = awaited && awaited->over;
    if (finished)
        tl_engine_give_again(awaited);
    lua_pushboolean(L, finished);
    return 1;
}

/* engine:pause(seconds): a pause, which is finished when the time is over. */
int tl_method_pause(lua_State *L)
{
    luaL_checkudata(L, 1, TL_ENGINE_TYPE);
    lua_settop(L, 2);
    tl_time time = tl_check_seconds(L, 2);
    tl_awaited_box *box = tl_push_awaited(L, 1, TL_PAUSE_TYPE);
    tl_engine *engine = tl_check_engine(L, 1); /* since the push may have closed it */
    tl_set_awaited(L, box, (tl_awaited *)(void *)tl_engine_pause(engine, time));
    return 1;
}

/* pause:finish(): it is finished now, before its time: whoever waits for it goes on. Does nothing
 * when it is over or closed, or its engine is. */
static int pause_finish(lua_State *L)
{
    const tl_awaited_box *box = luaL_checkudata(L, 1, TL_PAUSE_TYPE);
    const tl_engine *engine = box->owner->engine;
    if (box->awaited && engine && tl_engine_is_ours(engine))
        tl_engine_finish_pause((tl_pause *)(void *)box->awaited);
    return 0;
}

/* pause:close(): ends it. Also __close and __gc. */
static int pause_close(lua_State *L)
{
    luaL_checkudata(L, 1, TL_PAUSE_TYPE);
    void *pause = tl_let_go(L, 1);
    if (pause)
        tl_engine_end_pause(pause);
    return 0;
}

void tl_awaited_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"finish", pause_finish},
        {"close", pause_close},
        {NULL, NULL},
    };
    static const luaL_Reg metamethods[] = {
        {"__gc", pause_close},
        {"__close", pause_close},
        {NULL, NULL},
    };
    tl_register_type(L, TL_PAUSE_TYPE, methods, metamethods);
}
