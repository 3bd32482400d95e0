/* What the files of the binding share. It alone knows both worlds: Lua above, the core below. */
#ifndef TL_BINDING_H
#define TL_BINDING_H

#include "net/engine.h"

#include <lauxlib.h>
#include <lua.h>

#define TL_ENGINE_TYPE   "tasklist.engine"
#define TL_REQUEST_TYPE  "tasklist.request"
#define TL_IDENTITY_TYPE "tasklist.identity"
#define TL_TAKEN_TYPE    "tasklist.taken"

/* The userdata of an engine; its first user value is a table: identity -> the function that reads
 * its endpoint's answers, or gives its tokens; and the address of an identity's `failure` -> the
 * object that this function failed with last. The second is the trace function or nil. */
typedef struct tl_engine_box {
    tl_engine *engine; /* NULL when closed */
} tl_engine_box;

/* The userdata of a request and of an identity; the first user value is the engine's userdata. Both
 * objects belong to the engine: once it is closed the pointers are dead. */
typedef struct tl_request_box {
    tl_request *request; /* NULL when closed */
    tl_engine_box *owner;
} tl_request_box;

typedef struct tl_identity_box {
    tl_signin *signin;
    tl_engine_box *owner;
} tl_identity_box;

/* Bytes on their way from the core to Lua. Whatever is pushed, Lua may run a finalizer then, and
 * that may use the engine, which frees what is finished, or close it, which frees everything. So
 * what is to be pushed leaves the core first: plain values as copies, bytes by way of this
 * userdata, which gives them back when something raises. */
typedef enum tl_taken_part { TL_TAKEN_BODY, TL_TAKEN_HEADERS, TL_TAKEN_BYTES } tl_taken_part;

typedef struct tl_taken {
    tl_allocator allocator; /* a copy, since the engine may be gone */
    tl_buffer bytes[TL_TAKEN_BYTES];
} tl_taken;

/* Pushes an empty one. */
tl_taken *tl_push_taken(lua_State *L);

/* Moves the buffer's bytes there, and leaves the buffer empty. */
void tl_take(tl_taken *taken, tl_taken_part part, tl_buffer *buffer);

/* The same, but the buffer keeps its bytes. Raises without memory. */
void tl_take_copy(lua_State *L, tl_taken *taken, tl_taken_part part, const tl_buffer *buffer);

/* Pushes the bytes as a string, and gives their memory back. */
void tl_push_bytes(lua_State *L, tl_taken *taken, tl_taken_part part);

/* Each makes its metatable. */
void tl_taken_register(lua_State *L);
void tl_engine_register(lua_State *L);
void tl_request_register(lua_State *L);
void tl_identity_register(lua_State *L);

/* Makes a metatable with `name` from methods and metamethods, and leaves nothing on the stack. */
void tl_register_type(lua_State *L, const char *name, const luaL_Reg *methods,
                      const luaL_Reg *metamethods);

/* The open engine at `index`; raises when it is closed or was made before a fork. */
tl_engine *tl_check_engine(lua_State *L, int index);

/* Pushes an empty userdata for a request of the engine at `engine_index`. */
tl_request_box *tl_push_request(lua_State *L, int engine_index);

/* The request at `index`, or NULL when it or its engine is closed. */
tl_request *tl_check_request(lua_State *L, int index);

/* The identity at `index`, which must be the engine's; NULL for nil. */
tl_signin *tl_opt_identity(lua_State *L, int index, const tl_engine_box *owner);

/* Seconds (a positive number) as the core's time. */
tl_time tl_check_seconds(lua_State *L, int index);

/* A field of the table on top. A text that is NULL or empty sets none. */
void tl_set_text(lua_State *L, const char *name, const char *text);
void tl_set_integer(lua_State *L, const char *name, lua_Integer value);

/* Calls the function of each identity whose endpoint has answered or that waits for a token. False
 * when the engine was closed meanwhile. */
bool tl_settle(lua_State *L, int engine_index);

/* Hands each attempt that is over to the trace function, and raises what that raises. */
void tl_trace_attempts(lua_State *L, int engine_index);

/* Pushes the table's field, a text without NUL; it stays on the stack, which keeps it alive. */
const char *tl_check_text_field(lua_State *L, int index, const char *name);

/* The same, NULL for nil. */
const char *tl_opt_text_field(lua_State *L, int index, const char *name);

/* Pushes a table with what is to be said of an error. */
void tl_push_error(lua_State *L, const tl_error *error);

/* Lua functions of the module: */
int tl_new_engine(lua_State *L); /* engine.c */
int tl_new_basic(lua_State *L);  /* identity.c; methods of the engine */
int tl_new_bearer(lua_State *L);
int tl_new_sign_in(lua_State *L);
int tl_line(lua_State *L); /* text.c */
int tl_before(lua_State *L);

#endif
