#include "url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>

static bool has(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
        return false;
    curl_free(text);
    return true;
}

/* libcurl has put an IPv4 address into its dotted form by now, so 127.1 and 0x7f000001 are met.
 * What still is none, like 127.0.0.256, is a name that a resolver may know. */
static bool is_loopback(const char *host)
{
    struct in_addr address;
    return curl_strequal(host, "localhost") || strcmp(host, "[::1]") == 0 ||
           (strncmp(host, "127.", 4) == 0 && inet_pton(AF_INET, host, &address) == 1);
}

static unsigned port_of(CURLU *url)
{
    char *text = NULL;
    unsigned port = 0;
    if (curl_url_get(url, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return 0;
    for (const char *digit = text; *digit; digit++) /* libcurl has checked them */
        port = port * 10 + (unsigned)(*digit - '0');
    curl_free(text);
    return port;
}

/* False when it is too long. */
static bool copy_host(char *to, const char *host)
{
    size_t length = strlen(host);
    if (host[0] == '[' && length >= 2) {
        host++;
        length -= 2;
    }
    if (length > TL_URL_HOST_MAX)
        return false;
    memcpy(to, host, length);
    to[length] = '\0';
    return true;
}

static tl_url_status read_parts(CURLU *url, tl_url_facts *facts)
{
    char *scheme = NULL, *host = NULL;
    if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return TL_URL_MEMORY;
    if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
        curl_free(scheme);
        return TL_URL_MALFORMED;
    }
    *facts = (tl_url_facts){
        .http = strcmp(scheme, "http") == 0,
        .https = strcmp(scheme, "https") == 0,
        .loopback = is_loopback(host),
        .credentials = has(url, CURLUPART_USER) || has(url, CURLUPART_PASSWORD),
        .query = has(url, CURLUPART_QUERY),
        .fragment = has(url, CURLUPART_FRAGMENT),
        .port = port_of(url),
    };
    bool fits = copy_host(facts->host, host);
    curl_free(scheme);
    curl_free(host);
    return fits ? TL_URL_OK : TL_URL_MALFORMED;
}

tl_url_status tl_url_read(const char *text, tl_url_facts *facts)
{
    CURLU *url = curl_url();
    if (!url)
        return TL_URL_MEMORY;
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
    tl_url_status status = TL_URL_MALFORMED;
    if (code == CURLUE_OK)
        status = read_parts(url, facts);
    else if (code == CURLUE_OUT_OF_MEMORY)
        status = TL_URL_MEMORY;
    curl_url_cleanup(url);
    return status;
}

size_t tl_url_read_address(const char *text, unsigned char address[TL_ADDRESS_MAX])
{
    if (inet_pton(AF_INET, text, address) == 1)
        return sizeof(struct in_addr);
    return inet_pton(AF_INET6, text, address) == 1 ? sizeof(struct in6_addr) : 0;
}

/* RFC 3986 2.3; no isalnum, which follows the locale. */
static bool is_unreserved(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("-._~", byte));
}

size_t tl_url_encode_byte(char byte, char encoded[TL_URL_ENCODED])
{
    static const char hex[] = "0123456789ABCDEF";
    unsigned char code = (unsigned char)byte;
    if (is_unreserved(code)) {
        encoded[0] = byte;
        return 1;
    }
    encoded[0] = '%';
    encoded[1] = hex[code >> 4];
    encoded[2] = hex[code & 15];
    return TL_URL_ENCODED;
}

bool tl_url_encode(tl_buffer *to, const char *text, size_t length)
{
    char encoded[TL_URL_ENCODED];
    for (size_t i = 0; i < length; i++) {
        size_t count = tl_url_encode_byte(text[i], encoded);
        if (tl_buffer_append(to, encoded, count) != TL_BUFFER_OK)
            return false;
    }
    return true;
}
