/* Identities as userdata, and the one place where the core's token answers meet Lua's decoder. */
#include "binding.h"

#include <stdio.h>
#include <string.h>

tl_identity *tl_opt_identity(lua_State *L, int index, const tl_engine_box *owner)
{
    if (lua_isnoneornil(L, index))
        return NULL;
    tl_identity_box *box = luaL_checkudata(L, index, TL_IDENTITY_TYPE);
    luaL_argcheck(L, box->owner == owner && box->identity, index, "an identity of another engine");
    return box->identity;
}

static const char *check_field(lua_State *L, const char *name)
{
    size_t length;
    lua_getfield(L, 2, name); /* stays on the stack: it keeps the text alive */
    const char *text = luaL_checklstring(L, -1, &length);
    if (strlen(text) != length)
        luaL_error(L, "%s holds a NUL", name);
    return text;
}

/* engine:oauth{ url, client_id, client_secret, audience: strings; timeout: seconds; decode:
 * function }: an identity that signs in with client credentials (RFC 6749 4.4). decode(status,
 * body) gives what a token answer holds: access_token and its life in seconds or nil; or nil, a
 * message, and the server's `error` and `error_description` or nil. */
int tl_new_identity(lua_State *L)
{
    tl_check_engine(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    tl_identity_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (tl_identity_box){.owner = lua_touserdata(L, 1)};
    luaL_setmetatable(L, TL_IDENTITY_TYPE);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, 3, 1);

    tl_oauth_spec spec = {
        .url = check_field(L, "url"),
        .client_id = check_field(L, "client_id"),
        .client_secret = check_field(L, "client_secret"),
        .audience = check_field(L, "audience"),
    };
    lua_getfield(L, 2, "timeout");
    spec.timeout = tl_check_seconds(L, -1);
    lua_getiuservalue(L, 1, 1);
    lua_getfield(L, 2, "decode");
    luaL_checktype(L, -1, LUA_TFUNCTION);
    tl_engine *engine = tl_check_engine(L, 1); /* again: what was pushed may have run a finalizer */
    box->identity = tl_engine_add_oauth(engine, &spec);
    if (!box->identity)
        return luaL_error(L, "not enough memory");
    lua_rawsetp(L, -2, box->identity);
    lua_settop(L, 3);
    return 1;
}

static void copy_text(lua_State *L, int index, char *to, size_t size)
{
    snprintf(to, size, "%s", lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : "");
}

/* Runs protected, with the engine's userdata and the identity. Grants or refuses as the decoder
 * says, unless the decoder has closed the engine. */
static int decode_answer(lua_State *L)
{
    tl_engine_box *box = lua_touserdata(L, 1);
    tl_identity *identity = lua_touserdata(L, 2);
    const tl_request *fetch = identity->fetch;
    int status = fetch->status;
    lua_getiuservalue(L, 1, 1);
    lua_rawgetp(L, -1, identity);
    lua_pushinteger(L, fetch->status);
    lua_pushlstring(L, tl_buffer_text(&fetch->answer_body), fetch->answer_body.length);
    lua_call(L, 2, 4);
    if (!box->engine || identity->fetch != fetch)
        return 0; /* closed, or settled by another call of the client that ran meanwhile */
    if (lua_type(L, -4) == LUA_TSTRING) {
        size_t length;
        const char *token = lua_tolstring(L, -4, &length);
        lua_Number life = lua_tonumber(L, -3); /* 0 for nil: unknown */
        bool known = life > 0 && life <= 1e9;
        tl_engine_grant(identity, token, length,
                        known ? (tl_time)(life * (lua_Number)TL_SECOND) : 0);
        return 0;
    }
    tl_error error;
    bool said = lua_type(L, -3) == LUA_TSTRING;
    tl_error_set(&error, TL_AUTH, "%s", said ? lua_tostring(L, -3) : "the decoder gave no token");
    error.status = status;
    copy_text(L, -2, error.oauth_error, sizeof error.oauth_error);
    copy_text(L, -1, error.oauth_description, sizeof error.oauth_description);
    tl_engine_refuse(identity, &error, true);
    return 0;
}

/* A decoder that raised, or had no memory: those who wait see it, and the next call may try again.
 */
static void refuse_raised(lua_State *L, tl_identity *identity, int code)
{
    tl_error error;
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "unknown error";
    tl_error_set(&error, code == LUA_ERRMEM ? TL_MEMORY : TL_AUTH, "%s", text);
    tl_engine_refuse(identity, &error, false);
}

bool tl_settle(lua_State *L, int engine_index)
{
    tl_engine_box *box = lua_touserdata(L, engine_index);
    luaL_checkstack(L, 4, NULL);
    for (tl_identity *identity; box->engine && (identity = tl_engine_answered(box->engine));) {
        lua_pushcfunction(L, decode_answer);
        lua_pushvalue(L, engine_index);
        lua_pushlightuserdata(L, identity);
        const tl_request *fetch = identity->fetch;
        int code = lua_pcall(L, 2, 0, 0);
        if (code == LUA_OK)
            continue;
        if (box->engine && identity->fetch == fetch)
            refuse_raised(L, identity, code);
        lua_pop(L, 1);
    }
    return box->engine != NULL;
}

void tl_identity_register(lua_State *L)
{
    static const luaL_Reg none[] = {{NULL, NULL}};
    tl_register_type(L, TL_IDENTITY_TYPE, none, none);
}
