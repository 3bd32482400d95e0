/* The sockets that libcurl opens: made close-on-exec, and remembered, because a child after fork
 * may do nothing with them but close its copies. */
#ifndef TL_SOCKETS_H
#define TL_SOCKETS_H

#include "allocator.h"

#include <curl/curl.h>

typedef struct tl_sockets {
    const tl_allocator *allocator;
    curl_socket_t *open;
    size_t count;
    size_t capacity;
} tl_sockets;

void tl_sockets_init(tl_sockets *sockets, const tl_allocator *allocator);
void tl_sockets_free(tl_sockets *sockets);

/* Makes a handle open and close its sockets through `sockets`, which must outlive the multi. */
CURLcode tl_sockets_install(tl_sockets *sockets, CURL *easy);

/* In a forked child: closes the child's copies, without a word to the peer. */
void tl_sockets_abandon(tl_sockets *sockets);

#endif
