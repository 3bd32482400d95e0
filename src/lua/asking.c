/* Identities that ask the host for a token, since it is a function of the user's that has it.
 * Nothing in here calls that function: whoever drives the engine does, and answers when it likes.
 */
#include "lua/binding.h"

/* The identity at 2 of the engine at 1 has its answer: gives it, or NULL when it does not ask, or
 * not any more. */
static tl_signin *take_question(lua_State *L)
{
    tl_identity_box *box = luaL_checkudata(L, 2, TL_IDENTITY_TYPE);
    luaL_argcheck(L, box->owner == lua_touserdata(L, 1), 2, "an identity of another engine");
    if (!tl_opt_engine(L, 1) || !box->asks)
        return NULL;
    box->asks = false;
    return box->signin;
}

/* engine:grant(identity, token, life): the token that it asked for. life: seconds; anything but a
 * positive number: until a 401. False when the identity does not ask: since it has its answer
 * already, or since the engine is closed. That is no error, because who has been away for a token
 * cannot know of either. */
int tl_method_grant(lua_State *L)
{
    size_t length;
    luaL_checkudata(L, 1, TL_ENGINE_TYPE);
    const char *token = luaL_checklstring(L, 3, &length);
    double life = lua_tonumber(L, 4); /* 0 for what is none */
    tl_signin *signin = take_question(L);
    if (signin)
        tl_engine_grant(signin, token, length, life);
    lua_pushboolean(L, signin != NULL);
    return 1;
}

/* engine:refuse(identity, failure): there is no token, and requests that wait for it fail. failure:
 * a table like that of request:result: message; error, error_description and object, or nil. False
 * as for engine:grant. */
int tl_method_refuse(lua_State *L)
{
    tl_error error;
    luaL_checkudata(L, 1, TL_ENGINE_TYPE);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    lua_getfield(L, 3, "error");
    lua_getfield(L, 3, "error_description");
    lua_getfield(L, 3, "message");
    lua_getfield(L, 3, "object");
    luaL_argcheck(L, lua_isstring(L, 6), 3, "message is missing");
    tl_error_set(&error, TL_AUTH, "%s", lua_tostring(L, 6));
    tl_copy_text(L, 4, error.oauth_error, sizeof error.oauth_error);
    tl_copy_text(L, 5, error.oauth_description, sizeof error.oauth_description);
    tl_signin *signin = take_question(L);
    if (signin && !lua_isnil(L, 7)) {
        error.object = ++((tl_identity_box *)lua_touserdata(L, 2))->failure;
        lua_setiuservalue(L, 2, TL_IDENTITY_OBJECT);
    }
    if (signin)
        tl_engine_refuse(signin, &error, false);
    lua_pushboolean(L, signin != NULL);
    return 1;
}

void tl_push_failure_object(lua_State *L, int engine_index, const tl_signin *signin,
                            uint64_t number)
{
    const tl_identity_box *box = tl_push_identity(L, engine_index, signin);
    if (box && box->failure == number)
        lua_getiuservalue(L, -1, TL_IDENTITY_OBJECT);
    else
        lua_pushnil(L);
    lua_remove(L, -2);
}

static void refuse_unanswered(tl_identity_box *box)
{
    tl_error error;
    const tl_engine *engine = box->owner->engine;
    if (!box->asks || !engine || !tl_engine_is_ours(engine))
        return;
    box->asks = false;
    tl_error_set(&error, TL_AUTH, "the token function was ended before it gave a token");
    tl_engine_refuse(box->signin, &error, false);
}

/* __close: the coroutine that was to answer was closed. */
int tl_identity_close(lua_State *L)
{
    refuse_unanswered(luaL_checkudata(L, 1, TL_IDENTITY_TYPE));
    return 0;
}

/* Has the identity at 2. */
static int end_of_question(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    refuse_unanswered(lua_touserdata(L, 2));
    if (status != LUA_OK && status != LUA_YIELD)
        return lua_error(L);
    lua_pushboolean(L, true);
    return 1;
}

/* engine:ask(function, ...): calls function(identity, ...) for the next identity that asks for a
 * token, once for each time that it asks; false when there is none, otherwise true. The function
 * may yield, and calls engine:grant or engine:refuse when the answer is there; requests wait
 * meanwhile, each until its deadline. Nobody would ask again: so where the function has come to its
 * end without an answer, whatever ended it, the identity is refused. */
int tl_method_ask(lua_State *L)
{
    tl_engine *engine = tl_opt_engine(L, 1);
    luaL_checkany(L, 2);
    const tl_signin *signin = engine ? tl_engine_asked(engine) : NULL;
    if (!signin) {
        lua_pushboolean(L, false);
        return 1;
    }
    tl_push_identity(L, 1, signin)->asks = true;
    lua_insert(L, 2);
    lua_toclose(L, 2);
    lua_pushvalue(L, 2);
    lua_insert(L, 4);
    return end_of_question(L, lua_pcallk(L, lua_gettop(L) - 3, 0, 0, 0, end_of_question), 0);
}
