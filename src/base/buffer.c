#include "base/buffer.h"

#include "base/system.h"

#include <stdint.h>
#include <string.h>

enum { SMALLEST_CAPACITY = 256 };

void tl_buffer_init(tl_buffer *buffer, const tl_allocator *allocator, size_t limit)
{
    *buffer = (tl_buffer){.allocator = allocator, .limit = limit};
}

void tl_buffer_init_secret(tl_buffer *buffer, const tl_allocator *allocator, size_t limit)
{
    tl_buffer_init(buffer, allocator, limit);
    buffer->secret = true;
}

static void release(tl_buffer *buffer)
{
    if (buffer->secret && buffer->data)
        tl_wipe(buffer->data, buffer->capacity);
    tl_allocator_free(buffer->allocator, buffer->data, buffer->capacity);
}

/* A secret is copied and its old memory overwritten, because an allocator that moves a block leaves
 * the old bytes in memory. */
static char *resize(tl_buffer *buffer, size_t capacity)
{
    const tl_allocator *allocator = buffer->allocator;
    if (!buffer->secret)
        return allocator->allocate(allocator->context, buffer->data, buffer->capacity, capacity);
    char *moved = allocator->allocate(allocator->context, NULL, 0, capacity);
    if (moved && buffer->data) {
        memcpy(moved, buffer->data, buffer->length + 1);
        release(buffer);
    }
    return moved;
}

static bool grow(tl_buffer *buffer, size_t capacity)
{
    char *data = resize(buffer, capacity);
    if (!data)
        return false;
    buffer->data = data;
    buffer->capacity = capacity;
    data[buffer->length] = '\0';
    return true;
}

static bool reserve(tl_buffer *buffer, size_t length)
{
    size_t needed = length + 1;
    if (needed <= buffer->capacity)
        return true;
    size_t capacity = buffer->capacity ? buffer->capacity : SMALLEST_CAPACITY;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    return grow(buffer, capacity);
}

void tl_buffer_expect(tl_buffer *buffer, size_t length)
{
    if (length < buffer->limit && length >= buffer->capacity)
        grow(buffer, length + 1); /* no memory: the append that needs it says so */
}

tl_buffer_status tl_buffer_append(tl_buffer *buffer, const char *bytes, size_t count)
{
    if (count > buffer->limit - buffer->length)
        return TL_BUFFER_FULL;
    if (!reserve(buffer, buffer->length + count))
        return TL_BUFFER_MEMORY;
    if (count > 0)
        memcpy(buffer->data + buffer->length, bytes, count);
    buffer->length += count;
    buffer->data[buffer->length] = '\0';
    return TL_BUFFER_OK;
}

tl_buffer_status tl_buffer_append_text(tl_buffer *buffer, const char *text)
{
    return tl_buffer_append(buffer, text, strlen(text));
}

void tl_buffer_truncate(tl_buffer *buffer, size_t length)
{
    if (length >= buffer->length)
        return;
    if (buffer->secret)
        tl_wipe(buffer->data + length, buffer->capacity - length);
    buffer->length = length;
    buffer->data[length] = '\0';
}

void tl_buffer_clear(tl_buffer *buffer)
{
    tl_buffer_truncate(buffer, 0);
}

void tl_buffer_free(tl_buffer *buffer)
{
    release(buffer);
    buffer->data = NULL;
    buffer->length = buffer->capacity = 0;
}

const char *tl_buffer_text(const tl_buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}
