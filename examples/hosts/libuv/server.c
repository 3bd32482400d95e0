/* A web server on libuv that embeds Lua: server SCRIPT PORT, until SIGTERM. The script gets the two
 * functions that an adapter needs, `watch` and `soon`, and gives two: one is called with the text
 * of each request up to its body, and a function to answer it, then or later; the other at the end.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* Each handle of libuv is kept by Lua's registry, under its address, until libuv has closed it. */

typedef struct host {
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_signal_t terminate;
    uv_idle_t soon; /* its value in the registry is the function to call */
    lua_State *L;
    int handle, end; /* the script's functions, in the registry */
} host;

static void forget(uv_handle_t *handle)
{
    host *h = handle->loop->data;
    lua_pushnil(h->L);
    lua_rawsetp(h->L, LUA_REGISTRYINDEX, handle);
}

static void close_handle(uv_handle_t *handle, uv_close_cb after)
{
    if (!uv_is_closing(handle))
        uv_close(handle, after);
}

/* Calls a function that lies on the stack below its arguments. What it raises is written, and the
 * server goes on. */
static bool call(lua_State *L, int arguments)
{
    bool fine = lua_pcall(L, arguments, 0, 0) == LUA_OK;
    if (!fine) {
        const char *problem = lua_tostring(L, -1);
        fprintf(stderr, "%s\n", problem ? problem : "something that is no text was raised");
        lua_pop(L, 1);
    }
    return fine;
}

/* A userdata for a handle, which is pushed, with one user value. */
static void *new_handle(lua_State *L, size_t size)
{
    void *handle = lua_newuserdatauv(L, size, 1);
    memset(handle, 0, size);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, handle);
    return handle;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    host *h = poll->loop->data;
    (void)status, (void)events;
    lua_rawgetp(h->L, LUA_REGISTRYINDEX, poll);
    lua_getiuservalue(h->L, -1, 1);
    lua_remove(h->L, -2);
    call(h->L, 0);
}

static int end_watch(lua_State *L)
{
    close_handle(lua_touserdata(L, lua_upvalueindex(1)), forget);
    return 0;
}

/* watch(descriptor, fn): has the function called whenever the descriptor is readable. Gives one
 * that ends it. */
static int watch(lua_State *L)
{
    host *h = lua_touserdata(L, lua_upvalueindex(1));
    int descriptor = (int)luaL_checkinteger(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    uv_poll_t *poll = new_handle(L, sizeof *poll);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, -2, 1);
    lua_pushcclosure(L, end_watch, 1);
    if (uv_poll_init(&h->loop, poll, descriptor) != 0) {
        lua_pushnil(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, poll);
        return luaL_error(L, "descriptor %d cannot be watched", descriptor);
    }
    uv_poll_start(poll, UV_READABLE, on_readable);
    return 1;
}

static void on_idle(uv_idle_t *idle)
{
    host *h = idle->loop->data;
    uv_idle_stop(idle);
    lua_rawgetp(h->L, LUA_REGISTRYINDEX, idle);
    call(h->L, 0);
}

/* soon(fn): has the function called once, in the next turn of the loop. */
static int soon(lua_State *L)
{
    host *h = lua_touserdata(L, lua_upvalueindex(1));
    lua_settop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &h->soon);
    uv_idle_start(&h->soon, on_idle);
    return 0;
}

typedef struct connection {
    uv_tcp_t tcp;
    uv_write_t write;
    size_t length;
    char head[4096];
} connection;

static void on_written(uv_write_t *request, int status)
{
    (void)status;
    close_handle((uv_handle_t *)request->handle, forget);
}

/* reply(status, text), once. */
static int reply(lua_State *L)
{
    connection *c = lua_touserdata(L, lua_upvalueindex(1));
    luaL_argcheck(L, c, 1, "this request is answered already");
    int status = (int)luaL_checkinteger(L, 1);
    size_t length = 0;
    const char *text = luaL_checklstring(L, 2, &length);
    lua_pushfstring(L,
                    "HTTP/1.1 %d -\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    "Content-Length: %I\r\nConnection: close\r\n\r\n%s",
                    status, (LUAI_UACINT)length, text);
    uv_buf_t buffer = uv_buf_init((char *)lua_tostring(L, -1), (unsigned)lua_rawlen(L, -1));
    lua_setiuservalue(L, lua_upvalueindex(1), 1); /* it stays until it is written */
    lua_pushnil(L);
    lua_replace(L, lua_upvalueindex(1));
    if (uv_write(&c->write, (uv_stream_t *)&c->tcp, &buffer, 1, on_written) != 0)
        close_handle((uv_handle_t *)&c->tcp, forget);
    return 0;
}

/* Hands a request to the script. */
static int dispatch(lua_State *L)
{
    connection *c = lua_touserdata(L, 1);
    host *h = c->tcp.loop->data;
    lua_rawgeti(L, LUA_REGISTRYINDEX, h->handle);
    lua_pushstring(L, c->head);
    lua_rawgetp(L, LUA_REGISTRYINDEX, c);
    lua_pushcclosure(L, reply, 1);
    lua_call(L, 2, 0);
    return 0;
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
    connection *c = (connection *)handle;
    (void)wanted;
    *buffer = uv_buf_init(c->head + c->length, (unsigned)(sizeof c->head - 1 - c->length));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    connection *c = (connection *)stream;
    host *h = stream->loop->data;
    (void)buffer;
    if (count < 0) { /* it has ended, or does not fit */
        close_handle((uv_handle_t *)stream, forget);
        return;
    }
    c->length += (size_t)count;
    if (!strstr(c->head, "\r\n\r\n"))
        return;
    uv_read_stop(stream);
    lua_pushcfunction(h->L, dispatch);
    lua_pushlightuserdata(h->L, c);
    if (!call(h->L, 1))
        close_handle((uv_handle_t *)stream, forget);
}

static int accept_connection(lua_State *L)
{
    host *h = lua_touserdata(L, 1);
    connection *c = new_handle(L, sizeof *c);
    uv_tcp_init(&h->loop, &c->tcp);
    if (uv_accept((uv_stream_t *)&h->listener, (uv_stream_t *)&c->tcp) == 0)
        uv_read_start((uv_stream_t *)&c->tcp, on_room, on_read);
    else
        close_handle((uv_handle_t *)&c->tcp, forget);
    return 0;
}

static void on_connection(uv_stream_t *listener, int status)
{
    host *h = listener->loop->data;
    if (status < 0)
        return;
    lua_pushcfunction(h->L, accept_connection);
    lua_pushlightuserdata(h->L, h);
    call(h->L, 1);
}

/* What is no more than open, and accepts or reads. */
static void close_unasked(uv_handle_t *handle, void *context)
{
    (void)context;
    if (handle->type == UV_TCP && uv_is_active(handle) &&
        uv_stream_get_write_queue_size((uv_stream_t *)handle) == 0)
        close_handle(handle, forget);
}

/* From now on the loop runs until all is answered. */
static void on_terminate(uv_signal_t *terminate, int number)
{
    host *h = terminate->loop->data;
    (void)number;
    close_handle((uv_handle_t *)terminate, NULL);
    uv_walk(&h->loop, close_unasked, NULL);
    lua_rawgeti(h->L, LUA_REGISTRYINDEX, h->end);
    call(h->L, 0);
}

static int run_script(lua_State *L)
{
    host *h = lua_touserdata(L, 1);
    luaL_openlibs(L);
    if (luaL_loadfile(L, lua_touserdata(L, 2)) != LUA_OK)
        return lua_error(L);
    lua_pushlightuserdata(L, h);
    lua_pushcclosure(L, watch, 1);
    lua_pushlightuserdata(L, h);
    lua_pushcclosure(L, soon, 1);
    lua_call(L, 2, 2);
    h->end = luaL_ref(L, LUA_REGISTRYINDEX);
    h->handle = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static bool listen_at(host *h, int port)
{
    struct sockaddr_in address;
    uv_ip4_addr("127.0.0.1", port, &address);
    int code = uv_tcp_bind(&h->listener, (struct sockaddr *)&address, 0);
    if (code == 0)
        code = uv_listen((uv_stream_t *)&h->listener, 128, on_connection);
    if (code != 0)
        fprintf(stderr, "port %d: %s\n", port, uv_strerror(code));
    return code == 0;
}

static bool begin(host *h)
{
    h->L = luaL_newstate();
    if (!h->L || uv_loop_init(&h->loop) != 0)
        return false;
    h->loop.data = h;
    uv_tcp_init(&h->loop, &h->listener);
    uv_idle_init(&h->loop, &h->soon);
    uv_signal_init(&h->loop, &h->terminate);
    return true;
}

/* What the client watched is closed by now; the rest is the host's own. */
static bool finish(host *h)
{
    close_handle((uv_handle_t *)&h->listener, NULL);
    close_handle((uv_handle_t *)&h->soon, NULL);
    close_handle((uv_handle_t *)&h->terminate, NULL);
    uv_run(&h->loop, UV_RUN_DEFAULT);
    lua_close(h->L);
    return uv_loop_close(&h->loop) == 0;
}

int main(int count, char **arguments)
{
    host h;
    if (count != 3 || !begin(&h))
        return EXIT_FAILURE;
    signal(SIGPIPE, SIG_IGN);
    lua_pushcfunction(h.L, run_script);
    lua_pushlightuserdata(h.L, &h);
    lua_pushlightuserdata(h.L, arguments[1]);
    bool fine = call(h.L, 2) && listen_at(&h, atoi(arguments[2]));
    if (fine) {
        uv_signal_start(&h.terminate, on_terminate, SIGTERM);
        uv_run(&h.loop, UV_RUN_DEFAULT);
    }
    return finish(&h) && fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
