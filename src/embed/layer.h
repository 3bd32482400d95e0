/* The module's Lua files as the bytecode that tools/bytecode makes of them. */
#ifndef TL_LAYER_H
#define TL_LAYER_H

#include <stddef.h>

typedef struct tl_chunk {
    const char *name; /* as `require` knows it, such as "tasklist.client" */
    const unsigned char *bytes;
    size_t size;
} tl_chunk;

extern const tl_chunk tl_layer[]; /* ends with a chunk without a name */

#endif
