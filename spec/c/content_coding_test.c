/* Packed bodies: whole ones, and what ends early, is damaged, is too large or has no room. */
#include "net/content_coding.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static const char text[] =
    "{\"id\":\"1\",\"name\":\"Approve\"},{\"id\":\"22\",\"name\":\"Approve\"},"
    "{\"id\":\"333\",\"name\":\"Approve it\"}";

/* The text in the three kinds of blocks of RFC 1951 3.2.3, as zlib makes them. */
static const unsigned char stored[] = {
    0x01, 0x59, 0x00, 0xa6, 0xff, 0x7b, 0x22, 0x69, 0x64, 0x22, 0x3a, 0x22, 0x31, 0x22, 0x2c, 0x22,
    0x6e, 0x61, 0x6d, 0x65, 0x22, 0x3a, 0x22, 0x41, 0x70, 0x70, 0x72, 0x6f, 0x76, 0x65, 0x22, 0x7d,
    0x2c, 0x7b, 0x22, 0x69, 0x64, 0x22, 0x3a, 0x22, 0x32, 0x32, 0x22, 0x2c, 0x22, 0x6e, 0x61, 0x6d,
    0x65, 0x22, 0x3a, 0x22, 0x41, 0x70, 0x70, 0x72, 0x6f, 0x76, 0x65, 0x22, 0x7d, 0x2c, 0x7b, 0x22,
    0x69, 0x64, 0x22, 0x3a, 0x22, 0x33, 0x33, 0x33, 0x22, 0x2c, 0x22, 0x6e, 0x61, 0x6d, 0x65, 0x22,
    0x3a, 0x22, 0x41, 0x70, 0x70, 0x72, 0x6f, 0x76, 0x65, 0x20, 0x69, 0x74, 0x22, 0x7d};
static const unsigned char fixed[] = {
    0xab, 0x56, 0xca, 0x4c, 0x51, 0xb2, 0x52, 0x32, 0x54, 0xd2, 0x51, 0xca, 0x4b, 0xcc, 0x4d,
    0x05, 0x32, 0x1d, 0x0b, 0x0a, 0x8a, 0xf2, 0xcb, 0x52, 0x95, 0x6a, 0x75, 0xaa, 0x21, 0x72,
    0x46, 0x46, 0x78, 0x24, 0x8d, 0x8d, 0x8d, 0x31, 0x64, 0x15, 0x32, 0x4b, 0x94, 0x6a, 0x01};
static const unsigned char dynamic[] = {
    0x05, 0xc1, 0x21, 0x0e, 0xc0, 0x20, 0x0c, 0x40, 0xd1, 0xab, 0x2c, 0x5f, 0xd7, 0x0c, 0x5c,
    0x1d, 0x47, 0x21, 0xa1, 0xa2, 0x02, 0x68, 0xc8, 0x82, 0x21, 0xdc, 0x7d, 0xef, 0x1d, 0xbc,
    0xa1, 0xbc, 0x08, 0xa3, 0x76, 0x43, 0x29, 0x11, 0x6b, 0x6e, 0xe3, 0xca, 0xc1, 0x1b, 0x4a,
    0x4a, 0x08, 0xa3, 0x76, 0x43, 0x29, 0x11, 0x6b, 0x6e, 0xe3, 0xca, 0xc1, 0x1b, 0x4a, 0xce,
    0x19, 0x61, 0xd4, 0x6e, 0x28, 0x25, 0x62, 0xcd, 0x6d, 0x8f, 0x7f, 0xdc, 0x1f};

/* What stands before and after them. */
#define GZIP_END "\x3f\x74\x49\x3e\x59\0\0\0"
static const struct wrapping {
    const char *coding;
    const char *head;
    size_t head_length;
    const char *tail;
    size_t tail_length;
} wrappings[] = {
    {"gzip", "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10, GZIP_END, 8},
    /* with an extra field, a name, a comment and a sum of the header */
    {"x-gzip", "\x1f\x8b\x08\x1e\0\0\0\0\0\xff\x02\0ABname\0words\0\x85\x5c", 27, GZIP_END, 8},
    {"deflate", "\x78\x9c", 2, "\x86\x38\x1a\x5d", 4},
};

static const struct block {
    const unsigned char *bytes;
    size_t length;
} blocks[] = {{stored, sizeof stored}, {fixed, sizeof fixed}, {dynamic, sizeof dynamic}};

static void pack(tl_buffer *body, const struct wrapping *wrapping, const struct block *block)
{
    tl_buffer_append(body, wrapping->head, wrapping->head_length);
    tl_buffer_append(body, (const char *)block->bytes, block->length);
    tl_buffer_append(body, wrapping->tail, wrapping->tail_length);
}

/* Unpacks a body of the coding. */
static tl_coding_status unpack(const tl_allocator *allocator, const char *coding, tl_buffer *body)
{
    tl_buffer headers;
    tl_buffer_init(&headers, allocator, SIZE_MAX);
    tl_buffer_append_text(&headers, "HTTP/1.1 200 OK\r\nContent-Encoding: ");
    tl_buffer_append_text(&headers, coding);
    tl_buffer_append_text(&headers, "\r\n\r\n");
    tl_coding_status status = tl_content_decode(&headers, body);
    tl_buffer_free(&headers);
    return status;
}

typedef void examiner(const tl_allocator *allocator, const struct wrapping *wrapping,
                      const tl_buffer *packed);

/* Examines each kind of block in each wrapping. */
static void for_all(examiner *examine)
{
    test_memory memory = {0};
    const tl_allocator allocator = test_allocator(&memory);
    for (size_t w = 0; w < COUNT(wrappings); w++) {
        for (size_t b = 0; b < COUNT(blocks); b++) {
            tl_buffer packed;
            tl_buffer_init(&packed, &allocator, SIZE_MAX);
            pack(&packed, &wrappings[w], &blocks[b]);
            examine(&allocator, &wrappings[w], &packed);
            tl_buffer_free(&packed);
        }
    }
    assert_int_equal(memory.live, 0);
    assert_int_equal(memory.lies, 0);
}

static void check_whole(const tl_allocator *allocator, const struct wrapping *wrapping,
                        const tl_buffer *packed)
{
    tl_buffer body;
    tl_buffer_init(&body, allocator, 1000);
    tl_buffer_append(&body, packed->data, packed->length);
    assert_int_equal(unpack(allocator, wrapping->coding, &body), TL_CODING_OK);
    assert_string_equal(tl_buffer_text(&body), text);
    assert_int_equal(body.limit, 1000);
    tl_buffer_free(&body);
}

static void what_is_whole_is_read(void **state)
{
    (void)state;
    for_all(check_whole);
}

static void check_cut(const tl_allocator *allocator, const struct wrapping *wrapping,
                      const tl_buffer *packed)
{
    for (size_t length = 1; length < packed->length; length++) {
        tl_buffer body;
        tl_buffer_init(&body, allocator, 1000);
        char *exact = malloc(length); /* so that a look beyond the end is seen */
        memcpy(exact, packed->data, length);
        tl_buffer_append(&body, exact, length);
        tl_coding_status status = unpack(allocator, wrapping->coding, &body);
        if (status != TL_CODING_CUT)
            fail_msg("%s: %zu of %zu bytes: %d", wrapping->coding, length, packed->length, status);
        assert_int_equal(body.length, length);
        assert_memory_equal(body.data, exact, length);
        free(exact);
        tl_buffer_free(&body);
    }
}

static void what_ends_early_is_seen_at_each_byte(void **state)
{
    (void)state;
    for_all(check_cut);
}

static void check_damage(const tl_allocator *allocator, const struct wrapping *wrapping,
                         const tl_buffer *packed)
{
    for (size_t bit = 0; bit < packed->length * 8; bit++) {
        tl_buffer body;
        tl_buffer_init(&body, allocator, 1000);
        tl_buffer_append(&body, packed->data, packed->length);
        body.data[bit / 8] = (char)(body.data[bit / 8] ^ (1 << bit % 8));
        /* A date or a name in the header may be another one. */
        if (unpack(allocator, wrapping->coding, &body) == TL_CODING_OK)
            assert_string_equal(tl_buffer_text(&body), text);
        tl_buffer_free(&body);
    }
}

static void what_is_damaged_is_never_taken_for_whole(void **state)
{
    (void)state;
    for_all(check_damage);
}

static void check_cap(const tl_allocator *allocator, const struct wrapping *wrapping,
                      const tl_buffer *packed)
{
    for (size_t room = sizeof text - 2; room <= sizeof text - 1; room++) {
        tl_buffer body;
        tl_buffer_init(&body, allocator, SIZE_MAX);
        tl_buffer_append(&body, packed->data, packed->length);
        body.limit = room;
        assert_int_equal(unpack(allocator, wrapping->coding, &body),
                         room < sizeof text - 1 ? TL_CODING_FULL : TL_CODING_OK);
        tl_buffer_free(&body);
    }
}

static void the_cap_is_on_what_was_unpacked(void **state)
{
    (void)state;
    for_all(check_cap);
}

static void members_follow_each_other(void **state)
{
    (void)state;
    test_memory memory = {0};
    const tl_allocator allocator = test_allocator(&memory);
    tl_buffer body;
    tl_buffer_init(&body, &allocator, 1000);
    pack(&body, &wrappings[0], &blocks[1]);
    pack(&body, &wrappings[1], &blocks[2]);
    assert_int_equal(unpack(&allocator, "gzip", &body), TL_CODING_OK);
    assert_int_equal(body.length, 2 * (sizeof text - 1));
    assert_memory_equal(body.data + sizeof text - 1, text, sizeof text);
    tl_buffer_free(&body);
    pack(&body, &wrappings[0], &blocks[1]);
    tl_buffer_append_text(&body, "what is no member");
    assert_int_equal(unpack(&allocator, "gzip", &body), TL_CODING_BAD);
    tl_buffer_free(&body);
    assert_int_equal(memory.live, 0);
}

static void want_of_memory_is_told(void **state)
{
    (void)state;
    test_memory memory = {0};
    const tl_allocator allocator = test_allocator(&memory);
    tl_buffer headers, body;
    tl_buffer_init_secret(&headers, &allocator, SIZE_MAX);
    tl_buffer_append_text(&headers, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
    tl_buffer_init_secret(&body, &allocator, SIZE_MAX);
    pack(&body, &wrappings[0], &blocks[2]);
    memory.fail_at = memory.asked + 1;
    memory.fail_after = true;
    assert_int_equal(tl_content_decode(&headers, &body), TL_CODING_MEMORY);
    memory.fail_at = 0;
    assert_int_equal(tl_content_decode(&headers, &body), TL_CODING_OK);
    assert_string_equal(tl_buffer_text(&body), text);
    assert_true(body.secret);
    tl_buffer_free(&headers);
    tl_buffer_free(&body);
    assert_int_equal(memory.unwiped, 0);
    assert_int_equal(memory.live, 0);
}

static const struct naming {
    const char *coding;
    tl_coding_status status;
    bool packed;
} namings[] = {
    {"GZip", TL_CODING_OK, true},
    {" gzip , identity", TL_CODING_OK, true},
    {"", TL_CODING_OK, false},
    {"identity", TL_CODING_OK, false},
    {"br", TL_CODING_BAD, false},
    {"gzip, gzip", TL_CODING_BAD, true},
    {"gzip\r\nContent-Encoding: br", TL_CODING_BAD, true},
    {"gzip", TL_CODING_BAD, false},
};

static void a_coding_goes_by_its_name(void **state)
{
    (void)state;
    test_memory memory = {0};
    const tl_allocator allocator = test_allocator(&memory);
    for (size_t i = 0; i < COUNT(namings); i++) {
        tl_buffer body;
        tl_buffer_init(&body, &allocator, 1000);
        assert_int_equal(unpack(&allocator, namings[i].coding, &body), TL_CODING_OK); /* empty */
        if (namings[i].packed)
            pack(&body, &wrappings[0], &blocks[0]);
        else
            tl_buffer_append_text(&body, text);
        if (unpack(&allocator, namings[i].coding, &body) != namings[i].status)
            fail_msg("%s", namings[i].coding);
        if (namings[i].status == TL_CODING_OK)
            assert_string_equal(tl_buffer_text(&body), text);
        tl_buffer_free(&body);
    }
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_whole_is_read),
        cmocka_unit_test(what_ends_early_is_seen_at_each_byte),
        cmocka_unit_test(what_is_damaged_is_never_taken_for_whole),
        cmocka_unit_test(the_cap_is_on_what_was_unpacked),
        cmocka_unit_test(members_follow_each_other),
        cmocka_unit_test(want_of_memory_is_told),
        cmocka_unit_test(a_coding_goes_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
