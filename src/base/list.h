/* Rings of structs that carry their own link. An unlinked link points at itself, so removing is
 * always allowed. */
#ifndef TL_LIST_H
#define TL_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tl_link {
    struct tl_link *next;
    struct tl_link *previous;
} tl_link;

/* The struct of `type` whose member `member` is this link. */
#define TL_OWNER(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void tl_link_init(tl_link *link)
{
    link->next = link->previous = link;
}

/* True for a ring without members, and for a link that is in none. */
static inline bool tl_link_alone(const tl_link *link)
{
    return link->next == link;
}

static inline void tl_link_remove(tl_link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    tl_link_init(link);
}

/* `link` must be in no ring. Before the head means: at the end. */
static inline void tl_link_insert_before(tl_link *where, tl_link *link)
{
    link->next = where;
    link->previous = where->previous;
    where->previous->next = link;
    where->previous = link;
}

#endif
