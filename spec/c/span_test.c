#include "base/span.h"
#include "test.h"

#include <string.h>

static tl_span span(const char *text)
{
    return (tl_span){text, strlen(text)};
}

static void assert_span(tl_span found, const char *expected)
{
    assert_int_equal(found.length, strlen(expected));
    assert_memory_equal(found.start, expected, found.length);
}

static void blanks_around_are_trimmed(void **state)
{
    (void)state;
    assert_span(tl_span_trim(span(" \t a b\r\n")), "a b");
    assert_span(tl_span_trim(span(" \r\n")), "");
    assert_span(tl_span_trim(span("")), "");
}

static void a_text_is_cut_at_the_first_mark(void **state)
{
    (void)state;
    tl_span rest = span("a=b=c");
    assert_span(tl_span_cut(rest, '=', &rest), "a");
    assert_span(rest, "b=c");
    assert_span(tl_span_cut(span("abc"), '=', &rest), "abc");
    assert_span(rest, "");
    assert_span(tl_span_cut(span(""), '=', &rest), "");
}

static void names_are_compared_in_any_case_of_ascii(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_it;
    } rows[] = {
        {"Age-z", true},   {"aGE-Z", true},   {"Age-", false},     {"", false},
        {"Age-zz", false}, {"Age\rz", false}, {"\xC1ge-z", false}, {"@ge-z", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(tl_span_is(span(rows[i].text), "Age-z"), rows[i].is_it);
    assert_true(tl_span_is((tl_span){"Age: 1", 3}, "age"));
    assert_false(tl_span_is((tl_span){"a\0b", 3}, "a"));
}

static void counts_have_digits_alone(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long long count; /* -1: none */
    } rows[] = {
        {"0", 0}, {"042", 42}, {"1000", 1000}, {"1001", 1000}, {"99999999999999999999999", 1000},
        {"", -1}, {"-1", -1},  {"+1", -1},     {"1 ", -1},     {"1.0", -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        long long count;
        bool read = tl_span_read_count(span(rows[i].text), 1000, &count);
        assert_int_equal(read ? count : -1, rows[i].count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_around_are_trimmed),
        cmocka_unit_test(a_text_is_cut_at_the_first_mark),
        cmocka_unit_test(names_are_compared_in_any_case_of_ascii),
        cmocka_unit_test(counts_have_digits_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
