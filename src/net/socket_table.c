#include "net/socket_table.h"

#include <stdbool.h>
#include <string.h>

enum { FIRST_SIZE = 16 };

static void copy_ip(char *to, const char *ip)
{
    size_t length = ip ? strnlen(ip, TL_IP_SIZE - 1) : 0;
    memcpy(to, ip ? ip : "", length);
    to[length] = '\0';
}

void tl_ends_set(tl_ends *ends, const char *ip, long port, const char *local_ip, long local_port)
{
    copy_ip(ends->ip, ip);
    copy_ip(ends->local_ip, local_ip);
    ends->port = port;
    ends->local_port = local_port;
}

void tl_socket_table_init(tl_socket_table *table, const tl_allocator *allocator)
{
    *table = (tl_socket_table){.allocator = allocator};
    tl_link_init(&table->all);
}

/* Descriptors are small numbers that the system gives out one after the other, and ports are given
 * out much the same way: their last bits are as good as any hash of them. */
static tl_link *ring_of_fd(const tl_socket_table *table, int fd)
{
    return &table->rings[(size_t)fd & (table->size - 1)];
}

static tl_link *ring_of_port(const tl_socket_table *table, long port)
{
    return &table->rings[table->size + ((size_t)port & (table->size - 1))];
}

static void move(tl_link *link, tl_link *ring)
{
    tl_link_remove(link);
    tl_link_insert_before(ring, link);
}

static void free_rings(tl_socket_table *table)
{
    tl_allocator_free(table->allocator, table->rings, 2 * table->size * sizeof *table->rings);
}

/* Makes room for one more. Without memory the rings that there are grow longer instead, which makes
 * looking slower, but is no reason to fail. False when there are none. */
static bool grow(tl_socket_table *table)
{
    if (table->count < table->size)
        return true;
    tl_socket_table old = *table;
    size_t size = old.size ? 2 * old.size : FIRST_SIZE;
    tl_link *rings = tl_allocator_new(table->allocator, 2 * size * sizeof *rings);
    if (!rings)
        return old.size > 0;
    for (size_t i = 0; i < 2 * size; i++)
        tl_link_init(&rings[i]);
    table->rings = rings;
    table->size = size;
    for (tl_link *link = table->all.next; link != &table->all; link = link->next) {
        tl_socket *socket = TL_OWNER(link, tl_socket, all);
        move(&socket->by_fd, ring_of_fd(table, socket->fd));
        if (!tl_link_alone(&socket->by_port))
            move(&socket->by_port, ring_of_port(table, socket->ends.local_port));
    }
    free_rings(&old);
    return true;
}

tl_socket *tl_socket_table_add(tl_socket_table *table, int fd)
{
    tl_socket *socket = tl_allocator_new(table->allocator, sizeof *socket);
    if (!socket)
        return NULL;
    if (!grow(table)) {
        tl_allocator_free(table->allocator, socket, sizeof *socket);
        return NULL;
    }
    socket->fd = fd;
    tl_link_init(&socket->by_port);
    tl_link_insert_before(ring_of_fd(table, fd), &socket->by_fd);
    tl_link_insert_before(&table->all, &socket->all);
    table->count++;
    return socket;
}

void tl_socket_table_remove(tl_socket_table *table, tl_socket *socket)
{
    tl_link_remove(&socket->all);
    tl_link_remove(&socket->by_fd);
    tl_link_remove(&socket->by_port);
    tl_allocator_free(table->allocator, socket, sizeof *socket);
    table->count--;
}

void tl_socket_table_free(tl_socket_table *table)
{
    for (tl_socket *socket; (socket = tl_socket_table_first(table));)
        tl_socket_table_remove(table, socket);
    free_rings(table);
    tl_socket_table_init(table, table->allocator);
}

void tl_socket_table_set_ends(tl_socket_table *table, tl_socket *socket, const tl_ends *ends)
{
    socket->ends = *ends;
    move(&socket->by_port, ring_of_port(table, ends->local_port));
}

tl_socket *tl_socket_table_find(const tl_socket_table *table, int fd)
{
    if (table->size == 0)
        return NULL;
    const tl_link *ring = ring_of_fd(table, fd);
    for (tl_link *link = ring->next; link != ring; link = link->next) {
        tl_socket *socket = TL_OWNER(link, tl_socket, by_fd);
        if (socket->fd == fd)
            return socket;
    }
    return NULL;
}

static bool are_same(const tl_ends *one, const tl_ends *other)
{
    return one->local_port == other->local_port && one->port == other->port &&
           strcmp(one->ip, other->ip) == 0 && strcmp(one->local_ip, other->local_ip) == 0;
}

tl_socket *tl_socket_table_find_by_ends(const tl_socket_table *table, const tl_ends *ends)
{
    if (table->size == 0)
        return NULL;
    const tl_link *ring = ring_of_port(table, ends->local_port);
    for (tl_link *link = ring->next; link != ring; link = link->next) {
        tl_socket *socket = TL_OWNER(link, tl_socket, by_port);
        if (are_same(&socket->ends, ends))
            return socket;
    }
    return NULL;
}

tl_socket *tl_socket_table_first(const tl_socket_table *table)
{
    return table->count > 0 ? TL_OWNER(table->all.next, tl_socket, all) : NULL;
}
