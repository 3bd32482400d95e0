/* What is known of each open socket, found by its descriptor, or by the two ends of its connection.
 * Each request looks several times: hash tables find a socket without a look at all the others.
 * Nothing here opens or closes a descriptor. */
#ifndef TL_SOCKET_TABLE_H
#define TL_SOCKET_TABLE_H

#include "base/allocator.h"
#include "base/clock.h"
#include "base/list.h"

#include <sys/types.h>

enum { TL_IP_SIZE = 64 }; /* an IPv6 address has 45 characters at most, and may name a zone */

/* Both ends of a connection, as libcurl names them. */
typedef struct tl_ends {
    char ip[TL_IP_SIZE], local_ip[TL_IP_SIZE];
    long port, local_port;
} tl_ends;

/* An address that is too long is cut; one that is NULL is taken for empty. */
void tl_ends_set(tl_ends *ends, const char *ip, long port, const char *local_ip, long local_port);

typedef struct tl_socket {
    tl_link all;     /* in the table's list */
    tl_link by_fd;   /* in the ring that its descriptor belongs to */
    tl_link by_port; /* in the ring that the port of our end belongs to; in none without ends */
    int fd;
    ino_t inode;  /* by which the system knows the socket, whatever its number */
    int interest; /* what the poller was asked for it; 0: nothing */
    tl_ends ends;
    tl_time until; /* the server may close it from then on */
} tl_socket;

typedef struct tl_socket_table {
    const tl_allocator *allocator;
    tl_link all;    /* in the order in which they were added */
    size_t count;   /* of them */
    tl_link *rings; /* `size` for descriptors, then `size` for ports */
    size_t size;    /* a power of two, or 0; at least `count` while there is memory for that */
} tl_socket_table;

void tl_socket_table_init(tl_socket_table *table, const tl_allocator *allocator);

/* Removes all, and gives the memory back. */
void tl_socket_table_free(tl_socket_table *table);

/* A socket that is not in the table yet, and has no ends. NULL, with nothing changed, when there is
 * no memory. */
tl_socket *tl_socket_table_add(tl_socket_table *table, int fd);

void tl_socket_table_remove(tl_socket_table *table, tl_socket *socket);

/* From now on the socket is found by these ends too, and by no others. */
void tl_socket_table_set_ends(tl_socket_table *table, tl_socket *socket, const tl_ends *ends);

/* NULL when there is none. */
tl_socket *tl_socket_table_find(const tl_socket_table *table, int fd);
tl_socket *tl_socket_table_find_by_ends(const tl_socket_table *table, const tl_ends *ends);

/* The one that was added first; NULL when there is none. */
tl_socket *tl_socket_table_first(const tl_socket_table *table);

#endif
