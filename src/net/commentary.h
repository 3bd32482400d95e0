/* Reads what libcurl logs about a transfer, for the few facts that it gives no code for: that an
 * HTTP/2 server has not taken a request, that a server asks for a certificate, that it speaks no
 * TLS. Lines that are not exactly as expected are passed over: when a newer libcurl words them
 * otherwise a fact is missing, but none is made up. */
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

/* Makes a handle report to `commentary`, which must live as long as the handle's next transfer.
 * NULL: it reports no more. */
CURLcode tl_commentary_install(CURL *easy, tl_commentary *commentary);

#endif
