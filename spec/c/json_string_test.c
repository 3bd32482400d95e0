#include "test.h"
#include "json/string.h"
#include "json/utf8.h"

#include <stdlib.h>
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

/* A piece that lies in an otherwise plain string, and what comes of that string. */
static const struct piece {
    const char *text;
    const char *meant;   /* NULL: the string ends or is wrong at the piece */
    const char *problem; /* NULL: it ends there */
} pieces[] = {
    {"~", "~", NULL},
    {"\x7F", "\x7F", NULL},
    {"\xC3\xA9", "\xC3\xA9", NULL},
    {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80", NULL},
    {"\\n", "\n", NULL},
    {"\\\"", "\"", NULL},
    {"\\u20AC", "\xE2\x82\xAC", NULL},
    {"\"", NULL, NULL},
    {"\x1F", NULL, "a control character in a string"},
    {"\x80", NULL, "no UTF-8"},
    {"\xC3", NULL, "no UTF-8"},
};

/* The piece is at `place`, the text's NUL at `end`. */
static void expect_piece(const char *text, const char *place, const char *end,
                         const struct piece *p)
{
    bool escaped;
    const char *problem = NULL, *where = NULL;
    const char *last = tl_json_string_end(text, end, &escaped, &problem, &where);
    assert_ptr_equal(last, p->problem ? NULL : p->meant ? end - 1 : place);
    if (p->problem) {
        assert_string_equal(problem, p->problem);
        assert_ptr_equal(where, place);
        return;
    }
    assert_int_equal(escaped, *place == '\\');
    if (!p->meant)
        return;
    size_t room = (size_t)(last - text), front = (size_t)(place - text), meant = strlen(p->meant);
    char *out = malloc(room); /* no byte more, so that the sanitizer sees one */
    size_t written = tl_json_unescape(text, last, out, &problem, &where);
    assert_null(problem);
    assert_int_equal(written, room - strlen(p->text) + meant);
    assert_memory_equal(out, text, front);
    assert_memory_equal(out + front, p->meant, meant);
    assert_memory_equal(out + front + meant, place + strlen(p->text), written - front - meant);
    free(out);
}

/* Strings are read in blocks: of each length, with each piece at each place, and at each distance
 * from where memory is aligned. Nothing but the NUL follows the closing quote, so that the
 * sanitizer sees a byte that is read beyond it. */
static void no_block_hides_what_is_in_it(void **state)
{
    (void)state;
    for (size_t length = 0; length <= 70; length++) {
        for (size_t distance = 0; distance < 16; distance++) {
            for (size_t i = 0; i < COUNT(pieces); i++) {
                size_t size = strlen(pieces[i].text), whole = length + size;
                char *memory = malloc(distance + whole + 2), *text = memory + distance;
                for (size_t place = 0; place <= length; place++) {
                    for (size_t at = 0; at < whole; at++)
                        text[at] = (char)('a' + at % 26);
                    memcpy(text + whole, "\"", 2);
                    memcpy(text + place, pieces[i].text, size);
                    expect_piece(text, text + place, text + whole + 1, &pieces[i]);
                }
                free(memory);
            }
        }
    }
}

static void a_string_without_an_end_ends_with_the_text(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "\\", "\xC3\xA9"};
    for (size_t length = 0; length <= 70; length++) {
        for (size_t i = 0; i < COUNT(ends); i++) {
            size_t whole = length + strlen(ends[i]);
            char *text = malloc(whole + 1);
            memset(text, 'a', length);
            memcpy(text + length, ends[i], whole - length + 1);
            bool escaped;
            const char *problem = NULL, *where = NULL;
            assert_null(tl_json_string_end(text, text + whole, &escaped, &problem, &where));
            assert_string_equal(problem, "a string without an end");
            assert_ptr_equal(where, text + whole);
            free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_what_rfc_3629_says),
        cmocka_unit_test(controls_are_not_shown),
        cmocka_unit_test(the_end_of_a_string_is_found),
        cmocka_unit_test(escapes_are_read),
        cmocka_unit_test(every_byte_is_written_so_that_it_comes_back),
        cmocka_unit_test(no_block_hides_what_is_in_it),
        cmocka_unit_test(a_string_without_an_end_ends_with_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
