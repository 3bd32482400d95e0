#include "inflate.h"

#include <stdint.h>
#include <string.h>

enum {
    LONGEST_CODE = 15,
    LITERALS = 288, /* and lengths */
    DISTANCES = 30, /* two more have a code, but no meaning */
    LENGTH_CODES = 19,
    END_OF_BLOCK = 256,
    LONGEST_MATCH = 258
};

/* The bits of the data, lowest first: `bits` holds the `count` next ones, and zeros above. */
typedef struct reader {
    const unsigned char *at, *end;
    uint64_t bits;
    unsigned count;
    tl_inflate_status status; /* the first thing that went wrong */
    tl_buffer *to;
    size_t start; /* length of `to` before; what is older is none of these data's */
} reader;

static bool fail(reader *in, tl_inflate_status status)
{
    if (in->status == TL_INFLATE_OK)
        in->status = status;
    return false;
}

static void refill(reader *in)
{
    for (; in->count <= 56 && in->at < in->end; in->count += 8)
        in->bits |= (uint64_t)*in->at++ << in->count;
}

static void drop(reader *in, unsigned count)
{
    in->bits >>= count;
    in->count -= count;
}

/* The next `count` bits as a number, at most 16; 0 when they are missing. */
static unsigned take(reader *in, unsigned count)
{
    refill(in);
    if (in->count < count) {
        fail(in, TL_INFLATE_CUT);
        return 0;
    }
    unsigned value = (unsigned)(in->bits & ((1U << count) - 1));
    drop(in, count);
    return value;
}

static bool put(reader *in, const char *bytes, size_t count)
{
    switch (tl_buffer_append(in->to, bytes, count)) {
    case TL_BUFFER_OK:
        return true;
    case TL_BUFFER_FULL:
        return fail(in, TL_INFLATE_FULL);
    default:
        return fail(in, TL_INFLATE_MEMORY);
    }
}

/* A canonical prefix code (3.2.2): how many symbols have a code of each length, and the symbols in
 * the order of their codes. */
typedef struct prefix_code {
    uint16_t counts[LONGEST_CODE + 1];
    uint16_t symbols[LITERALS];
} prefix_code;

/* False when the lengths make no code. One that leaves room is none either, unless it has a single
 * symbol at most, of length 1 (3.2.7); with `complete` not even then. */
static bool make_code(prefix_code *code, const uint8_t *lengths, size_t count, bool complete)
{
    uint16_t offsets[LONGEST_CODE + 2] = {0};
    int left = 1;
    memset(code->counts, 0, sizeof code->counts);
    for (size_t i = 0; i < count; i++)
        code->counts[lengths[i]]++;
    size_t used = count - code->counts[0];
    code->counts[0] = 0;
    for (int length = 1; length <= LONGEST_CODE; length++) {
        left = left * 2 - code->counts[length];
        if (left < 0)
            return false;
        offsets[length + 1] = (uint16_t)(offsets[length] + code->counts[length]);
    }
    for (size_t i = 0; i < count; i++) {
        if (lengths[i] != 0)
            code->symbols[offsets[lengths[i]]++] = (uint16_t)i;
    }
    return left == 0 || (!complete && used == code->counts[1]);
}

/* The next symbol, or -1. A code's bits come highest first. */
static int read_symbol(reader *in, const prefix_code *code)
{
    refill(in);
    uint64_t bits = in->bits;
    int value = 0, first = 0, index = 0;
    for (unsigned length = 1; length <= LONGEST_CODE; length++, bits >>= 1) {
        int count = code->counts[length];
        value = value * 2 + (int)(bits & 1);
        first *= 2;
        if (value - first < count) {
            if (length > in->count)
                break;
            drop(in, length);
            return code->symbols[index + value - first];
        }
        first += count;
        index += count;
    }
    fail(in, in->count < LONGEST_CODE ? TL_INFLATE_CUT : TL_INFLATE_BAD);
    return -1;
}

/* 3.2.5: the lengths and distances that the symbols stand for, with so many more bits to add. */
static const struct {
    uint16_t base;
    uint8_t bits;
} lengths_of[] = {{3, 0},   {4, 0},   {5, 0},   {6, 0},   {7, 0},  {8, 0},  {9, 0},  {10, 0},
                  {11, 1},  {13, 1},  {15, 1},  {17, 1},  {19, 2}, {23, 2}, {27, 2}, {31, 2},
                  {35, 3},  {43, 3},  {51, 3},  {59, 3},  {67, 4}, {83, 4}, {99, 4}, {115, 4},
                  {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}},
  distances_of[DISTANCES] = {{1, 0},     {2, 0},     {3, 0},      {4, 0},      {5, 1},
                             {7, 1},     {9, 2},     {13, 2},     {17, 3},     {25, 3},
                             {33, 4},    {49, 4},    {65, 5},     {97, 5},     {129, 6},
                             {193, 6},   {257, 7},   {385, 7},    {513, 8},    {769, 8},
                             {1025, 9},  {1537, 9},  {2049, 10},  {3073, 10},  {4097, 11},
                             {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13}};

/* Repeats what came `distance` bytes ago; a match may overlap what it makes. */
static bool repeat(reader *in, size_t length, size_t distance)
{
    char match[LONGEST_MATCH];
    if (distance > in->to->length - in->start)
        return fail(in, TL_INFLATE_BAD);
    const char *from = in->to->data + in->to->length - distance;
    for (size_t i = 0; i < length; i++)
        match[i] = i < distance ? from[i] : match[i - distance];
    return put(in, match, length);
}

static bool read_match(reader *in, int symbol, const prefix_code *distances)
{
    size_t i = (size_t)symbol - END_OF_BLOCK - 1;
    if (i >= sizeof lengths_of / sizeof *lengths_of)
        return fail(in, TL_INFLATE_BAD);
    size_t length = lengths_of[i].base + take(in, lengths_of[i].bits);
    symbol = read_symbol(in, distances);
    if (symbol < 0)
        return false;
    if (symbol >= DISTANCES)
        return fail(in, TL_INFLATE_BAD);
    size_t distance = distances_of[symbol].base + take(in, distances_of[symbol].bits);
    return in->status == TL_INFLATE_OK && repeat(in, length, distance);
}

static bool read_symbols(reader *in, const prefix_code *literals, const prefix_code *distances)
{
    char run[256]; /* of literals, to be appended in one go */
    size_t count = 0;
    for (;;) {
        int symbol = read_symbol(in, literals);
        if (symbol >= 0 && symbol < END_OF_BLOCK)
            run[count++] = (char)symbol;
        if (count == sizeof run || symbol < 0 || symbol >= END_OF_BLOCK) {
            if (!put(in, run, count))
                return false;
            count = 0;
        }
        if (symbol < 0 || symbol == END_OF_BLOCK)
            return symbol == END_OF_BLOCK;
        if (symbol > END_OF_BLOCK && !read_match(in, symbol, distances))
            return false;
    }
}

/* 3.2.4. What has been read ahead goes back: the bytes follow at the next boundary. */
static bool read_stored(reader *in)
{
    drop(in, in->count % 8);
    unsigned length = take(in, 16), complement = take(in, 16);
    if (in->status != TL_INFLATE_OK || (length ^ complement) != 0xFFFF)
        return fail(in, TL_INFLATE_BAD);
    in->at -= in->count / 8;
    in->bits = in->count = 0;
    size_t there = (size_t)(in->end - in->at), taken = length < there ? length : there;
    if (!put(in, (const char *)in->at, taken))
        return false;
    in->at += taken;
    return taken == length || fail(in, TL_INFLATE_CUT);
}

/* 3.2.6. */
static bool read_fixed(reader *in)
{
    prefix_code literals, distances;
    uint8_t lengths[LITERALS];
    for (int i = 0; i < LITERALS; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    make_code(&literals, lengths, LITERALS, true);
    memset(lengths, 5, DISTANCES + 2);
    make_code(&distances, lengths, DISTANCES + 2, true);
    return read_symbols(in, &literals, &distances);
}

/* 3.2.7: the lengths of the codes, which are themselves in a code. */
static bool read_lengths(reader *in, const prefix_code *code, uint8_t *lengths, size_t count)
{
    size_t done = 0;
    while (done < count) {
        int symbol = read_symbol(in, code);
        if (symbol < 0)
            return false;
        if (symbol < 16) {
            lengths[done++] = (uint8_t)symbol;
            continue;
        }
        if (symbol == 16 && done == 0)
            return fail(in, TL_INFLATE_BAD);
        uint8_t length = symbol == 16 ? lengths[done - 1] : 0;
        size_t times = symbol == 16   ? 3 + take(in, 2)
                       : symbol == 17 ? 3 + take(in, 3)
                                      : 11 + take(in, 7);
        if (times > count - done)
            return fail(in, TL_INFLATE_BAD);
        memset(lengths + done, length, times);
        done += times;
    }
    return in->status == TL_INFLATE_OK;
}

static bool read_dynamic(reader *in)
{
    static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
    prefix_code literals, distances;
    uint8_t lengths[LITERALS + DISTANCES + 2] = {0};
    size_t literal_count = 257 + take(in, 5), distance_count = 1 + take(in, 5);
    size_t order_count = 4 + take(in, 4);
    for (size_t i = 0; i < order_count; i++)
        lengths[order[i]] = (uint8_t)take(in, 3);
    if (in->status != TL_INFLATE_OK)
        return false;
    if (literal_count > LITERALS - 2 || distance_count > DISTANCES ||
        !make_code(&literals, lengths, LENGTH_CODES, true))
        return fail(in, TL_INFLATE_BAD);
    if (!read_lengths(in, &literals, lengths, literal_count + distance_count))
        return false;
    if (lengths[END_OF_BLOCK] == 0 || !make_code(&literals, lengths, literal_count, false) ||
        !make_code(&distances, lengths + literal_count, distance_count, false))
        return fail(in, TL_INFLATE_BAD);
    return read_symbols(in, &literals, &distances);
}

tl_inflate_status tl_inflate(const unsigned char **at, const unsigned char *end, tl_buffer *to)
{
    static bool (*const blocks[])(reader *) = {read_stored, read_fixed, read_dynamic};
    reader in = {.at = *at, .end = end, .to = to, .start = to->length};
    bool last = false, fine = true;
    while (fine && !last) {
        last = take(&in, 1);
        unsigned kind = take(&in, 2);
        fine =
            in.status == TL_INFLATE_OK &&
            (kind < sizeof blocks / sizeof *blocks ? blocks[kind](&in) : fail(&in, TL_INFLATE_BAD));
    }
    *at = in.at - in.count / 8;
    return in.status;
}
