/* How every connection is made, to the API and to the endpoint of a sign-in alike. */
#ifndef TL_TRANSPORT_H
#define TL_TRANSPORT_H

#include "base/buffer.h"
#include "base/clock.h"

#include <curl/curl.h>
#include <stdbool.h>

/* The status by which a proxy, and never a server, asks for user and password: RFC 9110 15.5.8. */
enum { TL_PROXY_AUTHENTICATION_REQUIRED = 407 };

typedef enum tl_transport_text {
    TL_USER_AGENT,
    TL_CA_FILE, /* PEM: trusted instead of the system's store */
    TL_CA_PATH, /* the same as a folder, in OpenSSL's form */
    TL_CLIENT_CERT,
    TL_CLIENT_KEY,
    TL_CLIENT_KEY_PASSWORD,
    TL_PROXY, /* a URL with its port; "": none, whatever the environment says */
    TL_PROXY_USER,
    TL_PROXY_PASSWORD,
    TL_NO_PROXY, /* hosts to reach directly, in libcurl's form */
    TL_TRANSPORT_TEXTS
} tl_transport_text;

typedef struct tl_transport_options {
    const char *texts[TL_TRANSPORT_TEXTS]; /* NULL or "": not set */
    tl_time connect_timeout;               /* name lookup, TCP, TLS and proxy together */
    long max_connections;                  /* at once; 0: as many as there are requests */
    bool http1;                            /* no HTTP/2 */
} tl_transport_options;

typedef struct tl_transport {
    tl_buffer texts[TL_TRANSPORT_TEXTS];
    tl_time connect_timeout;
    bool http1;
} tl_transport;

void tl_transport_init(tl_transport *transport, const tl_allocator *allocator);
void tl_transport_free(tl_transport *transport);

/* False without memory. */
bool tl_transport_set(tl_transport *transport, const tl_transport_options *options);

/* Sets a new handle up. When libcurl refuses any of it the handle must not be used. */
CURLcode tl_transport_apply(const tl_transport *transport, CURL *easy);

/* Whether the proxy is what kept an attempt from its server; `text` is libcurl's about it. */
bool tl_transport_blames_proxy(const tl_transport *transport, CURL *easy, CURLcode code,
                               const char *text);

#endif
