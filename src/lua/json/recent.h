/* What JSON texts had lately: their short strings, and the sizes of their objects.
 *
 * The objects of an answer have the same names, and many of the same values, again and again. Lua
 * finds a short string by a hash over each of its bytes; here it is found by sixteen of them. And
 * an object is most often as large as the one that lay at its place before, so its table can be
 * made in that size and need not grow.
 *
 * All of it is a guess that makes the decoder fast, and never decides what a text means. It lasts
 * from text to text, in a userdata of fixed size. */
#ifndef TL_JSON_RECENT_H
#define TL_JSON_RECENT_H

#include <lua.h>
#include <stdint.h>
#include <string.h>

enum {
    TL_RECENT_LONGEST = 40, /* bytes of a string; Lua does not hash longer ones */
    TL_RECENT_BITS = 8,
    TL_RECENT_SLOTS = 1 << TL_RECENT_BITS,
    TL_RECENT_NO_NAME = 0 /* the place of what lies under no name, or under one that is not kept */
};

/* A string, which is a user value of the userdata, so that it stays. */
typedef struct tl_recent_slot {
    const char *bytes;    /* NULL while there is none */
    uint64_t first, last; /* the ends of the string: see tl_recent_ends */
    int length;
    int fields; /* of the object that lay under this name last; -1: not known */
} tl_recent_slot;

typedef struct tl_recent {
    tl_recent_slot slots[1 + TL_RECENT_SLOTS]; /* by place: the first has no string */
    int fields;                                /* of the object that was read last */
} tl_recent;

/* Pushes a userdata that knows nothing yet. Raises when there is no memory. */
tl_recent *tl_recent_push_empty(lua_State *L);

/* Keeps such a one in the registry. Raises when there is no memory. */
void tl_recent_register(lua_State *L);

/* Pushes the one in the registry. */
tl_recent *tl_recent_get(lua_State *L);

/* Pushes a string that its place does not hold, and keeps it there instead of what it holds. Gives
 * the place. */
int tl_recent_push_new(lua_State *L, int index, tl_recent *recent, int place, const char *text,
                       size_t length);

/* How many fields an object that begins at this place may have. Until its own size is learned, the
 * next guess is half of this one: otherwise one large object would make a thousand small ones that
 * lie in each other take as much memory each. */
static inline int tl_recent_guess(tl_recent *recent, int place)
{
    int *own = &recent->slots[place].fields, *fields = *own < 0 ? &recent->fields : own;
    int guess = *fields;
    *fields = guess / 2;
    return guess;
}

/* An object at this place had so many. */
void tl_recent_learn(tl_recent *recent, int place, lua_Integer fields);

/* Reads both ends of a text that is not empty: up to eight bytes each, which overlap when it has
 * fewer than sixteen. So the ends and the length of a text of up to sixteen bytes tell all of it.
 */
static inline void tl_recent_ends(const char *text, size_t length, uint64_t *first, uint64_t *last)
{
    if (length >= 8) {
        memcpy(first, text, 8);
        memcpy(last, text + length - 8, 8);
    } else if (length >= 4) {
        uint32_t front, back;
        memcpy(&front, text, 4);
        memcpy(&back, text + length - 4, 4);
        *first = front;
        *last = back;
    } else {
        *first = (unsigned char)text[0] | (unsigned)(unsigned char)text[length / 2] << 8;
        *last = (unsigned char)text[length - 1];
    }
}

static inline int tl_recent_place(uint64_t first, uint64_t last, size_t length)
{
    uint64_t mixed = (first ^ (last << 23 | last >> 41)) + length;
    return 1 + (int)((mixed * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - TL_RECENT_BITS));
}

/* Pushes the string of these bytes. `recent` is the userdata at `index`. Gives the place of what
 * lies under this string, if it is a name. Raises when there is no memory. */
static inline int tl_recent_push(lua_State *L, int index, tl_recent *recent, const char *text,
                                 size_t length)
{
    if (length - 1 >= TL_RECENT_LONGEST) { /* also when it is 0 */
        lua_pushlstring(L, text, length);
        return TL_RECENT_NO_NAME;
    }
    uint64_t first, last;
    tl_recent_ends(text, length, &first, &last);
    int place = tl_recent_place(first, last, length);
    const tl_recent_slot *slot = &recent->slots[place];
    if (slot->first != first || slot->last != last || slot->length != (int)length ||
        (length > 16 && memcmp(slot->bytes + 8, text + 8, length - 16) != 0))
        return tl_recent_push_new(L, index, recent, place, text, length);
    lua_getiuservalue(L, index, place);
    return place;
}

#endif
