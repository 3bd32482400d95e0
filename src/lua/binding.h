/* What the files of the binding share. It alone knows both worlds: Lua above, the core below. */
#ifndef TL_BINDING_H
#define TL_BINDING_H

#include "net/engine.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#define TL_ENGINE_TYPE   "tasklist.engine"
#define TL_REQUEST_TYPE  "tasklist.request"
#define TL_PAUSE_TYPE    "tasklist.pause"
#define TL_IDENTITY_TYPE "tasklist.identity"
#define TL_TAKEN_TYPE    "tasklist.taken"

/* The userdata of an engine. Its user values are tables, by which objects of the core are given
 * back to Lua as the userdata that they are known by there.
 *
 * Requests and pauses have places in an array, and a place that is free again is used again. If
 * they were found by a key that is new each time, a table that is just full would be built anew for
 * each of them: with 256 at once that was a third of what a request costs. */
typedef struct tl_engine_box {
    tl_engine *engine;        /* NULL when closed */
    uint32_t places;          /* how many there are; the first is 1 */
    uint32_t free_place;      /* 0 when there is none */
    uint32_t last_of_awaited; /* counts all that were made */
} tl_engine_box;

enum {
    TL_IDENTITIES = 1, /* address of an identity -> its userdata */
    TL_AWAITED,        /* place -> request or pause. Its values are weak, so that a request is
                          cancelled when the program lets go of it */
    TL_FREE_PLACES,    /* place -> the next free one or 0, when it is free itself */
    TL_ENGINE_VALUES = TL_FREE_PLACES
};

/* The userdata of what can be waited for and taken: a request or a pause. What it points to belongs
 * to the engine: once that is closed the pointer is dead. */
typedef struct tl_awaited_box {
    tl_awaited *awaited; /* NULL when closed; its `host` is the same number */
    tl_engine_box *owner;
    uint64_t number; /* never another's; its lower half is the place. 0: it has none (any more) */
} tl_awaited_box;

enum {
    TL_AWAITED_ENGINE = 1, /* the user values of a request and a pause: the engine's userdata */
    TL_AWAITED_OWNER,      /* what engine:give_again was given */
    TL_AWAITED_VALUES = TL_AWAITED_OWNER
};

/* The userdata of an identity, which belongs to the engine likewise. Its user values: the engine's
 * userdata; the function that reads its endpoint's answers, or nil; the object that a token
 * function failed with last, or nil. */
typedef struct tl_identity_box {
    tl_signin *signin;
    tl_engine_box *owner;
    bool asks;        /* for a token: engine:ask() has given it, and nobody has answered yet */
    uint64_t failure; /* the number of the object in the third user value; counts up */
} tl_identity_box;

enum { TL_IDENTITY_READ = 2, TL_IDENTITY_OBJECT = 3, TL_IDENTITY_VALUES = 3 };

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
void tl_awaited_register(lua_State *L);
void tl_request_register(lua_State *L);
void tl_identity_register(lua_State *L);

/* Makes a metatable with `name` from methods and metamethods, and leaves nothing on the stack. */
void tl_register_type(lua_State *L, const char *name, const luaL_Reg *methods,
                      const luaL_Reg *metamethods);

/* The open engine at `index`; raises when it is closed or was made before a fork. */
tl_engine *tl_check_engine(lua_State *L, int index);

/* The engine at `index`, NULL when it is closed; raises when it was made before a fork. */
tl_engine *tl_opt_engine(lua_State *L, int index);

/* What wait and step give besides: whether engine:ask() or engine:traced() have something for the
 * host, whose functions are called by nobody in here. False when the engine is closed. */
bool tl_wants_host(const tl_engine_box *box);

/* Pushes an empty userdata of TL_REQUEST_TYPE or TL_PAUSE_TYPE for the engine at `engine_index`. */
tl_awaited_box *tl_push_awaited(lua_State *L, int engine_index, const char *type);

/* Pushes the userdata that has the number, or nil when the program has let go of it. Needs no
 * memory. */
void tl_push_numbered(lua_State *L, int engine_index, uint64_t number);

/* `awaited` is the box's from now on; raises when it is NULL, for want of memory. */
void tl_set_awaited(lua_State *L, tl_awaited_box *box, tl_awaited *awaited);

/* Empties the box at `index`. Gives what was in it, which is the caller's to end; NULL when it or
 * its engine was closed before, and in a child after fork. */
tl_awaited *tl_let_go(lua_State *L, int index);

/* Pushes the userdata of an identity. `signin` is only an address here: the engine may be closed.
 */
tl_identity_box *tl_push_identity(lua_State *L, int engine_index, const tl_signin *signin);

/* The identity at `index`, which must be the engine's; NULL for nil. */
tl_signin *tl_opt_identity(lua_State *L, int index, const tl_engine_box *owner);

/* Seconds (a positive number) as the core's time. */
tl_time tl_check_seconds(lua_State *L, int index);

/* A field of the table on top. A text that is NULL or empty sets none. */
void tl_set_text(lua_State *L, const char *name, const char *text);
void tl_set_integer(lua_State *L, const char *name, lua_Integer value);

/* Copies the string at `index`, cut to the size; "" for what is none. */
void tl_copy_text(lua_State *L, int index, char *to, size_t size);

/* Reads the answer of each sign-in that has come, by its identity's function. May close the engine,
 * if that function does. */
void tl_settle(lua_State *L, int engine_index);

/* Pushes the object that the identity's token function failed with, if it is the one of that
 * number; nil otherwise. `signin` is only an address here, since the engine may be closed by now.
 */
void tl_push_failure_object(lua_State *L, int engine_index, const tl_signin *signin,
                            uint64_t number);

/* Pushes the table's field, a text without NUL; it stays on the stack, which keeps it alive. */
const char *tl_check_text_field(lua_State *L, int index, const char *name);

/* The same, NULL for nil. */
const char *tl_opt_text_field(lua_State *L, int index, const char *name);

/* What is known of a write, in the words of the Lua layer: tl_outcome -> text. */
extern const char *const tl_outcome_names[];

/* Pushes a table with what is to be said of an error. */
void tl_push_error(lua_State *L, const tl_error *error);

/* Lua functions of the module: */
int tl_new_engine(lua_State *L); /* engine.c */
int tl_call(lua_State *L);       /* undisturbed.c */
int tl_during(lua_State *L);
int tl_join(lua_State *L);
int tl_leave(lua_State *L);
int tl_line(lua_State *L); /* text.c */
int tl_lower(lua_State *L);
int tl_before(lua_State *L);

/* Methods of the engine: */
int tl_method_wait(lua_State *L); /* awaited.c */
int tl_method_finished(lua_State *L);
int tl_method_take(lua_State *L);
int tl_method_give_again(lua_State *L);
int tl_method_pause(lua_State *L);
int tl_new_basic(lua_State *L); /* identity.c */
int tl_new_bearer(lua_State *L);
int tl_new_sign_in(lua_State *L);
int tl_method_ask(lua_State *L); /* asking.c */
int tl_method_grant(lua_State *L);
int tl_method_refuse(lua_State *L);
int tl_method_traced(lua_State *L); /* trace.c */

int tl_identity_close(lua_State *L); /* asking.c: __close of an identity */

#endif
