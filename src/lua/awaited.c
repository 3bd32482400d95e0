/* What can be waited for and taken: requests and pauses, as userdata. What came of a request is
 * request.c's. */
#include "lua/binding.h"

/* Gives the userdata on top a place and a number. Where a table must grow and there is no memory,
 * this raises before anything is changed. */
static void give_place(lua_State *L, int engine_index, tl_awaited_box *box)
{
    tl_engine_box *owner = box->owner;
    lua_getiuservalue(L, engine_index, TL_FREE_PLACES);
    if (owner->free_place == 0) {
        lua_pushinteger(L, 0);
        lua_rawseti(L, -2, (lua_Integer)owner->places + 1);
        owner->free_place = ++owner->places;
    }
    uint32_t place = owner->free_place;
    lua_getiuservalue(L, engine_index, TL_AWAITED);
    lua_pushvalue(L, -3);
    lua_rawseti(L, -2, place);
    lua_rawgeti(L, -2, place);
    owner->free_place = (uint32_t)lua_tointeger(L, -1);
    box->number = (uint64_t)++owner->last_of_awaited << 32 | place;
    lua_pop(L, 3);
}

/* The array of the awaited has no entry any more when it is the garbage collector that ends the
 * userdata. Only an entry that is there is set to nil, since a new one could need memory. */
static void free_place(lua_State *L, int index, tl_awaited_box *box)
{
    uint32_t place = (uint32_t)box->number;
    if (place == 0)
        return;
    box->number = 0;
    lua_getiuservalue(L, index, TL_AWAITED_ENGINE);
    lua_getiuservalue(L, -1, TL_AWAITED);
    if (lua_rawgeti(L, -1, place) != LUA_TNIL) {
        lua_pushnil(L);
        lua_rawseti(L, -3, place);
    }
    lua_getiuservalue(L, -3, TL_FREE_PLACES);
    lua_pushinteger(L, box->owner->free_place);
    lua_rawseti(L, -2, place);
    box->owner->free_place = place;
    lua_pop(L, 4);
}

tl_awaited_box *tl_push_awaited(lua_State *L, int engine_index, const char *type)
{
    tl_awaited_box *box = lua_newuserdatauv(L, sizeof *box, TL_AWAITED_VALUES);
    *box = (tl_awaited_box){.owner = lua_touserdata(L, engine_index)};
    luaL_setmetatable(L, type);
    lua_pushvalue(L, engine_index);
    lua_setiuservalue(L, -2, TL_AWAITED_ENGINE);
    give_place(L, engine_index, box);
    return box;
}

void tl_push_numbered(lua_State *L, int engine_index, uint64_t number)
{
    lua_getiuservalue(L, engine_index, TL_AWAITED);
    lua_rawgeti(L, -1, (uint32_t)number);
    const tl_awaited_box *box = lua_touserdata(L, -1);
    if (box && box->number != number) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    lua_remove(L, -2);
}

void tl_set_awaited(lua_State *L, tl_awaited_box *box, tl_awaited *awaited)
{
    box->awaited = awaited;
    if (!awaited)
        luaL_error(L, "not enough memory");
    awaited->host = box->number;
}

tl_awaited *tl_let_go(lua_State *L, int index)
{
    tl_awaited_box *box = lua_touserdata(L, index);
    tl_awaited *awaited = box->awaited;
    const tl_engine *engine = box->owner->engine;
    box->awaited = NULL;
    free_place(L, index, box);
    return awaited && engine && tl_engine_is_ours(engine) ? awaited : NULL;
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
 * handler before the caller waits on; and when engine:ask() or engine:traced() have something.
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

/* engine:finished(): the one that take gives next, any number of times, and its owner (see
 * give_again); nil when there is none. */
int tl_method_finished(lua_State *L)
{
    tl_engine *engine = tl_opt_engine(L, 1);
    lua_settop(L, 1);
    for (const tl_awaited *awaited; engine && (awaited = tl_engine_finished(engine));) {
        tl_push_numbered(L, 1, awaited->host);
        if (!lua_isnil(L, 2)) {
            lua_getiuservalue(L, 2, TL_AWAITED_OWNER);
            return 2;
        }
        lua_pop(L, 1);
        tl_engine_take(engine); /* the program has let go of it, and its finalizer will end it */
    }
    lua_pushnil(L);
    return 1;
}

/* engine:take(): the next request or pause that is finished, once for each, and its owner; nil when
 * there is none. */
int tl_method_take(lua_State *L)
{
    int count = tl_method_finished(L);
    if (!lua_isnil(L, 2))
        tl_engine_take(tl_opt_engine(L, 1));
    return count;
}

/* engine:give_again(awaited, owner): take gives it once more, if it is finished, or else when it
 * is. True when it is. owner: any value; take gives it too. Needs no memory. */
int tl_method_give_again(lua_State *L)
{
    tl_check_engine(L, 1);
    lua_settop(L, 3);
    tl_awaited *awaited = check_own(L)->awaited;
    bool finished = awaited && awaited->over;
    lua_setiuservalue(L, 2, TL_AWAITED_OWNER);
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
