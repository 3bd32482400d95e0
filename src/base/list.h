/* Lists of structs that carry their own link, so that adding and removing asks for no memory and
 * cannot fail. A list is a ring of links: its head is a link too, in no struct. A link that is in
 * no ring points at itself, so it may always be removed. */
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

/* Before anything else is done with a link, a head included. */
static inline void tl_link_init(tl_link *link)
{
    link->next = link->previous = link;
}

/* True for the head of an empty list, and for a link that is in no list. */
static inline bool tl_link_alone(const tl_link *link)
{
    return link->next == link;
}

/* Takes a link out of its list; does nothing when it is in none. */
static inline void tl_link_remove(tl_link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    tl_link_init(link);
}

/* Puts `link`, which must be in no list, before `where`: at the end of the list when that is its
 * head. */
static inline void tl_link_insert_before(tl_link *where, tl_link *link)
{
    link->next = where;
    link->previous = where->previous;
    where->previous->next = link;
    where->previous = link;
}

#endif
