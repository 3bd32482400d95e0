#include "test.h"
#include "json/decimal.h"
#include "json/number_read.h"
#include "json/number_write.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct integer {
    const char *text;
    int64_t value;
} integers[] = {
    {"0", 0},
    {"7,", 7},
    {"-1]", -1},
    {"9223372036854775807", INT64_MAX},
    {"-9223372036854775808", INT64_MIN},
    {"999999999999999999", 999999999999999999},
    {"1000000000000000000", 1000000000000000000},
    {"9000000000000000000", 9000000000000000000},
};

static void integers_are_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(integers); i++) {
        tl_number number;
        char out[TL_NUMBER_LONGEST + 1] = "";
        assert_int_equal(tl_number_read(integers[i].text, &number), TL_NUMBER_INTEGER);
        assert_true(number.integer == integers[i].value);
        size_t length = tl_number_write_integer(out, number.integer);
        assert_int_equal(length, number.end - integers[i].text);
        assert_memory_equal(out, integers[i].text, length);
    }
}

static const struct real {
    const char *text;
    double value;
} reals[] = {
    {"-0", -0.0},
    {"-0.0", -0.0},
    {"0.1", 0.1},
    {"1e22", 1e22},
    {"1e-22", 1e-22},
    {"1e23", 1e23},
    {"9007199254740993.0", 9007199254740992.0},
    {"9223372036854775808", 9223372036854775808.0},
    {"-9223372036854775809", -9223372036854775808.0},
    {"9999999999999999999", 1e19},
    {"10000000000000000000", 1e19},
    {"18446744073709551616", 18446744073709551616.0},
    {"99999999999999999999999999", 1e26},
    {"0.00000000000000000000000000000123456789012345678", 1.23456789012345678e-30},
    {"1000000000000000000.5", 1e18},
    {"0.000000000000000000000000000001", 1e-30},
    {"5e-324", 4.9406564584124654e-324},
    {"1e-400", 0},
    {"0e999999999999999999999", 0},
    {"1.7976931348623157e308", DBL_MAX},
};

static void reals_are_the_nearest(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(reals); i++) {
        tl_number number;
        assert_int_equal(tl_number_read(reals[i].text, &number), TL_NUMBER_REAL);
        assert_memory_equal(&number.real, &reals[i].value, sizeof number.real);
        assert_int_equal(*number.end, '\0');
    }
}

static const struct malformed {
    const char *text;
    int at; /* the byte that is wrong */
} malformed[] = {
    {"", 0},     {"-", 1},  {"+1", 0},  {"01", 1},   {"-01", 2}, {".5", 0}, {"1.", 2},
    {"1.e5", 2}, {"1e", 2}, {"1e+", 3}, {"1e-x", 3}, {"--1", 1}, {"-a", 1}, {"e5", 0},
};

static void what_is_no_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(malformed); i++) {
        tl_number number;
        assert_int_equal(tl_number_read(malformed[i].text, &number), TL_NUMBER_MALFORMED);
        assert_int_equal(number.end - malformed[i].text, malformed[i].at);
    }
}

static void what_is_too_large(void **state)
{
    (void)state;
    static const char *const texts[] = {"1e309", "-1e309", "1.7976931348623159e308",
                                        "1e999999999999999999999"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        tl_number number;
        assert_int_equal(tl_number_read(texts[i], &number), TL_NUMBER_TOO_LARGE);
    }
}

/* A digit that lies a thousand behind the point still decides which way a half goes. */
static void no_digit_is_forgotten(void **state)
{
    (void)state;
    char text[1200] = "9007199254740993.";
    tl_number number;
    size_t length = strlen(text);
    memset(text + length, '0', 1000);
    assert_int_equal(tl_number_read(text, &number), TL_NUMBER_REAL);
    assert_true(number.real == 9007199254740992.0);
    strcpy(text + length + 1000, "1");
    assert_int_equal(tl_number_read(text, &number), TL_NUMBER_REAL);
    assert_true(number.real == 9007199254740994.0);
}

static const struct written {
    double value;
    const char *text;
} written[] = {
    {0.0, "0.0"},
    {-0.0, "-0.0"},
    {1.0, "1.0"},
    {-4.95, "-4.95"},
    {1.05, "1.05"},
    {10.001, "10.001"},
    {0.30000000000000004, "0.30000000000000004"},
    {0.0001, "0.0001"},
    {0.00001, "1e-05"},
    {999999999999999.0, "999999999999999.0"},
    {1e15, "1e+15"},
    {9007199254740993.0, "9007199254740992.0"},
    {123456789012345680.0, "1.2345678901234568e+17"},
    {1e100, "1e+100"},
    {DBL_MAX, "1.7976931348623157e+308"},
    {DBL_MIN, "2.2250738585072014e-308"},
};

static void reals_are_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(written); i++) {
        char out[TL_NUMBER_LONGEST + 1] = "";
        size_t length = tl_number_write_real(out, written[i].value);
        assert_string_equal(out, written[i].text);
        assert_int_equal(length, strlen(out));
    }
}

/* Against the C library, in the C locale that this program runs in. */
static void shortest(char *out, size_t size, double value)
{
    for (int digits = DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        snprintf(out, size, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    if (!strpbrk(out, ".e"))
        strcat(out, ".0");
}

static void random_reals_come_back(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u; /* xorshift64 */
    for (int i = 0; i < 200000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double value;
        memcpy(&value, &bits, sizeof value);
        if (i % 2)
            value = (double)(int64_t)(bits % 2000000000) / tl_decimal_powers[bits % 9];
        if (!isfinite(value))
            continue;
        char out[TL_NUMBER_LONGEST + 1] = "", expected[64];
        tl_number number;
        tl_number_write_real(out, value);
        shortest(expected, sizeof expected, value);
        assert_string_equal(out, expected);
        assert_int_equal(tl_number_read(out, &number), TL_NUMBER_REAL);
        assert_memory_equal(&number.real, &value, sizeof value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_exact),     cmocka_unit_test(reals_are_the_nearest),
        cmocka_unit_test(what_is_no_number),      cmocka_unit_test(what_is_too_large),
        cmocka_unit_test(no_digit_is_forgotten),  cmocka_unit_test(reals_are_short),
        cmocka_unit_test(random_reals_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
