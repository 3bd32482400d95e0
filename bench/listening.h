/* What the servers of the benchmarks share: a listening socket on this machine, and an epoll set
 * that says which sockets have something. */
#ifndef LISTENING_H
#define LISTENING_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* The program's: says what failed and ends it. So does each of these, if it must. */
void die(const char *what);

static inline void watch(int epoll_fd, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        die("the server cannot watch a socket");
}

/* Gives the port. */
static inline int start_listening(int *fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0 || bind(*fd, (struct sockaddr *)&address, length) != 0 ||
        listen(*fd, SOMAXCONN) != 0 || getsockname(*fd, (struct sockaddr *)&address, &length) != 0)
        die("the server does not start");
    return ntohs(address.sin_port);
}

/* Gives a new connection's socket, which is below `limit`. */
static inline int accept_one(int epoll_fd, int listen_fd, int limit)
{
    static const int yes = 1;
    int fd = accept(listen_fd, NULL, NULL);
    if (fd < 0 || fd >= limit)
        die("the server cannot take a connection");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    watch(epoll_fd, fd);
    return fd;
}

#endif
