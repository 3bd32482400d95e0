#include "net/transport.h"

#include "net/content_coding.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const bool is_secret[TL_TRANSPORT_TEXTS] = {
    [TL_CLIENT_KEY_PASSWORD] = true, [TL_PROXY_USER] = true, [TL_PROXY_PASSWORD] = true};

void tl_transport_init(tl_transport *transport, const tl_allocator *allocator)
{
    for (size_t i = 0; i < TL_TRANSPORT_TEXTS; i++) {
        tl_buffer_init(&transport->texts[i], allocator, SIZE_MAX);
        transport->texts[i].secret = is_secret[i];
    }
}

void tl_transport_free(tl_transport *transport)
{
    for (size_t i = 0; i < TL_TRANSPORT_TEXTS; i++)
        tl_buffer_free(&transport->texts[i]);
}

bool tl_transport_set(tl_transport *transport, const tl_transport_options *options)
{
    transport->connect_timeout = options->connect_timeout;
    transport->http1 = options->http1;
    for (size_t i = 0; i < TL_TRANSPORT_TEXTS; i++) {
        const char *text = options->texts[i];
        if (text && tl_buffer_append_text(&transport->texts[i], text) != TL_BUFFER_OK)
            return false;
    }
    return true;
}

/* For libcurl 0 means its own default of five minutes, and more than an int is an error. */
static long connect_milliseconds(const tl_transport *transport)
{
    tl_time milliseconds = (transport->connect_timeout - 1) / TL_MILLISECOND + 1;
    return milliseconds < INT_MAX ? (long)milliseconds : INT_MAX;
}

/* libcurl reads each of these as a long from its variable arguments, but its enumerators and plain
 * numbers are ints. The type of this field makes longs of them. */
typedef struct number {
    CURLoption option;
    long value;
} number;

/* Set whatever the user's settings are, to keep the host and its secrets safe. */
static const number always[] = {
    {CURLOPT_NOSIGNAL, 1},       /* or libcurl changes the host's handling of SIGPIPE and SIGALRM */
    {CURLOPT_QUICK_EXIT, 1},     /* or the end of a handle waits for the thread of a name lookup */
    {CURLOPT_FOLLOWLOCATION, 0}, /* or a server could have our credentials sent elsewhere */
    {CURLOPT_PATH_AS_IS, 1},     /* or a path with dots in it would name another resource */
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},    /* or a proxy's headers seem to be the answer's */
    {CURLOPT_HEADEROPT, CURLHEADER_SEPARATE}, /* or our credentials go to the proxy as well */
    {CURLOPT_HTTP_CONTENT_DECODING, 0},       /* content_coding.c does it: see there */
};

/* The same checks for an https proxy: libcurl has options of their own for it. */
static const number to_proxy[] = {
    {CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_PROXY_SSL_VERIFYPEER, 1},
    {CURLOPT_PROXY_SSL_VERIFYHOST, 2},
};

static CURLcode apply_numbers(CURL *easy, const number *numbers, size_t count)
{
    CURLcode code = CURLE_OK;
    for (size_t i = 0; code == CURLE_OK && i < count; i++)
        code = curl_easy_setopt(easy, numbers[i].option, numbers[i].value);
    return code;
}

static const char *text_of(const tl_transport *transport, tl_transport_text text)
{
    return tl_buffer_text(&transport->texts[text]);
}

/* Texts that are handed to libcurl as they are. `even_empty`: also when they are empty, because
 * libcurl would do something else if it was told nothing; otherwise it is told nothing then. */
static const struct {
    tl_transport_text text;
    CURLoption option;
    bool even_empty;
} texts[] = {
    {TL_USER_AGENT, CURLOPT_USERAGENT, true},
    {TL_CLIENT_CERT, CURLOPT_SSLCERT, false},
    {TL_CLIENT_KEY, CURLOPT_SSLKEY, false},
    {TL_CLIENT_KEY_PASSWORD, CURLOPT_KEYPASSWD, true}, /* or OpenSSL asks on the terminal */
    {TL_PROXY, CURLOPT_PROXY, true},                   /* or libcurl asks the environment */
    {TL_PROXY_USER, CURLOPT_PROXYUSERNAME, false},
    {TL_PROXY_PASSWORD, CURLOPT_PROXYPASSWORD, false},
    {TL_NO_PROXY, CURLOPT_NOPROXY, true},
};

static CURLcode apply_texts(const tl_transport *transport, CURL *easy)
{
    CURLcode code = CURLE_OK;
    for (size_t i = 0; code == CURLE_OK && i < sizeof texts / sizeof *texts; i++) {
        const char *text = text_of(transport, texts[i].text);
        if (text[0] || texts[i].even_empty)
            code = curl_easy_setopt(easy, texts[i].option, text);
    }
    return code;
}

/* File and folder are both set, if to NULL: what is not set stays the system's, so that its
 * authorities would be trusted beside the user's. */
static CURLcode apply_authorities(const tl_transport *transport, CURL *easy, CURLoption file_option,
                                  CURLoption path_option)
{
    const char *file = text_of(transport, TL_CA_FILE), *path = text_of(transport, TL_CA_PATH);
    if (!file[0] && !path[0])
        return CURLE_OK;
    CURLcode code = curl_easy_setopt(easy, file_option, file[0] ? file : NULL);
    return code ? code : curl_easy_setopt(easy, path_option, path[0] ? path : NULL);
}

static CURLcode apply_proxy_tls(const tl_transport *transport, CURL *easy)
{
    if (strncmp(text_of(transport, TL_PROXY), "https:", 6) != 0)
        return CURLE_OK;
    CURLcode code = apply_numbers(easy, to_proxy, sizeof to_proxy / sizeof *to_proxy);
    return code ? code
                : apply_authorities(transport, easy, CURLOPT_PROXY_CAINFO, CURLOPT_PROXY_CAPATH);
}

CURLcode tl_transport_apply(const tl_transport *transport, CURL *easy)
{
    /* What these two give is not looked at: a libcurl that was built without HTTP/2, or without
     * zlib, refuses, and then requests go without. */
    long http_version = transport->http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS;
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, http_version);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, TL_ACCEPTED_CODING);
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code == CURLE_OK)
        code = apply_numbers(easy, always, sizeof always / sizeof *always);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_milliseconds(transport));
    if (code == CURLE_OK)
        code = apply_texts(transport, easy);
    if (code == CURLE_OK)
        code = apply_authorities(transport, easy, CURLOPT_CAINFO, CURLOPT_CAPATH);
    return code ? code : apply_proxy_tls(transport, easy);
}

/* For a libcurl that does not know USED_PROXY below. Its message tells what it could not connect
 * to: either the proxy by its own address, or the server "via" the proxy. */
static bool names_proxy(const char *text, const char *proxy)
{
    char host[256], endpoint[sizeof host + 16];
    unsigned port;
    if (strstr(text, " via "))
        return true;
    if (sscanf(text, "Failed to connect to %255s port %u", host, &port) != 2)
        return false;
    snprintf(endpoint, sizeof endpoint, strchr(host, ':') ? "//[%s]:%u" : "//%s:%u", host, port);
    return strstr(proxy, endpoint) != NULL;
}

/* CURLINFO_USED_PROXY by its number: libcurl has it since 8.7, and the library that is loaded may
 * be newer than the header that this was built with. An older one gives an error for it. */
enum { USED_PROXY = CURLINFO_LONG + 66 };

/* Whether it was the proxy that could not be found or connected to. It was if the attempt was to go
 * by way of it, because libcurl then connects to nothing else. */
static bool proxy_is_out_of_reach(CURL *easy, const char *text, const char *proxy)
{
    long used = 0;
    if (curl_easy_getinfo(easy, (CURLINFO)USED_PROXY, &used) == CURLE_OK)
        return used != 0;
    return names_proxy(text, proxy);
}

bool tl_transport_blames_proxy(const tl_transport *transport, CURL *easy, CURLcode code,
                               const char *text)
{
    long answer = 0, verdict = 0;
    const char *proxy = text_of(transport, TL_PROXY);
    if (!proxy[0])
        return false;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &answer);
    curl_easy_getinfo(easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &verdict);
    return code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY || verdict != 0 ||
           (answer != 0 && answer / 100 != 2) ||
           ((code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST) &&
            proxy_is_out_of_reach(easy, text, proxy));
}
