#include "net/sockets.h"

#include "base/system.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

void tl_sockets_init(tl_sockets *sockets, const tl_allocator *allocator, tl_poller *poller)
{
    sockets->poller = poller;
    tl_socket_table_init(&sockets->open, allocator);
}

void tl_sockets_free(tl_sockets *sockets)
{
    tl_socket_table_free(&sockets->open);
}

static ino_t inode_of(int fd)
{
    struct stat facts;
    return fstat(fd, &facts) == 0 && S_ISSOCK(facts.st_mode) ? facts.st_ino : 0;
}

/* libcurl 7.88 closes a socket without a word when its request ends while it connects. It is
 * noticed here, since the system gives out the smallest number that is free. */
static void forget_closed(tl_sockets *sockets, int fd)
{
    tl_socket *closed = tl_socket_table_find(&sockets->open, fd);
    if (closed)
        tl_socket_table_remove(&sockets->open, closed);
}

/* A socket that could not be remembered would stay open in a forked child. */
static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    tl_sockets *sockets = context;
    int fd = tl_open_socket(address->family, address->socktype, address->protocol);
    if (fd < 0)
        return fd;
    forget_closed(sockets, fd);
    tl_socket *opened = tl_socket_table_add(&sockets->open, fd);
    if (!opened) {
        close(fd);
        return CURL_SOCKET_BAD;
    }
    opened->inode = inode_of(fd);
    return fd;
}

/* The poller forgets it first: a forked child may have a copy, and as long as that is open the
 * system would go on watching what is behind a number that is another's by then. */
static int on_close(void *context, curl_socket_t fd)
{
    tl_sockets *sockets = context;
    tl_socket *closed = tl_socket_table_find(&sockets->open, fd);
    if (closed) {
        tl_poller_watch(sockets->poller, fd, closed->interest, 0);
        tl_socket_table_remove(&sockets->open, closed);
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

/* The server counts from when it sent its answer, and the next request takes time to arrive: the
 * last second of a long time, and half of a short one, are left unused. */
static tl_time safe_part(tl_time keep_alive)
{
    return keep_alive > 2 * TL_SECOND ? keep_alive - TL_SECOND : keep_alive / 2;
}

static void read_ends(CURL *easy, tl_ends *ends)
{
    const char *ip = NULL, *local_ip = NULL;
    long port = 0, local_port = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
    curl_easy_getinfo(easy, CURLINFO_LOCAL_IP, &local_ip);
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
    curl_easy_getinfo(easy, CURLINFO_LOCAL_PORT, &local_port);
    tl_ends_set(ends, ip, port, local_ip, local_port);
}

/* NULL when libcurl has closed it. By its ends it is known once an answer has come over it; before
 * that libcurl must be asked for its descriptor, for which it looks at all its connections. */
static tl_socket *socket_of(const tl_sockets *sockets, CURL *easy, const tl_ends *ends)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    tl_socket *known = tl_socket_table_find_by_ends(&sockets->open, ends);
    if (!known)
        curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
    return known ? known : tl_socket_table_find(&sockets->open, fd);
}

void tl_sockets_answered(tl_sockets *sockets, CURL *easy, tl_time keep_alive)
{
    long version = CURL_HTTP_VERSION_NONE;
    tl_ends ends;
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    if (version != CURL_HTTP_VERSION_1_0 && version != CURL_HTTP_VERSION_1_1)
        return;
    read_ends(easy, &ends);
    tl_socket *used = socket_of(sockets, easy, &ends);
    if (!used)
        return;
    tl_socket_table_set_ends(&sockets->open, used, &ends);
    used->until = keep_alive == TL_NEVER ? TL_NEVER : tl_now() + safe_part(keep_alive);
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
    const tl_socket *used = tl_socket_table_find_by_ends(&sockets->open, ends);
    return used && (tl_now() >= used->until || is_readable(used->fd));
}

/* The number of a socket that libcurl has closed may be one of the host's by now. Where that cannot
 * be known the socket stays open. */
void tl_sockets_abandon(tl_sockets *sockets)
{
    for (tl_socket *socket; (socket = tl_socket_table_first(&sockets->open));) {
        if (socket->inode != 0 && inode_of(socket->fd) == socket->inode)
            close(socket->fd);
        tl_socket_table_remove(&sockets->open, socket);
    }
}
