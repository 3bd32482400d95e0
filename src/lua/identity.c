/* Identities as userdata, and the one place where what the core waits for meets the Lua function
 * that reads or gives it. */
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

/* Makes the userdata of an identity that is still to come, at index `to`. */
static tl_identity_box *push_identity(lua_State *L, int to)
{
    tl_check_engine(L, 1);
    lua_settop(L, to - 1);
    tl_identity_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (tl_identity_box){.owner = lua_touserdata(L, 1)};
    luaL_setmetatable(L, TL_IDENTITY_TYPE);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, to, 1);
    return box;
}

/* The engine owns `identity`, or there was no memory for it. */
static void set_identity(lua_State *L, tl_identity_box *box, tl_identity *identity)
{
    box->identity = tl_engine_adopt(box->owner->engine, identity);
    if (!identity)
        luaL_error(L, "not enough memory");
}

/* The function at `index` is the identity's from now on. */
static void set_function(lua_State *L, const tl_identity_box *box, int index)
{
    lua_getiuservalue(L, 1, 1);
    lua_pushvalue(L, index);
    lua_rawsetp(L, -2, box->identity);
}

/* engine:basic(user, password): an identity that sends both with each request (RFC 7617). */
int tl_new_basic(lua_State *L)
{
    const char *user = luaL_checkstring(L, 2), *password = luaL_checkstring(L, 3);
    tl_identity_box *box = push_identity(L, 4);
    const tl_allocator *allocator = tl_engine_allocator(tl_check_engine(L, 1));
    set_identity(L, box, tl_identity_new_basic(allocator, user, password));
    lua_settop(L, 4);
    return 1;
}

/* engine:bearer(token): an identity that sends this token. The token may be a function: it is
 * called when one is needed, and gives it and its life in seconds or nil; or nil and a message. */
int tl_new_bearer(lua_State *L)
{
    bool asked = lua_type(L, 2) == LUA_TFUNCTION;
    size_t length = 0;
    const char *token = asked ? NULL : luaL_checklstring(L, 2, &length);
    luaL_argcheck(L, asked || tl_credentials_fit_a_header(token, length), 2, "no token");
    tl_identity_box *box = push_identity(L, 3);
    const tl_allocator *allocator = tl_engine_allocator(tl_check_engine(L, 1));
    set_identity(L, box,
                 asked ? tl_identity_new_asked(allocator)
                       : tl_identity_new_bearer(allocator, token));
    if (asked)
        set_function(L, box, 2);
    lua_settop(L, 3);
    return 1;
}

enum { MOST_FIELDS = 16 };

/* Reads an array of names and values in turn, and leaves them on the stack. */
static size_t check_form(lua_State *L, int index, tl_field *fields)
{
    luaL_checktype(L, index, LUA_TTABLE);
    lua_Unsigned count = lua_rawlen(L, index);
    luaL_argcheck(L, count % 2 == 0 && count <= 2 * (lua_Unsigned)MOST_FIELDS, 2, "form");
    luaL_checkstack(L, 2 * MOST_FIELDS, NULL);
    for (lua_Unsigned i = 0; i < count; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
        luaL_argcheck(L, text && strlen(text) == lua_rawlen(L, -1), 2, "form");
        *(i % 2 == 0 ? &fields[i / 2].name : &fields[i / 2].value) = text;
    }
    return (size_t)count / 2;
}

/* engine:sign_in{ url: string; headers: "Name: value" lines, each ended by a NUL; form: an array of
 * names and values in turn; client_id, client_secret: strings that are sent in the header, or nil;
 * timeout: seconds; token_folder: of the token file, or nil; session: true for one that signs in
 * for cookies instead of a token; read: a function }: an identity that signs in with a POST of the
 * form. read(status, body) gives what the answer holds: a token (or true, for a session), and the
 * token's life in seconds or nil; or nil, a message, and the server's `error` and
 * `error_description` or nil. */
int tl_new_sign_in(lua_State *L)
{
    tl_field fields[MOST_FIELDS];
    luaL_checktype(L, 2, LUA_TTABLE);
    tl_identity_box *box = push_identity(L, 3);
    tl_sign_in_spec spec = {
        .url = tl_check_text_field(L, 2, "url"),
        .client_id = tl_opt_text_field(L, 2, "client_id"),
        .client_secret = tl_opt_text_field(L, 2, "client_secret"),
        .token_folder = tl_opt_text_field(L, 2, "token_folder"),
        .form = fields,
    };
    lua_getfield(L, 2, "headers");
    spec.headers = luaL_checklstring(L, -1, &spec.headers_length);
    lua_getfield(L, 2, "timeout");
    spec.timeout = tl_check_seconds(L, -1);
    lua_getfield(L, 2, "session");
    spec.kind = lua_toboolean(L, -1) ? TL_SESSION : TL_TOKEN;
    lua_getfield(L, 2, "read");
    luaL_checktype(L, -1, LUA_TFUNCTION);
    int read = lua_gettop(L);
    lua_getfield(L, 2, "form");
    spec.form_count = check_form(L, lua_gettop(L), fields);
    luaL_argcheck(L, !spec.client_id == !spec.client_secret, 2, "client_id without client_secret");
    /* Again: what was pushed may have run a finalizer. */
    const tl_allocator *allocator = tl_engine_allocator(tl_check_engine(L, 1));
    set_identity(L, box, tl_identity_new_signing_in(allocator, &spec));
    set_function(L, box, read);
    lua_settop(L, 3);
    return 1;
}

static void copy_text(lua_State *L, int index, char *to, size_t size)
{
    snprintf(to, size, "%s", lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : "");
}

/* What the function said instead of a token or success: a message, and the server's own words. */
static void refuse_as_said(lua_State *L, tl_identity *identity, int status)
{
    tl_error error;
    bool said = lua_type(L, -3) == LUA_TSTRING;
    tl_error_set(&error, TL_AUTH, "%s",
                 said ? lua_tostring(L, -3) : "the token function gave none");
    error.status = status;
    copy_text(L, -2, error.oauth_error, sizeof error.oauth_error);
    copy_text(L, -1, error.oauth_description, sizeof error.oauth_description);
    tl_engine_refuse(identity, &error, identity->fetch != NULL);
}

/* Runs protected, with the engine's userdata and the identity. Grants or refuses as the identity's
 * function says, unless that has closed the engine. */
static int ask_function(lua_State *L)
{
    tl_engine_box *box = lua_touserdata(L, 1);
    tl_identity *identity = lua_touserdata(L, 2);
    const tl_request *fetch = identity->fetch;
    int status = fetch ? fetch->status : 0;
    lua_getiuservalue(L, 1, 1);
    lua_rawgetp(L, -1, identity);
    if (fetch) {
        lua_pushinteger(L, status);
        lua_pushlstring(L, tl_buffer_text(&fetch->answer_body), fetch->answer_body.length);
    }
    lua_call(L, fetch ? 2 : 0, 4);
    if (!box->engine || !identity->signing_in || identity->fetch != fetch)
        return 0; /* closed, or settled by another call of the client that ran meanwhile */
    if (identity->kind == TL_SESSION && lua_toboolean(L, -4)) {
        tl_engine_admit(identity);
    } else if (lua_type(L, -4) == LUA_TSTRING) {
        size_t length;
        const char *token = lua_tolstring(L, -4, &length);
        tl_engine_grant(identity, token, length, lua_tonumber(L, -3)); /* 0 for nil: unknown */
    } else {
        refuse_as_said(L, identity, status);
    }
    return 0;
}

/* A function that raised, or had no memory: those who wait see it, and the next call may try again.
 */
static void refuse_raised(lua_State *L, tl_identity *identity, int code)
{
    tl_error error;
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "unknown error";
    tl_error_set(&error, code == LUA_ERRMEM ? TL_MEMORY : TL_AUTH, "%s%s",
                 identity->kind == TL_ASKED ? "the token function raised: " : "", text);
    tl_engine_refuse(identity, &error, false);
}

static tl_identity *next_unsettled(tl_engine *engine)
{
    tl_identity *answered = tl_engine_answered(engine);
    return answered ? answered : tl_engine_asked(engine);
}

bool tl_settle(lua_State *L, int engine_index)
{
    tl_engine_box *box = lua_touserdata(L, engine_index);
    luaL_checkstack(L, 4, NULL);
    for (tl_identity *identity; box->engine && (identity = next_unsettled(box->engine));) {
        lua_pushcfunction(L, ask_function);
        lua_pushvalue(L, engine_index);
        lua_pushlightuserdata(L, identity);
        const tl_request *fetch = identity->fetch;
        int code = lua_pcall(L, 2, 0, 0);
        if (code == LUA_OK)
            continue;
        if (box->engine && identity->signing_in && identity->fetch == fetch)
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
