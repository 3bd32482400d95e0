#include "base/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>

/* *text gets a part of the URL, which the caller frees by curl_free, or NULL when the URL has no
 * such part. False when there was no memory, so that nobody takes that for a URL without the part.
 */
static bool get(CURLU *url, CURLUPart part, unsigned flags, char **text)
{
    *text = NULL;
    return curl_url_get(url, part, text, flags) != CURLUE_OUT_OF_MEMORY;
}

/* Sets *found when the URL has the part; leaves it otherwise. False when there was no memory. */
static bool find(CURLU *url, CURLUPart part, bool *found)
{
    char *text;
    bool looked = get(url, part, 0, &text);
    *found = *found || text;
    curl_free(text);
    return looked;
}

/* libcurl has written an IPv4 address in its dotted form by now, so 127.1 and 0x7f000001 are found
 * too. What still is no address then, like 127.0.0.256, is a name that a resolver may know, and may
 * be any machine. */
static bool is_loopback(const char *host)
{
    struct in_addr address;
    return curl_strequal(host, "localhost") || strcmp(host, "[::1]") == 0 ||
           (strncmp(host, "127.", 4) == 0 && inet_pton(AF_INET, host, &address) == 1);
}

static unsigned number_of(const char *port)
{
    unsigned number = 0;
    for (const char *digit = port; digit && *digit;
         digit++) /* libcurl has checked that they are digits */
        number = number * 10 + (unsigned)(*digit - '0');
    return number;
}

/* Copies a host without the brackets of an IPv6 address. False when it is too long. */
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

/* What read_parts looks at more closely. */
enum { SCHEME, HOST, PORT, TEXTS };

static tl_url_status read_texts(char *const texts[TEXTS], tl_url_facts *facts)
{
    if (!texts[SCHEME] || !texts[HOST] || !copy_host(facts->host, texts[HOST]))
        return TL_URL_MALFORMED;
    facts->http = strcmp(texts[SCHEME], "http") == 0;
    facts->https = strcmp(texts[SCHEME], "https") == 0;
    facts->loopback = is_loopback(texts[HOST]);
    facts->port = number_of(texts[PORT]);
    return TL_URL_OK;
}

static tl_url_status read_parts(CURLU *url, tl_url_facts *facts)
{
    char *texts[TEXTS] = {NULL};
    *facts = (tl_url_facts){0};
    bool enough = get(url, CURLUPART_SCHEME, 0, &texts[SCHEME]) &&
                  get(url, CURLUPART_HOST, 0, &texts[HOST]) &&
                  get(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, &texts[PORT]) &&
                  find(url, CURLUPART_USER, &facts->credentials) &&
                  find(url, CURLUPART_PASSWORD, &facts->credentials) &&
                  find(url, CURLUPART_QUERY, &facts->query) &&
                  find(url, CURLUPART_FRAGMENT, &facts->fragment);
    tl_url_status status = enough ? read_texts(texts, facts) : TL_URL_MEMORY;
    for (size_t i = 0; i < TEXTS; i++)
        curl_free(texts[i]);
    return status;
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
    else if (code == CURLUE_OUT_OF_MEMORY ||
             code == CURLUE_BAD_LOGIN) /* libcurl gives both when there is no memory */
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

/* RFC 3986 2.3. Not isalnum, which follows the locale. */
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
