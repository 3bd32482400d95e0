/* The sockets that libcurl opens: made close-on-exec, and remembered. A child after fork may do
 * nothing with them but close its copies; and a request must not go out over a connection that its
 * server has closed, which libcurl before 8.1 does not always see: with TLS the server's
 * close_notify (RFC 8446 6.1) still lies in the socket, and what can be read passes for a sign of
 * life. */
#ifndef TL_SOCKETS_H
#define TL_SOCKETS_H

#include "net/poller.h"
#include "net/socket_table.h"

#include <curl/curl.h>
#include <stdbool.h>

typedef struct tl_sockets {
    tl_socket_table open; /* with the ends of those over which an answer has come by HTTP/1 */
    tl_poller *poller;    /* which watches them */
} tl_sockets;

void tl_sockets_init(tl_sockets *sockets, const tl_allocator *allocator, tl_poller *poller);

/* Gives the memory back, and closes nothing. */
void tl_sockets_free(tl_sockets *sockets);

/* Makes a handle open and close its sockets through `sockets`, which must outlive the multi.
 * Without memory to remember a socket by, libcurl gets none and fails to connect. */
CURLcode tl_sockets_install(tl_sockets *sockets, CURL *easy);

/* Notes that an answer has come to `easy`, which the multi still has, and that the server keeps an
 * idle connection for so long (TL_NEVER: it did not say). */
void tl_sockets_answered(tl_sockets *sockets, CURL *easy, tl_time keep_alive);

/* Whether a connection with these ends is of no use for another request: its server has closed it,
 * or may do so before the request arrives. */
bool tl_sockets_ended(const tl_sockets *sockets, const tl_ends *ends);

/* In a forked child: closes the child's copies, without a word to the peer. */
void tl_sockets_abandon(tl_sockets *sockets);

#endif
