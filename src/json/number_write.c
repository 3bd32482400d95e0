#include "json/number_write.h"

#include "json/decimal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static size_t write_unsigned(char *out, uint64_t value)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < count; i++)
        out[i] = digits[count - 1 - i];
    return count;
}

size_t tl_number_write_integer(char out[TL_NUMBER_LONGEST], int64_t value)
{
    if (value >= 0)
        return write_unsigned(out, (uint64_t)value);
    out[0] = '-';
    return 1 + write_unsigned(out + 1, 0 - (uint64_t)value);
}

/* A decimal number: its significant digits as text, and the power of ten of the first one. */
typedef struct decimal {
    char digits[DBL_DECIMAL_DIG + 1];
    int count;
    int exponent;
} decimal;

/* The nearest decimal of so many digits. Only digits are taken from what snprintf writes, because
 * the locale's decimal point may be any text. */
static void round_to(decimal *d, double value, int digits)
{
    char text[TL_NUMBER_LONGEST + 16];
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    const char *at = text;
    for (d->count = 0; *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9')
            d->digits[d->count++] = *at;
    }
    bool negative = at[1] == '-';
    d->exponent = 0;
    for (at += 2; *at; at++)
        d->exponent = d->exponent * 10 + (*at - '0');
    if (negative)
        d->exponent = -d->exponent;
}

static double value_of(const decimal *d)
{
    return tl_decimal_exact(d->digits, d->digits + d->count, d->exponent - (d->count - 1));
}

static size_t append(char *out, size_t length, const char *digits, int count)
{
    memcpy(out + length, digits, (size_t)count);
    return length + (size_t)count;
}

static size_t append_zeros(char *out, size_t length, int count)
{
    memset(out + length, '0', (size_t)count);
    return length + (size_t)count;
}

/* Like 1.25e+20. */
static size_t write_scientific(char *out, const decimal *d)
{
    size_t length = append(out, 0, d->digits, 1);
    if (d->count > 1) {
        out[length++] = '.';
        length = append(out, length, d->digits + 1, d->count - 1);
    }
    int exponent = d->exponent < 0 ? -d->exponent : d->exponent;
    out[length++] = 'e';
    out[length++] = d->exponent < 0 ? '-' : '+';
    if (exponent < 10)
        out[length++] = '0';
    return length + write_unsigned(out + length, (uint64_t)exponent);
}

/* Like 12.5 or 0.0125: with at least one digit on either side of the point. */
static size_t write_plain(char *out, const decimal *d)
{
    int whole = d->exponent + 1;
    size_t length = 0;
    if (whole <= 0) {
        length = append(out, length, "0.", 2);
        length = append_zeros(out, length, -whole);
        return append(out, length, d->digits, d->count);
    }
    if (whole >= d->count) {
        length = append(out, length, d->digits, d->count);
        length = append_zeros(out, length, whole - d->count);
        return append(out, length, ".0", 2);
    }
    length = append(out, length, d->digits, whole);
    out[length++] = '.';
    return append(out, length, d->digits + whole, d->count - whole);
}

/* The fewest digits, from 15 to 17, that read back the same. Chooses between the two forms as %g
 * does for that number of digits. */
static size_t write_shortest(char *out, double value)
{
    decimal d;
    int digits = DBL_DIG;
    do
        round_to(&d, value, digits);
    while (digits++ < DBL_DECIMAL_DIG && value_of(&d) != value);
    int precision = digits - 1;
    while (d.count > 1 && d.digits[d.count - 1] == '0')
        d.count--;
    return d.exponent < -4 || d.exponent >= precision ? write_scientific(out, &d)
                                                      : write_plain(out, &d);
}

/* Writes a number that has few digits after the point, as most do in practice, without snprintf and
 * strtod, which take most of the time otherwise. When a decimal of at most 15 digits reads back the
 * same, it is the one that %.15g gives, so write_shortest would write this too. False, with nothing
 * of use written, when it is not such a number. */
static bool write_short(char *out, double value, size_t *length)
{
    enum { MOST_PLACES = 9 };
    if (value < 1e-4 || value >= 1e15)
        return false;
    for (int places = 0; places <= MOST_PLACES; places++) {
        double scaled = value * tl_decimal_powers[places] + 0.5, back;
        if (scaled >= 1e15)
            return false;
        uint64_t digits = (uint64_t)scaled;
        if (!tl_decimal_quick(digits, -places, &back))
            return false;
        if (back != value)
            continue;
        uint64_t unit = (uint64_t)tl_decimal_powers[places];
        *length = write_unsigned(out, digits / unit);
        out[(*length)++] = '.';
        uint64_t fraction = digits % unit;
        for (int i = places; i > 1 && fraction < (uint64_t)tl_decimal_powers[i - 1]; i--)
            out[(*length)++] = '0';
        *length += write_unsigned(out + *length, fraction);
        return true;
    }
    return false;
}

size_t tl_number_write_real(char out[TL_NUMBER_LONGEST], double value)
{
    size_t sign = signbit(value) ? 1 : 0, length;
    if (sign)
        out[0] = '-';
    value = fabs(value);
    if (value == 0)
        return append(out, sign, "0.0", 3);
    if (!write_short(out + sign, value, &length))
        length = write_shortest(out + sign, value);
    return sign + length;
}
