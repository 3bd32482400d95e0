#include "net/sockets.h"

#include "base/system.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 16 };

void tl_sockets_init(tl_sockets *sockets, const tl_allocator *allocator)
{
    *sockets = (tl_sockets){.allocator = allocator};
}

void tl_sockets_free(tl_sockets *sockets)
{
    tl_allocator_free(sockets->allocator, sockets->open, sockets->capacity * sizeof *sockets->open);
    tl_sockets_init(sockets, sockets->allocator);
}

static bool grow(tl_sockets *sockets)
{
    if (sockets->count < sockets->capacity)
        return true;
    size_t capacity = sockets->capacity ? sockets->capacity * 2 : FIRST_CAPACITY;
    const tl_allocator *allocator = sockets->allocator;
    tl_socket *open =
        allocator->allocate(allocator->context, sockets->open, sockets->capacity * sizeof *open,
                            capacity * sizeof *open);
    if (!open)
        return false;
    sockets->open = open;
    sockets->capacity = capacity;
    return true;
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    tl_sockets *sockets = context;
    if (!grow(sockets))
        return CURL_SOCKET_BAD;
    int fd = tl_open_socket(address->family, address->socktype, address->protocol);
    if (fd >= 0)
        sockets->open[sockets->count++] = (tl_socket){.fd = fd};
    return fd;
}

/* NULL when it is none of ours. */
static tl_socket *find(const tl_sockets *sockets, curl_socket_t fd)
{
    for (size_t i = 0; i < sockets->count; i++) {
        if (sockets->open[i].fd == fd)
            return &sockets->open[i];
    }
    return NULL;
}

static int on_close(void *context, curl_socket_t fd)
{
    tl_sockets *sockets = context;
    tl_socket *closed = find(sockets, fd);
    if (closed)
        *closed = sockets->open[--sockets->count];
    return close(fd);
}

CURLcode tl_sockets_install(tl_sockets *sockets, CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, sockets);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    return code ? code : curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, sockets);
}

/* The server counts from when it sent its answer, and the next request takes time to arrive: the
 * last second of a long time, and half of a short one, are left unused. */
static tl_time safe_part(tl_time keep_alive)
{
    return keep_alive > 2 * TL_SECOND ? keep_alive - TL_SECOND : keep_alive / 2;
}

static void read_ends(CURL *easy, tl_ends *ends)
{
    const char *ip = NULL, *local_ip = NULL;
    *ends = (tl_ends){0};
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
    curl_easy_getinfo(easy, CURLINFO_LOCAL_IP, &local_ip);
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &ends->port);
    curl_easy_getinfo(easy, CURLINFO_LOCAL_PORT, &ends->local_port);
    snprintf(ends->ip, sizeof ends->ip, "%s", ip ? ip : "");
    snprintf(ends->local_ip, sizeof ends->local_ip, "%s", local_ip ? local_ip : "");
}

void tl_sockets_answered(tl_sockets *sockets, CURL *easy, tl_time keep_alive)
{
    curl_socket_t fd = CURL_SOCKET_BAD; /* what libcurl gives for a connection that it has closed */
    long version = CURL_HTTP_VERSION_NONE;
    curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    tl_socket *used = find(sockets, fd);
    if (!used || (version != CURL_HTTP_VERSION_1_0 && version != CURL_HTTP_VERSION_1_1))
        return;
    read_ends(easy, &used->ends);
    used->until = keep_alive == TL_NEVER ? TL_NEVER : tl_now() + safe_part(keep_alive);
}

static bool are_same(const tl_ends *one, const tl_ends *other)
{
    return one->local_port == other->local_port && one->port == other->port &&
           strcmp(one->ip, other->ip) == 0 && strcmp(one->local_ip, other->local_ip) == 0;
}

/* By HTTP/1 a server says nothing that it was not asked for: what can be read is its last word. By
 * HTTP/2 it may, so that those connections are libcurl's to judge. */
static bool is_readable(curl_socket_t fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    return poll(&one, 1, 0) > 0;
}

bool tl_sockets_ended(const tl_sockets *sockets, const tl_ends *ends)
{
    for (size_t i = 0; i < sockets->count; i++) {
        const tl_socket *one = &sockets->open[i];
        if (are_same(&one->ends, ends))
            return tl_now() >= one->until || is_readable(one->fd);
    }
    return false;
}

void tl_sockets_abandon(tl_sockets *sockets)
{
    for (size_t i = 0; i < sockets->count; i++)
        close(sockets->open[i].fd);
    sockets->count = 0;
}
