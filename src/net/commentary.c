#include "net/commentary.h"

#include <string.h>

/* A part of what libcurl hands over, which need not end in a NUL. */
typedef struct words {
    const char *start, *end;
} words;

/* Passes over `text` when the words begin with it. */
static bool skip(words *rest, const char *text)
{
    size_t length = strlen(text);
    if ((size_t)(rest->end - rest->start) < length || memcmp(rest->start, text, length) != 0)
        return false;
    rest->start += length;
    return true;
}

/* Passes over all up to the end of `text`, when it occurs. */
static bool skip_to(words *rest, const char *text)
{
    const char *found = memmem(rest->start, (size_t)(rest->end - rest->start), text, strlen(text));
    if (found)
        rest->start = found + strlen(text);
    return found != NULL;
}

/* The number that comes next; stream identifiers have 31 bits, RFC 9113 5.1.1. */
static bool read_stream(words rest, uint32_t *number)
{
    uint64_t value = 0;
    const char *at = rest.start;
    for (; at < rest.end && *at >= '0' && *at <= '9' && value <= INT32_MAX; at++)
        value = value * 10 + (uint64_t)(*at - '0');
    *number = (uint32_t)value;
    return at > rest.start && value <= INT32_MAX;
}

/* A server has done nothing with a stream above the last one that its GOAWAY names (RFC 9113 6.8),
 * nor with one that it resets with REFUSED_STREAM (RFC 9113 8.7). libcurl 7.88 writes "recveived",
 * so that spelling is read as well. */
static void read_text(tl_commentary *commentary, words text)
{
    uint32_t last;
    words rest = text;
    if (skip(&rest, "Using Stream ID: ") || skip(&rest, "[HTTP/2] ["))
        read_stream(rest, &commentary->stream);
    else if (skip(&rest, "REFUSED_STREAM, retrying a fresh connect"))
        commentary->refused = true;
    else if ((skip(&rest, "received GOAWAY, ") || skip(&rest, "recveived GOAWAY, ")) &&
             skip_to(&rest, "last_stream=") && read_stream(rest, &last))
        commentary->left_out |= commentary->stream > last;
}

/* libcurl hands over each message of the handshake by itself, and each record's header of 5 bytes.
 * A CertificateRequest (RFC 8446 4.3.2, RFC 5246 7.4.4) is one whose own length fits: other bytes
 * may begin with the same number. A record's header that reads "HTTP/" is an answer without TLS. */
static void read_handshake(tl_commentary *commentary, const unsigned char *bytes, size_t size)
{
    enum { CERTIFICATE_REQUEST = 13, HEADER = 4 };
    if (size == 5 && memcmp(bytes, "HTTP/", 5) == 0)
        commentary->no_tls = true;
    if (size > HEADER && bytes[0] == CERTIFICATE_REQUEST &&
        ((size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3]) == size - HEADER)
        commentary->certificate_asked = true;
}

static int on_comment(CURL *easy, curl_infotype type, char *data, size_t size, void *context)
{
    (void)easy;
    if (type == CURLINFO_TEXT)
        read_text(context, (words){data, data + size});
    else if (type == CURLINFO_SSL_DATA_IN)
        read_handshake(context, (const unsigned char *)data, size);
    return 0;
}

CURLcode tl_commentary_install(CURL *easy, tl_commentary *commentary)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, commentary ? on_comment : NULL);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_DEBUGDATA, commentary);
    return code ? code : curl_easy_setopt(easy, CURLOPT_VERBOSE, commentary ? 1L : 0L);
}
