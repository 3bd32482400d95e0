/* libcurl's part of an engine: its multi handle with the connections that it keeps, the descriptor
 * that says when one of their sockets is ready, and the easy handles. A handle is lent to one
 * request after another, because to make and set up a new one takes longer. */
#ifndef TL_WIRE_H
#define TL_WIRE_H

#include "net/poller.h"
#include "net/request.h"
#include "net/sockets.h"
#include "net/timers.h"
#include "net/transport.h"

#include <curl/curl.h>

/* How many handles are kept for other requests where nothing bounds how many are in use. */
enum { TL_IDLE_HANDLES = 100 };

typedef struct tl_wire {
    CURLM *multi;
    tl_poller poller;
    bool refused; /* the poller refused a socket: see `unwatched` of the requests */
    tl_timers *timers;
    tl_timer timer; /* when libcurl wants to be called, whatever its sockets say */
    tl_sockets sockets;
    tl_transport transport;
    const tl_allocator *allocator;
    CURL **idle; /* handles that were used before */
    size_t idle_count, idle_capacity, most_idle;
    long handles; /* that there are, the idle ones included */
    long most_handles;
} tl_wire;

/* To be called before tl_wire_open. `timers` go by tl_now(). */
void tl_wire_init(tl_wire *wire, const tl_allocator *allocator, tl_timers *timers);

/* `max_requests`: that will be on it at a time, so that as many handles are kept; 0: not known.
 * False with `error` set. */
bool tl_wire_open(tl_wire *wire, const tl_transport_options *options, size_t max_requests,
                  tl_error *error);

/* No request may be on it. Also after tl_wire_open has failed. */
void tl_wire_close(tl_wire *wire);

/* In a child after fork, before tl_wire_close: leaves libcurl's memory behind, because to clean it
 * up would be to speak to the parent's peers. The requests on it must forget their handles. */
void tl_wire_abandon(tl_wire *wire);

/* Hands a request to libcurl. `credentials` are header lines, each ended by a NUL; or NULL. When it
 * gives another code than CURLE_OK nothing was sent, but tl_wire_recall must be called all the
 * same. */
CURLcode tl_wire_send(tl_wire *wire, tl_request *request, const tl_buffer *credentials);

/* Takes the request from libcurl, if libcurl has it. `reusable`: the transfer came to a regular
 * end, so that another request may have its handle. */
void tl_wire_recall(tl_wire *wire, tl_request *request, bool reusable);

/* Tells libcurl which of its sockets are ready. Does not wait. */
void tl_wire_move(tl_wire *wire);

/* Whether libcurl wants to be called, whatever its sockets say. */
bool tl_wire_wants_call(const tl_wire *wire);

/* Calls it. What ends by that is left for the next step: it is due at once then. */
void tl_wire_call(tl_wire *wire);

/* The next request that libcurl is done with, once, and how it ended; NULL when there is none. */
tl_request *tl_wire_ended(tl_wire *wire, CURLcode *code);

#endif
