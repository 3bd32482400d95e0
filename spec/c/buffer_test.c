#include "base/buffer.h"
#include "test.h"

#include <string.h>

static void an_empty_buffer_is_empty_text(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    tl_buffer buffer;
    tl_buffer_init(&buffer, &allocator, 10);
    assert_string_equal(tl_buffer_text(&buffer), "");
    assert_int_equal(tl_buffer_append(&buffer, NULL, 0), TL_BUFFER_OK);
    assert_string_equal(tl_buffer_text(&buffer), "");
    tl_buffer_free(&buffer);
    assert_int_equal(memory.live, 0);
}

static void the_cap_is_kept_to_the_byte(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    tl_buffer buffer;
    tl_buffer_init(&buffer, &allocator, 10);
    assert_int_equal(tl_buffer_append_text(&buffer, "0123456"), TL_BUFFER_OK);
    assert_int_equal(tl_buffer_append_text(&buffer, "789X"), TL_BUFFER_FULL);
    assert_string_equal(tl_buffer_text(&buffer), "0123456");
    assert_int_equal(tl_buffer_append_text(&buffer, "789"), TL_BUFFER_OK);
    assert_int_equal(tl_buffer_append_text(&buffer, ""), TL_BUFFER_OK);
    assert_int_equal(tl_buffer_append_text(&buffer, "X"), TL_BUFFER_FULL);
    assert_int_equal(tl_buffer_append(&buffer, "X", SIZE_MAX), TL_BUFFER_FULL);
    assert_string_equal(tl_buffer_text(&buffer), "0123456789");
    assert_int_equal(buffer.length, 10);
    tl_buffer_free(&buffer);
    assert_int_equal(memory.live, 0);
}

static void growth_keeps_the_content(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    for (int secret = 0; secret < 2; secret++) {
        tl_buffer buffer;
        (secret ? tl_buffer_init_secret : tl_buffer_init)(&buffer, &allocator, SIZE_MAX);
        for (size_t i = 0; i < 3000; i++) {
            char bytes[2] = {(char)(i % 251), '\0'}; /* NULs are content like any other */
            assert_int_equal(tl_buffer_append(&buffer, bytes, 2), TL_BUFFER_OK);
        }
        assert_int_equal(buffer.length, 6000);
        for (size_t i = 0; i < 3000; i++)
            assert_int_equal((unsigned char)buffer.data[2 * i], i % 251);
        assert_int_equal(buffer.data[6000], '\0');
        tl_buffer_free(&buffer);
    }
    assert_int_equal(memory.live, 0);
    assert_int_equal(memory.lies, 0);
}

static void fill(tl_buffer *buffer)
{
    for (int i = 0; i < 200; i++)
        assert_int_equal(tl_buffer_append_text(buffer, "a secret. "), TL_BUFFER_OK);
}

static void a_secret_leaves_nothing_behind(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    tl_buffer buffer;
    tl_buffer_init_secret(&buffer, &allocator, SIZE_MAX);
    fill(&buffer);
    tl_buffer_clear(&buffer);
    for (size_t i = 0; i < buffer.capacity; i++)
        assert_int_equal(buffer.data[i], '\0');
    fill(&buffer);
    tl_buffer_free(&buffer);
    assert_int_equal(memory.live, 0);
    assert_int_equal(memory.unwiped, 0);
}

static void what_is_dropped_from_a_secret_is_wiped(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    tl_buffer buffer;
    tl_buffer_init_secret(&buffer, &allocator, SIZE_MAX);
    tl_buffer_truncate(&buffer, 5); /* it has nothing to drop */
    fill(&buffer);
    tl_buffer_truncate(&buffer, 5000);
    assert_int_equal(buffer.length, 2000);
    tl_buffer_truncate(&buffer, 8);
    assert_string_equal(tl_buffer_text(&buffer), "a secret");
    for (size_t i = 8; i < buffer.capacity; i++)
        assert_int_equal(buffer.data[i], '\0');
    tl_buffer_free(&buffer);
}

/* Without this, the test above could pass because the allocator sees nothing. */
static void what_is_no_secret_is_not_wiped(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    tl_buffer buffer;
    tl_buffer_init(&buffer, &allocator, SIZE_MAX);
    fill(&buffer);
    tl_buffer_free(&buffer);
    assert_true(memory.unwiped > 0);
}

static void lack_of_memory_leaves_the_content(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    char much[1000];
    memset(much, 'x', sizeof much);
    for (int secret = 0; secret < 2; secret++) {
        tl_buffer buffer;
        (secret ? tl_buffer_init_secret : tl_buffer_init)(&buffer, &allocator, SIZE_MAX);
        memory.fail_at = memory.asked + 1;
        assert_int_equal(tl_buffer_append_text(&buffer, "kept"), TL_BUFFER_MEMORY);
        assert_string_equal(tl_buffer_text(&buffer), "");
        assert_int_equal(tl_buffer_append_text(&buffer, "kept"), TL_BUFFER_OK);
        memory.fail_at = memory.asked + 1;
        assert_int_equal(tl_buffer_append(&buffer, much, sizeof much), TL_BUFFER_MEMORY);
        assert_string_equal(tl_buffer_text(&buffer), "kept");
        assert_int_equal(tl_buffer_append(&buffer, much, sizeof much), TL_BUFFER_OK);
        assert_int_equal(buffer.length, 4 + sizeof much);
        tl_buffer_free(&buffer);
    }
    assert_int_equal(memory.live, 0);
}

static void what_is_expected_takes_one_allocation(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    tl_buffer buffer;
    tl_buffer_init(&buffer, &allocator, 100000);
    tl_buffer_expect(&buffer, 100001); /* beyond the cap: not believed */
    assert_int_equal(memory.asked, 0);
    memory.fail_at = 1;
    tl_buffer_expect(&buffer, 50000); /* no memory: no harm */
    tl_buffer_expect(&buffer, 50000);
    assert_string_equal(tl_buffer_text(&buffer), "");
    assert_int_equal(memory.asked, 2);
    for (size_t i = 0; i < 50000; i++)
        assert_int_equal(tl_buffer_append_text(&buffer, "x"), TL_BUFFER_OK);
    assert_int_equal(memory.asked, 2);
    assert_int_equal(tl_buffer_append_text(&buffer, "more"), TL_BUFFER_OK);
    assert_int_equal(buffer.length, 50004);
    tl_buffer_free(&buffer);
    assert_int_equal(memory.live, 0);
}

static void a_freed_buffer_is_usable(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    tl_buffer buffer;
    tl_buffer_init_secret(&buffer, &allocator, 5);
    assert_int_equal(tl_buffer_append_text(&buffer, "first"), TL_BUFFER_OK);
    tl_buffer_free(&buffer);
    assert_string_equal(tl_buffer_text(&buffer), "");
    assert_int_equal(tl_buffer_append_text(&buffer, "again"), TL_BUFFER_OK);
    assert_int_equal(tl_buffer_append_text(&buffer, "!"), TL_BUFFER_FULL);
    tl_buffer_free(&buffer);
    tl_buffer_free(&buffer);
    assert_int_equal(memory.live, 0);
    assert_int_equal(memory.unwiped, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_is_empty_text),
        cmocka_unit_test(the_cap_is_kept_to_the_byte),
        cmocka_unit_test(growth_keeps_the_content),
        cmocka_unit_test(a_secret_leaves_nothing_behind),
        cmocka_unit_test(what_is_dropped_from_a_secret_is_wiped),
        cmocka_unit_test(what_is_no_secret_is_not_wiped),
        cmocka_unit_test(lack_of_memory_leaves_the_content),
        cmocka_unit_test(what_is_expected_takes_one_allocation),
        cmocka_unit_test(a_freed_buffer_is_usable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
