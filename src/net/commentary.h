/* What libcurl says about a transfer while it is under way, for the few facts that it gives no code
 * for: that an HTTP/2 server has not taken a request, that a server asks for a certificate, that it
 * speaks no TLS. What isn't understood is passed over, so that another libcurl's words can't make a
 * fact of what is none. */
#ifndef TL_COMMENTARY_H
#define TL_COMMENTARY_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

/* Of one attempt. Start from {0}. */
typedef struct tl_commentary {
    uint32_t stream;        /* HTTP/2: of the request, or 0 */
    bool refused;           /* HTTP/2: the server says that it has not taken the request */
    bool left_out;          /* HTTP/2: a GOAWAY does not count the stream; see tl_outcome_read */
    bool certificate_asked; /* the server asked for a client certificate in the handshake */
    bool no_tls;            /* the server's first bytes are HTTP's, not TLS's */
} tl_commentary;

/* Makes a handle report to `commentary`, which outlives its next transfer. NULL: not any more. */
CURLcode tl_commentary_install(CURL *easy, tl_commentary *commentary);

#endif
