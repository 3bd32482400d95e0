#include "net/content_coding.h"

#include "base/header_block.h"
#include "base/system.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

/* zlib gives memory back without its size, so that each block of its own begins with that. */
typedef union block {
    size_t size;
    max_align_t aligned;
} block;

static void *allocate(void *context, unsigned count, unsigned size)
{
    const tl_allocator *allocator = context;
    size_t whole = sizeof(block) + (size_t)count * size;
    block *made = tl_allocator_new(allocator, whole);
    if (!made)
        return NULL;
    made->size = whole;
    return made + 1;
}

/* zlib keeps the last 32 KiB that it has unpacked, which may hold a token: so it is wiped. */
static void release(void *context, void *bytes)
{
    block *made = (block *)bytes - 1;
    size_t whole = made->size;
    tl_wipe(made, whole);
    tl_allocator_free(context, made, whole);
}

static tl_coding_status status_of(int code, const z_stream *stream)
{
    if (code == Z_MEM_ERROR)
        return TL_CODING_MEMORY;
    bool wants_more = (code == Z_OK || code == Z_BUF_ERROR) && stream->avail_in == 0;
    return wants_more ? TL_CODING_CUT : TL_CODING_BAD;
}

static tl_coding_status append(tl_buffer *to, const char *bytes, size_t count)
{
    switch (tl_buffer_append(to, bytes, count)) {
    case TL_BUFFER_OK:
        return TL_CODING_OK;
    case TL_BUFFER_FULL:
        return TL_CODING_FULL;
    default:
        return TL_CODING_MEMORY;
    }
}

/* One gzip member (RFC 1952 2.2) or zlib stream (RFC 1950), to its end and with its checksum. */
static tl_coding_status read_member(z_stream *stream, tl_buffer *to)
{
    char chunk[16 * 1024];
    tl_coding_status status = TL_CODING_OK;
    int code = Z_OK;
    while (status == TL_CODING_OK && code != Z_STREAM_END) {
        stream->next_out = (unsigned char *)chunk;
        stream->avail_out = sizeof chunk;
        code = inflate(stream, Z_NO_FLUSH);
        size_t made = sizeof chunk - stream->avail_out;
        if (made > 0)
            status = append(to, chunk, made);
        else if (code != Z_STREAM_END)
            status = status_of(code, stream);
    }
    tl_wipe(chunk, sizeof chunk);
    return status;
}

/* The codings of RFC 9110 8.4.1. Only gzip is asked for, but some servers send deflate all the
 * same. `window` is zlib's number for the largest window, and 16 more for a gzip header around the
 * data. */
static const struct coding {
    const char *name;
    int window;
    bool many; /* members may follow each other */
} codings[] = {{"gzip", 15 + 16, true}, {"x-gzip", 15 + 16, true}, {"deflate", 15, false}};

static tl_coding_status read_all(const struct coding *coding, const tl_buffer *body, tl_buffer *to)
{
    /* zlib counts with an unsigned int. Only a caller who has raised the cap gets such a body. */
    if (body->length > UINT_MAX)
        return TL_CODING_FULL;
    z_stream stream = {.zalloc = allocate, .zfree = release, .opaque = (void *)body->allocator};
    if (inflateInit2(&stream, coding->window) != Z_OK)
        return TL_CODING_MEMORY;
    stream.next_in = (unsigned char *)body->data;
    stream.avail_in = (unsigned)body->length;
    tl_coding_status status = read_member(&stream, to);
    while (status == TL_CODING_OK && stream.avail_in > 0)
        status = coding->many && inflateReset(&stream) == Z_OK ? read_member(&stream, to)
                                                               : TL_CODING_BAD;
    inflateEnd(&stream);
    return status;
}

static const struct coding *find_coding(tl_span name)
{
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        if (tl_span_is(name, codings[i].name))
            return &codings[i];
    }
    return NULL;
}

/* False for a coding that is unknown, and for more than one; `found` stays NULL without any. */
static bool read_codings(const tl_buffer *headers, const struct coding **found)
{
    tl_span rest = {headers->data, headers->length}, value;
    while (tl_header_block_next_of(&rest, "Content-Encoding", &value)) {
        while (value.length > 0) {
            tl_span one = tl_span_trim(tl_span_cut(value, ',', &value));
            if (one.length == 0 || tl_span_is(one, "identity"))
                continue;
            if (*found || !(*found = find_coding(one)))
                return false;
        }
    }
    return true;
}

tl_coding_status tl_content_decode(const tl_buffer *headers, tl_buffer *body)
{
    const struct coding *coding = NULL;
    if (body->length == 0)
        return TL_CODING_OK;
    if (!read_codings(headers, &coding))
        return TL_CODING_BAD;
    if (!coding)
        return TL_CODING_OK;
    tl_buffer made = {.allocator = body->allocator, .limit = body->limit, .secret = body->secret};
    tl_coding_status status = read_all(coding, body, &made);
    tl_buffer *useless = status == TL_CODING_OK ? body : &made;
    tl_buffer_free(useless);
    if (status == TL_CODING_OK)
        *body = made;
    return status;
}
