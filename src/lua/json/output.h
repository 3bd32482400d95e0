/* Text that grows in memory of Lua's, so that an error in the middle leaves nothing behind. */
#ifndef TL_JSON_OUTPUT_H
#define TL_JSON_OUTPUT_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct tl_output {
    lua_State *L;
    int slot; /* of the stack; holds the memory once `first` is too small */
    char *data;
    size_t length, capacity;
    char first[1000];
} tl_output;

/* `slot` is an index that the output has for itself. */
void tl_output_init(tl_output *output, lua_State *L, int slot);

/* Room for so many bytes more; they count once `length` is raised. Needs a free stack slot. Raises
 * when there is no memory. */
char *tl_output_room(tl_output *output, size_t count);

void tl_output_add(tl_output *output, const char *bytes, size_t count);
void tl_output_add_text(tl_output *output, const char *text);
void tl_output_add_byte(tl_output *output, char byte);

/* A string as JSON. False when it is not UTF-8. */
bool tl_output_add_string(tl_output *output, const char *text, size_t length);

#endif
