/* Text that grows in memory of Lua's: when Lua raises while it is written, the memory is collected
 * like all else, and nobody has to give it back. Each function that adds something raises when
 * there is no memory, and needs a free slot on Lua's stack. */
#ifndef TL_JSON_OUTPUT_H
#define TL_JSON_OUTPUT_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct tl_output {
    lua_State *L;
    int slot;   /* the place on the stack that keeps the memory, once `first` is too small */
    char *data; /* without a NUL */
    size_t length, capacity;
    char first[1000]; /* enough for most texts, which so need no memory */
} tl_output;

/* An empty output. `slot` is an index of the stack, with any value at it, that the output has for
 * itself from now on. The output must stay where it is: `data` may point into it. */
void tl_output_init(tl_output *output, lua_State *L, int slot);

/* Where `count` bytes more can be written. They belong to the text once the caller has raised
 * `length`. */
char *tl_output_room(tl_output *output, size_t count);

/* Each adds bytes at the end; of a text that ends with a NUL all but this. */
void tl_output_add(tl_output *output, const char *bytes, size_t count);
void tl_output_add_text(tl_output *output, const char *text);
void tl_output_add_byte(tl_output *output, char byte);

/* Adds the number at `index` of Lua's stack, which must be finite, as JSON. */
void tl_output_add_number(tl_output *output, int index);

/* Adds a string as JSON, with its quotes. False, and nothing is added, when it is not UTF-8. */
bool tl_output_add_string(tl_output *output, const char *text, size_t length);

#endif
