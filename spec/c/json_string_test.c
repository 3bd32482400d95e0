#include "test.h"
#include "json/string.h"
#include "json/utf8.h"

#include <string.h>

/* Every code point, and every sequence of bytes that might be taken for one. */
static void utf8_is_what_rfc_3629_says(void **state)
{
    (void)state;
    for (uint32_t code = 0x80; code <= 0x10FFFF; code++) {
        char bytes[TL_UTF8_LONGEST];
        size_t length = tl_utf8_write(bytes, code);
        bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        assert_int_equal(tl_utf8_length(bytes, bytes + length), surrogate ? 0 : length);
        assert_int_equal(tl_utf8_length(bytes, bytes + length - 1), 0);
    }
    static const char *const wrong[] = {
        "\x80",
        "\xBF",
        "\xC0\xAF",
        "\xC1\xBF",
        "\xC2",
        "\xC2\x7F",
        "\xC2\xC0",
        "\xE0\x9F\xBF",
        "\xE2\x82",
        "\xE2\x82\x7F",
        "\xED\xA0\x80",
        "\xF0\x9F\x98",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xF0\x9F\x98\x7F",
        "\xFE",
        "\xFF",
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(tl_utf8_length(wrong[i], wrong[i] + strlen(wrong[i])), 0);
}

static void controls_are_not_shown(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t shown;
    } rows[] = {
        {"a", 1},        {" b", 1},       {"~", 1},        {"\x7F", 0},
        {"\n", 0},       {"\xC2\x80", 0}, {"\xC2\x9F", 0}, {"\xC2\xA0", 2},
        {"\xC3\x80", 2}, {"\x80", 0},     {"\xC2", 0},     {"\xE2\x82\xAC", 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *text = rows[i].text;
        assert_int_equal(tl_utf8_shown(text, text + strlen(text)), rows[i].shown);
    }
    assert_int_equal(tl_utf8_shown("", ""), 0);
}

static void the_end_of_a_string_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int end; /* -1: none */
        bool escaped;
    } rows[] = {
        {"\"", 0, false},      {"a\"b", 1, false},       {"\\\"\"", 2, true},   {"\\\\\"", 2, true},
        {"", -1, false},       {"a", -1, false},         {"\\", -1, true},      {"\\\"", -1, true},
        {"a\nb\"", -1, false}, {"\xC3\xA9\"", 2, false}, {"\xC3\"", -1, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bool escaped;
        const char *text = rows[i].text, *problem = NULL, *where = NULL;
        const char *end = tl_json_string_end(text, text + strlen(text), &escaped, &problem, &where);
        assert_int_equal(end ? end - text : -1, rows[i].end);
        assert_int_equal(escaped, rows[i].escaped);
        assert_int_equal(problem == NULL, end != NULL);
    }
}

static void escapes_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *meant; /* NULL: refused */
    } rows[] = {
        {"abc", "abc"},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
        {"\\u0041\\u00e9\\u20AC", "A\xC3\xA9\xE2\x82\xAC"},
        {"\\ud83d\\ude00", "\xF0\x9F\x98\x80"},
        {"\\x", NULL},
        {"\\u", NULL},
        {"\\u12", NULL},
        {"\\u12g4", NULL},
        {"\\ud800", NULL},
        {"\\udc00", NULL},
        {"\\ud800\\ud800", NULL},
        {"\\ud800\\n1234", NULL},
        {"\\ud800\\u12", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[64];
        const char *text = rows[i].text, *problem = NULL, *where = NULL;
        size_t length = tl_json_unescape(text, text + strlen(text), out, &problem, &where);
        assert_int_equal(problem == NULL, rows[i].meant != NULL);
        if (rows[i].meant) {
            assert_int_equal(length, strlen(rows[i].meant));
            assert_memory_equal(out, rows[i].meant, length);
        } else {
            assert_ptr_equal(where, text);
        }
    }
}

static void every_byte_is_written_so_that_it_comes_back(void **state)
{
    (void)state;
    for (int byte = 0; byte < 0x80; byte++) {
        char text[3] = {'a', (char)byte, 'b'}, out[16] = "", back[16];
        size_t length;
        const char *problem, *where;
        bool escaped;
        assert_true(tl_json_escaped_length(text, sizeof text, &length));
        tl_json_escape(text, sizeof text, out);
        assert_int_equal(out[length - 1], 'b');
        out[length] = '"';
        assert_ptr_equal(tl_json_string_end(out, out + length + 1, &escaped, &problem, &where),
                         out + length);
        assert_int_equal(escaped, length != sizeof text);
        assert_int_equal(tl_json_unescape(out, out + length, back, &problem, &where), sizeof text);
        assert_memory_equal(back, text, sizeof text);
    }
    size_t length;
    assert_true(tl_json_escaped_length("/\x7F\xC3\xA9", 4, &length));
    assert_int_equal(length, 4);
    assert_false(tl_json_escaped_length("a\xC3", 2, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_what_rfc_3629_says),
        cmocka_unit_test(controls_are_not_shown),
        cmocka_unit_test(the_end_of_a_string_is_found),
        cmocka_unit_test(escapes_are_read),
        cmocka_unit_test(every_byte_is_written_so_that_it_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
