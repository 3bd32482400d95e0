#include "net/wire.h"

#include "net/handle.h"

#include <errno.h>
#include <pthread.h>

enum { FIRST_CAPACITY = 16 };

/* What is done with libcurl once for all threads of the process, by the first that opens a wire,
 * while all others that open one wait: to begin with it, since curl_global_init before 7.84 must
 * not run in two threads at a time; and to ask for its version, since libcurl writes that anew for
 * each question, where other threads may read it.
 *
 * It is never ended, because the host or another module may be using it. libcurl counts who has
 * begun: a host that did so before may end it at any time, and what is begun here stays. */
static struct {
    pthread_once_t once;
    CURLcode code;
    bool spoils_handles; /* see most_idle_handles */
} libcurl = {.once = PTHREAD_ONCE_INIT};

static void begin_libcurl(void)
{
    libcurl.code = curl_global_init(CURL_GLOBAL_DEFAULT);
    libcurl.spoils_handles = curl_version_info(CURLVERSION_NOW)->version_num < 0x080100;
}

/* The request that a handle was lent to; NULL when it is a handle of libcurl's own. */
static tl_request *request_of(CURL *easy)
{
    char *request = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &request);
    return (tl_request *)(void *)request;
}

static int interest_in(int what)
{
    bool reads = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
    bool writes = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    return (reads ? TL_POLLER_READ : 0) | (writes ? TL_POLLER_WRITE : 0);
}

/* The poller is told what libcurl wants of a socket. Of our own sockets tl_socket knows what it was
 * told last; of those that libcurl makes without us, to look names up, what curl_multi_assign has
 * stored (`known`; NULL after CURL_POLL_REMOVE). False when the poller refuses. */
static bool watch(tl_wire *wire, curl_socket_t fd, int what, void *known)
{
    tl_socket *own = tl_socket_table_find(&wire->sockets.open, fd);
    int before = own ? own->interest : (int)(uintptr_t)known, interest = interest_in(what);
    if (!tl_poller_watch(&wire->poller, fd, before, interest))
        return false;
    if (own)
        own->interest = interest;
    else
        curl_multi_assign(wire->multi, fd, (void *)(uintptr_t)interest);
    return true;
}

/* libcurl wants nothing of a socket any more. Of one of our own it will, most often, with the next
 * request: that is asked for already. It costs a call where libcurl has wanted to write, but so
 * would forgetting the socket. One that the poller does not know is closed: of what was not
 * connected yet, libcurl 7.88 says that in no other way. */
static void let_rest(tl_wire *wire, curl_socket_t fd, void *known)
{
    tl_socket *own = tl_socket_table_find(&wire->sockets.open, fd);
    int before = own ? own->interest : (int)(uintptr_t)known;
    int interest = own && before ? TL_POLLER_READ | TL_POLLER_IDLE : 0;
    bool known_to_poller = tl_poller_watch(&wire->poller, fd, before, interest);
    if (!known_to_poller)
        tl_poller_watch(&wire->poller, fd, before, 0);
    if (own && known_to_poller)
        own->interest = interest;
    else if (own)
        tl_socket_table_remove(&wire->sockets.open, own);
}

/* libcurl tells which sockets matter to it. An error code from here would end every transfer of the
 * multi, so that a refusal is only noted. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    tl_wire *wire = context;
    if (what == CURL_POLL_REMOVE) {
        let_rest(wire, fd, known);
        return 0;
    }
    bool watched = watch(wire, fd, what, known);
    tl_request *request = request_of(easy);
    if (request)
        request->unwatched = !watched;
    if (!watched)
        wire->refused = true;
    return 0;
}

/* Only notes the time: libcurl must not be called from its own callback. */
static int on_timer(CURLM *multi, long milliseconds, void *context)
{
    (void)multi;
    tl_wire *wire = context;
    if (milliseconds < 0)
        tl_timer_clear(&wire->timer);
    else
        tl_timer_set(wire->timers, &wire->timer, tl_now() + milliseconds * TL_MILLISECOND);
    return 0;
}

/* Gives how many transfers go on. */
static int call_libcurl(tl_wire *wire)
{
    int running = 0;
    curl_multi_socket_action(wire->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    return running;
}

static void on_time(tl_timer *timer)
{
    call_libcurl(TL_OWNER(timer, tl_wire, timer));
}

bool tl_wire_wants_call(const tl_wire *wire)
{
    return wire->timer.at <= tl_now();
}

void tl_wire_call(tl_wire *wire)
{
    tl_timer_clear(&wire->timer);
    long ended = wire->handles - (long)wire->idle_count - call_libcurl(wire);
    if (ended > 0 || wire->refused)
        tl_timer_set(wire->timers, &wire->timer, tl_now());
}

/* From libcurl 8.20 on a pool of threads looks names up, and curl_multi_cleanup waits for all of
 * them, for minutes when a name server is silent, whatever CURLOPT_QUICK_EXIT says: this does for
 * the pool what that did for a lookup. By its number, because headers before 8.20 do not have
 * CURLMOPT_QUICK_EXIT, while the library that is loaded may be newer; an older one refuses it and
 * needs none. */
static void leave_lookups_alone(CURLM *multi)
{
    curl_multi_setopt(multi, (CURLMoption)(CURLOPTTYPE_LONG + 21), 1L);
}

static bool open_multi(tl_wire *wire, long max_connections)
{
    wire->multi = curl_multi_init();
    if (!wire->multi)
        return false;
    leave_lookups_alone(wire->multi);
    return curl_multi_setopt(wire->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl_multi_setopt(wire->multi, CURLMOPT_SOCKETDATA, wire) == CURLM_OK &&
           curl_multi_setopt(wire->multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
           curl_multi_setopt(wire->multi, CURLMOPT_TIMERDATA, wire) == CURLM_OK &&
           curl_multi_setopt(wire->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, max_connections) ==
               CURLM_OK;
}

/* How many handles are kept for other requests. Before 8.1.0 a handle goes on pointing to the last
 * field of the answer before, which is freed, and libcurl writes there when the next answer begins
 * with a folded line. Such a handle serves once. */
static size_t most_idle_handles(size_t max_requests)
{
    if (libcurl.spoils_handles)
        return 0;
    return max_requests ? max_requests : TL_IDLE_HANDLES;
}

void tl_wire_init(tl_wire *wire, const tl_allocator *allocator, tl_timers *timers)
{
    *wire = (tl_wire){.poller = TL_POLLER_CLOSED, .timers = timers, .allocator = allocator};
    tl_timer_init(&wire->timer, on_time);
    tl_sockets_init(&wire->sockets, allocator, &wire->poller);
    tl_transport_init(&wire->transport, allocator);
}

bool tl_wire_open(tl_wire *wire, const tl_transport_options *options, size_t max_requests,
                  tl_error *error)
{
    pthread_once(&libcurl.once, begin_libcurl);
    if (libcurl.code != CURLE_OK) {
        tl_error_set(error, TL_CONFIG, "libcurl does not start: %s",
                     curl_easy_strerror(libcurl.code));
        return false;
    }
    wire->most_idle = most_idle_handles(max_requests);
    bool polls = tl_poller_open(&wire->poller);
    if (!polls && errno != ENOMEM) {
        tl_error_set(error, TL_LIMIT, "no descriptor is left for a client (errno %d)", errno);
        return false;
    }
    tl_error_set(error, TL_MEMORY, "not enough memory for an engine");
    return polls && tl_transport_set(&wire->transport, options) &&
           open_multi(wire, options->max_connections);
}

void tl_wire_close(tl_wire *wire)
{
    while (wire->idle_count > 0)
        curl_easy_cleanup(wire->idle[--wire->idle_count]);
    tl_allocator_free(wire->allocator, wire->idle, wire->idle_capacity * sizeof *wire->idle);
    wire->idle = NULL;
    wire->idle_capacity = 0;
    if (wire->multi) {
        /* Or curl_multi_cleanup calls them, for sockets that nobody waits on any longer. */
        curl_multi_setopt(wire->multi, CURLMOPT_SOCKETFUNCTION, NULL);
        curl_multi_setopt(wire->multi, CURLMOPT_TIMERFUNCTION, NULL);
        curl_multi_cleanup(wire->multi);
    }
    tl_timer_clear(&wire->timer);
    tl_poller_close(&wire->poller);
    tl_sockets_free(&wire->sockets);
    tl_transport_free(&wire->transport);
}

void tl_wire_abandon(tl_wire *wire)
{
    tl_sockets_abandon(&wire->sockets);
    wire->multi = NULL;
    wire->idle_count = 0;
}

/* By itself libcurl keeps four idle connections for each handle that it has at the moment, so that
 * it closes most connections when a burst of requests ends, and the next burst must make them
 * again. So it is told a limit by the most handles that there ever were. */
static void count_handle(tl_wire *wire)
{
    if (++wire->handles <= wire->most_handles)
        return;
    wire->most_handles = wire->handles;
    curl_multi_setopt(wire->multi, CURLMOPT_MAXCONNECTS, 4 * wire->most_handles);
}

/* A handle that no request has. NULL with `code` set when libcurl refuses to make one. */
static CURL *take_handle(tl_wire *wire, CURLcode *code)
{
    *code = CURLE_OK;
    if (wire->idle_count > 0)
        return wire->idle[--wire->idle_count];
    CURL *easy = curl_easy_init();
    *code = easy ? tl_transport_apply(&wire->transport, easy) : CURLE_OUT_OF_MEMORY;
    if (*code == CURLE_OK)
        *code = tl_handle_equip(easy);
    if (*code == CURLE_OK)
        *code = tl_sockets_install(&wire->sockets, easy);
    if (*code == CURLE_OK) {
        count_handle(wire);
        return easy;
    }
    curl_easy_cleanup(easy);
    return NULL;
}

CURLcode tl_wire_send(tl_wire *wire, tl_request *request, const tl_buffer *credentials)
{
    CURLcode code;
    tl_request_begin_anew(request);
    request->easy = take_handle(wire, &code);
    request->sockets = &wire->sockets;
    if (code == CURLE_OK)
        code = tl_handle_lend(request->easy, request, credentials);
    if (code == CURLE_OK && curl_multi_add_handle(wire->multi, request->easy) != CURLM_OK)
        code = CURLE_OUT_OF_MEMORY;
    if (code == CURLE_OK)
        request->sent_at = tl_now();
    return code;
}

/* Whether one more handle can be kept. Without memory for the list it is not, and the next request
 * that finds none has one made. */
static bool has_place(tl_wire *wire)
{
    if (wire->idle_count < wire->idle_capacity)
        return true;
    if (wire->idle_count >= wire->most_idle)
        return false;
    const tl_allocator *allocator = wire->allocator;
    size_t capacity = wire->idle_capacity ? wire->idle_capacity * 2 : FIRST_CAPACITY;
    if (capacity > wire->most_idle)
        capacity = wire->most_idle;
    CURL **idle = allocator->allocate(allocator->context, wire->idle,
                                      wire->idle_capacity * sizeof *idle, capacity * sizeof *idle);
    if (!idle)
        return false;
    wire->idle = idle;
    wire->idle_capacity = capacity;
    return true;
}

void tl_wire_recall(tl_wire *wire, tl_request *request, bool reusable)
{
    CURL *easy = request->easy;
    if (!easy)
        return;
    const bool keep = reusable && has_place(wire);
    curl_multi_remove_handle(wire->multi, easy);
    tl_handle_return(easy, request, keep);
    request->easy = NULL;
    if (keep)
        wire->idle[wire->idle_count++] = easy;
    else
        wire->handles--;
}

/* Something has come over a connection that no request uses: most often its end. It is there for
 * libcurl to see when it chooses a connection, and nobody has to be woken up for it again. */
static bool was_idle(tl_wire *wire, int fd)
{
    tl_socket *socket = tl_socket_table_find(&wire->sockets.open, fd);
    if (!socket || !(socket->interest & TL_POLLER_IDLE))
        return false;
    tl_poller_watch(&wire->poller, fd, socket->interest, 0);
    socket->interest = 0;
    return true;
}

/* False when no socket is ready any more. */
static bool move_some(tl_wire *wire)
{
    tl_poller_event events[TL_POLLER_EVENTS];
    int count = tl_poller_take(&wire->poller, events, TL_POLLER_EVENTS);
    for (int i = 0; i < count; i++) {
        int running, what = 0;
        if (was_idle(wire, events[i].fd))
            continue;
        what |= events[i].readable ? CURL_CSELECT_IN : 0;
        what |= events[i].writable ? CURL_CSELECT_OUT : 0;
        what |= events[i].failed ? CURL_CSELECT_ERR : 0;
        curl_multi_socket_action(wire->multi, events[i].fd, what, &running);
    }
    return count >= TL_POLLER_EVENTS - 1; /* the poller's timer may have had the place of one */
}

/* Goes round until no socket is ready, because the deadlines come next: a request whose answer has
 * come in time, but is not read yet, would end with a timeout. The rounds are counted, or a socket
 * that is always ready would keep the caller here for ever. There are enough of them for two events
 * (a kqueue may give so many) of each socket that is open, for many may be idle and end at once,
 * and of one for each handle that looks a name up. */
void tl_wire_move(tl_wire *wire)
{
    size_t sockets = wire->sockets.open.count + (size_t)wire->handles;
    size_t rounds = 2 * sockets / TL_POLLER_EVENTS;
    while (move_some(wire) && rounds > 0)
        rounds--;
}

tl_request *tl_wire_ended(tl_wire *wire, CURLcode *code)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(wire->multi, &left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        *code = message->data.result; /* the message dies with the next call */
        return request_of(message->easy_handle);
    }
    return NULL;
}
