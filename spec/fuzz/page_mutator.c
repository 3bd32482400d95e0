/* Pages for the fuzzer: arrays of objects that are alike, which changes of single bytes seldom come
 * to. The decoder expects of an object what the one before it had, so each copy may differ from its
 * original in a byte: in a name, behind one, in what a value is. */
#include <stdint.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* The first object that begins at `start` or later: its length, and where it begins; 0 without one.
 * Braces within strings are taken for an object's: what comes of that is for the decoder to refuse.
 */
static size_t find_object(const uint8_t *data, size_t size, size_t *start)
{
    const uint8_t *open = memchr(data + *start, '{', size - *start);
    if (!open)
        return 0;
    *start = (size_t)(open - data);
    int depth = 0;
    for (size_t i = *start; i < size; i++) {
        depth += data[i] == '{' ? 1 : data[i] == '}' ? -1 : 0;
        if (depth == 0)
            return i + 1 - *start;
    }
    return 0;
}

static void change_byte(uint8_t *data, size_t size, uint32_t *random)
{
    static const uint8_t others[] = "\"\\,:{}[]0e-. anx\xC3\0";
    uint8_t *byte = data + next_random(random) % size;
    if (next_random(random) % 2 == 0)
        *byte ^= (uint8_t)(1u << next_random(random) % 8);
    else
        *byte = others[next_random(random) % (sizeof others - 1)];
}

/* Puts copies of an object behind it, as many as there is room for and chance wants. */
static size_t repeat_object(uint8_t *data, size_t size, size_t max_size, uint32_t *random)
{
    size_t start = size > 0 ? next_random(random) % size : 0;
    size_t length = find_object(data, size, &start);
    size_t end = start + length;
    for (uint32_t left = next_random(random) % 70; length > 0 && left > 0; left--) {
        if (length + 1 > max_size - size)
            break;
        memmove(data + end + length + 1, data + end, size - end);
        data[end] = ',';
        memcpy(data + end + 1, data + start, length);
        if (next_random(random) % 4 == 0)
            change_byte(data + end + 1, length, random);
        end += length + 1;
        size += length + 1;
    }
    return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    uint32_t random = seed;
    size_t repeated = 0;
    if (next_random(&random) % 4 == 0)
        repeated = repeat_object(data, size, max_size, &random);
    return repeated > size ? repeated : LLVMFuzzerMutate(data, size, max_size);
}
