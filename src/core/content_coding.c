#include "content_coding.h"

#include "header_block.h"

#include <stdint.h>

static uint32_t little_endian(const unsigned char *at, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint32_t)at[i] << (8 * i);
    return value;
}

/* RFC 1952 8: four bits at a time. */
static uint32_t crc32(const char *bytes, size_t count)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                       0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                       0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t sum = 0xFFFFFFFF;
    for (size_t i = 0; i < count; i++) {
        sum ^= (unsigned char)bytes[i];
        sum = table[sum & 15] ^ (sum >> 4);
        sum = table[sum & 15] ^ (sum >> 4);
    }
    return ~sum;
}

/* RFC 1950 8.2, which is written highest byte first. */
static uint32_t adler32(const char *bytes, size_t count)
{
    uint32_t low = 1, high = 0;
    for (size_t i = 0; i < count; i++) {
        low = (low + (unsigned char)bytes[i]) % 65521;
        high = (high + low) % 65521;
    }
    return high << 16 | low;
}

/* RFC 1952 2.3: a header with parts that its flags announce. False when it is cut. */
static bool skip_gzip_header(const unsigned char **at, const unsigned char *end)
{
    enum { CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16, FIXED_PART = 10 };
    const unsigned char *next = *at + FIXED_PART;
    int flags = (*at)[3];
    if (flags & EXTRA) {
        if (end - next < 2 || end - next - 2 < (ptrdiff_t)little_endian(next, 2))
            return false;
        next += 2 + little_endian(next, 2);
    }
    for (int text = NAME; text <= COMMENT; text *= 2) { /* each ends in a NUL */
        if (!(flags & text))
            continue;
        while (next < end && *next)
            next++;
        if (next++ == end)
            return false;
    }
    next += flags & CRC ? 2 : 0;
    *at = next;
    return next <= end;
}

static tl_inflate_status read_member(const unsigned char **at, const unsigned char *end,
                                     tl_buffer *to)
{
    size_t start = to->length;
    if (end - *at < 10)
        return TL_INFLATE_CUT;
    if ((*at)[0] != 0x1f || (*at)[1] != 0x8b || (*at)[2] != 8 || (*at)[3] & 0xe0)
        return TL_INFLATE_BAD;
    if (!skip_gzip_header(at, end))
        return TL_INFLATE_CUT;
    tl_inflate_status status = tl_inflate(at, end, to);
    if (status != TL_INFLATE_OK)
        return status;
    if (end - *at < 8)
        return TL_INFLATE_CUT;
    const char *made = tl_buffer_text(to) + start;
    bool fits = little_endian(*at, 4) == crc32(made, to->length - start) &&
                little_endian(*at + 4, 4) == (uint32_t)(to->length - start);
    *at += 8;
    return fits ? TL_INFLATE_OK : TL_INFLATE_BAD;
}

/* Members may follow each other. The last four bytes say how long the last one is; a lie can't make
 * room for more than the most that the format packs into a byte. */
static tl_inflate_status read_gzip(const unsigned char *at, const unsigned char *end, tl_buffer *to)
{
    enum { MOST_FOR_A_BYTE = 1032 };
    tl_inflate_status status = TL_INFLATE_CUT;
    size_t length = (size_t)(end - at);
    if (length > 4 && little_endian(end - 4, 4) / MOST_FOR_A_BYTE <= length)
        tl_buffer_expect(to, little_endian(end - 4, 4));
    do
        status = read_member(&at, end, to);
    while (status == TL_INFLATE_OK && at < end);
    return status;
}

/* RFC 1950 2.2. */
static tl_inflate_status read_zlib(const unsigned char *at, const unsigned char *end, tl_buffer *to)
{
    if (end - at < 2)
        return TL_INFLATE_CUT;
    if ((at[0] & 15) != 8 || (at[0] << 8 | at[1]) % 31 != 0 || at[1] & 32)
        return TL_INFLATE_BAD;
    at += 2;
    tl_inflate_status status = tl_inflate(&at, end, to);
    if (status != TL_INFLATE_OK)
        return status;
    if (end - at < 4)
        return TL_INFLATE_CUT;
    uint32_t sum = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return sum == adler32(tl_buffer_text(to), to->length) && end - at == 4 ? TL_INFLATE_OK
                                                                           : TL_INFLATE_BAD;
}

typedef tl_inflate_status (*decoder)(const unsigned char *at, const unsigned char *end,
                                     tl_buffer *to);

/* RFC 9110 8.4.1. A server may send what nobody asked for, so "deflate" is read, too. */
static decoder find_decoder(tl_span coding)
{
    if (tl_span_is(coding, "gzip") || tl_span_is(coding, "x-gzip"))
        return read_gzip;
    return tl_span_is(coding, "deflate") ? read_zlib : NULL;
}

/* False when there is no such decoder, or more than one coding; `found` stays NULL without any. */
static bool read_codings(const tl_buffer *headers, decoder *found)
{
    tl_span rest = {headers->data, headers->length}, name, value;
    while (tl_header_block_next(&rest, &name, &value)) {
        while (tl_span_is(name, "Content-Encoding") && value.length > 0) {
            tl_span coding = tl_span_trim(tl_span_cut(value, ',', &value));
            if (coding.length == 0 || tl_span_is(coding, "identity"))
                continue;
            if (*found || !(*found = find_decoder(coding)))
                return false;
        }
    }
    return true;
}

tl_inflate_status tl_content_decode(const tl_buffer *headers, tl_buffer *body)
{
    decoder decode = NULL;
    if (body->length == 0)
        return TL_INFLATE_OK;
    if (!read_codings(headers, &decode))
        return TL_INFLATE_BAD;
    if (!decode)
        return TL_INFLATE_OK;
    tl_buffer made = {.allocator = body->allocator, .limit = body->limit, .secret = body->secret};
    const unsigned char *at = (const unsigned char *)body->data;
    tl_inflate_status status = decode(at, at + body->length, &made);
    tl_buffer *useless = status == TL_INFLATE_OK ? body : &made;
    tl_buffer_free(useless);
    if (status == TL_INFLATE_OK)
        *body = made;
    return status;
}
