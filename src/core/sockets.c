#include "sockets.h"

#include <stdbool.h>
#include <sys/socket.h>
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
    curl_socket_t *open =
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
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0)
        sockets->open[sockets->count++] = fd;
    return fd;
}

static int on_close(void *context, curl_socket_t fd)
{
    tl_sockets *sockets = context;
    for (size_t i = 0; i < sockets->count; i++) {
        if (sockets->open[i] == fd) {
            sockets->open[i] = sockets->open[--sockets->count];
            break;
        }
    }
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

void tl_sockets_abandon(tl_sockets *sockets)
{
    for (size_t i = 0; i < sockets->count; i++)
        close(sockets->open[i]);
    sockets->count = 0;
}
