/* Identities as userdata, and the reading of what their endpoints answered. */
#include "lua/binding.h"

#include <string.h>

tl_signin *tl_opt_identity(lua_State *L, int index, const tl_engine_box *owner)
{
    if (lua_isnoneornil(L, index))
        return NULL;
    tl_identity_box *box = luaL_checkudata(L, index, TL_IDENTITY_TYPE);
    luaL_argcheck(L, box->owner == owner && box->signin, index, "an identity of another engine");
    return box->signin;
}

tl_identity_box *tl_push_identity(lua_State *L, int engine_index, const tl_signin *signin)
{
    lua_getiuservalue(L, engine_index, TL_IDENTITIES);
    lua_rawgetp(L, -1, signin);
    lua_remove(L, -2);
    return lua_touserdata(L, -1);
}

/* Makes the userdata of an identity that is still to come, at index `to`. */
static tl_identity_box *push_identity(lua_State *L, int to)
{
    tl_check_engine(L, 1);
    lua_settop(L, to - 1);
    tl_identity_box *box = lua_newuserdatauv(L, sizeof *box, TL_IDENTITY_VALUES);
    *box = (tl_identity_box){.owner = lua_touserdata(L, 1)};
    luaL_setmetatable(L, TL_IDENTITY_TYPE);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, to, 1);
    return box;
}

/* The engine owns `identity`, or there was no memory for it. The userdata lies at `index`.
 * `token_folder`: see tl_engine_adopt. */
static void set_identity(lua_State *L, int index, tl_identity *identity, const char *token_folder)
{
    tl_identity_box *box = lua_touserdata(L, index);
    box->signin = tl_engine_adopt(box->owner->engine, identity, token_folder);
    if (!box->signin)
        luaL_error(L, "not enough memory");
    lua_getiuservalue(L, 1, TL_IDENTITIES);
    lua_pushvalue(L, index);
    lua_rawsetp(L, -2, box->signin);
    lua_settop(L, index);
}

/* engine:basic(user, password): an identity that sends both with each request (RFC 7617). */
int tl_new_basic(lua_State *L)
{
    const char *user = luaL_checkstring(L, 2), *password = luaL_checkstring(L, 3);
    push_identity(L, 4);
    const tl_allocator *allocator = tl_engine_allocator(tl_check_engine(L, 1));
    set_identity(L, 4, tl_identity_new_basic(allocator, user, password), NULL);
    return 1;
}

/* engine:bearer(token): an identity that sends this token; without one it asks for a token whenever
 * one is needed, see engine:ask. */
int tl_new_bearer(lua_State *L)
{
    bool asks = lua_isnoneornil(L, 2);
    size_t length = 0;
    const char *token = asks ? NULL : luaL_checklstring(L, 2, &length);
    luaL_argcheck(L, asks || tl_credentials_fit_a_header(token, length), 2, "no token");
    lua_settop(L, 2);
    push_identity(L, 3);
    const tl_allocator *allocator = tl_engine_allocator(tl_check_engine(L, 1));
    set_identity(L, 3,
                 asks ? tl_identity_new_asked(allocator) : tl_identity_new_bearer(allocator, token),
                 NULL);
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
    push_identity(L, 3);
    tl_sign_in_spec spec = {
        .url = tl_check_text_field(L, 2, "url"),
        .client_id = tl_opt_text_field(L, 2, "client_id"),
        .client_secret = tl_opt_text_field(L, 2, "client_secret"),
        .form = fields,
    };
    const char *token_folder = tl_opt_text_field(L, 2, "token_folder");
    lua_getfield(L, 2, "headers");
    spec.headers = luaL_checklstring(L, -1, &spec.headers_length);
    lua_getfield(L, 2, "timeout");
    spec.timeout = tl_check_seconds(L, -1);
    lua_getfield(L, 2, "session");
    spec.kind = lua_toboolean(L, -1) ? TL_SESSION : TL_TOKEN;
    lua_getfield(L, 2, "read");
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_setiuservalue(L, 3, TL_IDENTITY_READ);
    lua_getfield(L, 2, "form");
    spec.form_count = check_form(L, lua_gettop(L), fields);
    luaL_argcheck(L, !spec.client_id == !spec.client_secret, 2, "client_id without client_secret");
    /* Again: what was pushed may have run a finalizer. */
    const tl_allocator *allocator = tl_engine_allocator(tl_check_engine(L, 1));
    set_identity(L, 3, tl_identity_new_signing_in(allocator, &spec), token_folder);
    return 1;
}

/* A sign-in whose answer is being read. */
typedef struct errand {
    const tl_engine_box *box;
    tl_signin *signin;
    const tl_request *fetch; /* that has the answer */
} errand;

/* Whether it is still to be settled. Whatever ran in Lua may have closed the engine, or have made
 * another call of the client, which has settled it then. */
static bool is_due(const errand *e)
{
    return e->box->engine && e->signin->identity->signing_in && e->signin->fetch == e->fetch;
}

/* What the function gave instead of a token or success lies at `said`: a message, and the server's
 * own words. */
static void refuse_as_said(lua_State *L, const errand *e, int said, int status)
{
    tl_error error;
    tl_error_set(&error, TL_AUTH, "%s",
                 lua_type(L, said) == LUA_TSTRING ? lua_tostring(L, said)
                                                  : "the answer holds no token");
    error.status = status;
    tl_copy_text(L, said + 1, error.oauth_error, sizeof error.oauth_error);
    tl_copy_text(L, said + 2, error.oauth_description, sizeof error.oauth_description);
    tl_engine_refuse(e->signin, &error, true);
}

/* Runs protected, with the engine's userdata and the errand. Grants or refuses as the identity's
 * function says. */
static int read_answer(lua_State *L)
{
    const errand *e = lua_touserdata(L, 2);
    tl_taken *taken = tl_push_taken(L);
    if (!is_due(e))
        return 0;
    const int status = e->fetch->status;
    /* A copy: a call that a finalizer makes must be able to read the answer, too. */
    tl_take_copy(L, taken, TL_TAKEN_BODY, &e->fetch->answer_body);
    tl_push_identity(L, 1, e->signin);
    lua_getiuservalue(L, -1, TL_IDENTITY_READ);
    lua_pushinteger(L, status);
    tl_push_bytes(L, taken, TL_TAKEN_BODY);
    lua_call(L, 2, 4);
    if (!is_due(e))
        return 0;
    const int given = lua_gettop(L) - 3;
    if (e->signin->identity->kind == TL_SESSION && lua_toboolean(L, given)) {
        tl_engine_admit(e->signin);
    } else if (lua_type(L, given) == LUA_TSTRING) {
        size_t length;
        const char *token = lua_tolstring(L, given, &length);
        tl_engine_grant(e->signin, token, length, lua_tonumber(L, given + 1)); /* 0 for nil */
    } else {
        refuse_as_said(L, e, given + 1, status);
    }
    return 0;
}

/* The function raised what is on top, or had no memory: those who wait see it, and the next call
 * may try again. */
static void refuse_raised(lua_State *L, const errand *e, int code)
{
    tl_error error;
    tl_error_set(&error, code == LUA_ERRMEM ? TL_MEMORY : TL_AUTH, "%s",
                 lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : luaL_typename(L, -1));
    tl_engine_refuse(e->signin, &error, false);
}

void tl_settle(lua_State *L, int engine_index)
{
    errand e = {.box = lua_touserdata(L, engine_index)};
    while (e.box->engine && (e.signin = tl_engine_answered(e.box->engine))) {
        luaL_checkstack(L, 8, NULL);
        e.fetch = e.signin->fetch;
        const int top = lua_gettop(L);
        lua_pushcfunction(L, read_answer);
        lua_pushvalue(L, engine_index);
        lua_pushlightuserdata(L, &e);
        const int code = lua_pcall(L, 2, 0, 0);
        if (code != LUA_OK && is_due(&e))
            refuse_raised(L, &e, code);
        lua_settop(L, top);
    }
}

void tl_identity_register(lua_State *L)
{
    static const luaL_Reg methods[] = {{NULL, NULL}};
    static const luaL_Reg metamethods[] = {{"__close", tl_identity_close}, {NULL, NULL}};
    tl_register_type(L, TL_IDENTITY_TYPE, methods, metamethods);
}
