#include "json/number_read.h"

#include "json/decimal.h"

#include <math.h>

/* A number below this has room for one more digit in 64 bits. */
#define ROOM_FOR_A_DIGIT UINT64_C(1000000000000000000)

/* A number that is being read. */
typedef struct reading {
    const char *at;
    uint64_t digits;   /* the first 19 digits, not counting zeros in front, as a whole number */
    int64_t exponent;  /* all digits of the text, as a whole number, are times 10 to this */
    int64_t passed_by; /* how many digits came after those in `digits` */
} reading;

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static inline void read_digits(reading *r)
{
    for (; is_digit(*r->at); r->at++) {
        if (r->digits < ROOM_FOR_A_DIGIT)
            r->digits = r->digits * 10 + (uint64_t)(*r->at - '0');
        else
            r->passed_by++;
    }
}

static bool read_fraction(reading *r)
{
    const char *first = ++r->at;
    read_digits(r);
    r->exponent -= r->at - first;
    return r->at > first;
}

static bool read_exponent(reading *r)
{
    r->at++;
    bool negative = *r->at == '-';
    r->at += *r->at == '-' || *r->at == '+';
    const char *first = r->at;
    int64_t value = 0;
    for (; is_digit(*r->at); r->at++) {
        if (value < INT64_MAX / 20) /* more would overflow, and is infinity or 0 all the same */
            value = value * 10 + (*r->at - '0');
    }
    r->exponent += negative ? -value : value;
    return r->at > first;
}

/* "-0" does not: an integer has no such zero. */
static bool fits_integer(const reading *r, bool negative)
{
    return r->passed_by == 0 && r->digits <= (uint64_t)INT64_MAX + negative &&
           !(negative && r->digits == 0);
}

tl_number_status tl_number_read(const char *text, tl_number *number)
{
    bool negative = *text == '-', whole = true, well = true;
    reading r = {.at = text + negative};
    const char *first = r.at;
    if (*r.at == '0')
        r.at++;
    else
        read_digits(&r);
    well = r.at > first && !(*first == '0' && is_digit(*r.at));
    if (well && *r.at == '.') {
        whole = false;
        well = read_fraction(&r);
    }
    const char *last = r.at;
    if (well && (*r.at == 'e' || *r.at == 'E')) {
        whole = false;
        well = read_exponent(&r);
    }
    number->end = r.at;
    if (!well)
        return TL_NUMBER_MALFORMED;
    if (whole && fits_integer(&r, negative)) {
        number->integer = (int64_t)(negative ? 0 - r.digits : r.digits);
        return TL_NUMBER_INTEGER;
    }
    if (r.passed_by > 0 || !tl_decimal_quick(r.digits, r.exponent, &number->real))
        number->real = tl_decimal_exact(first, last, r.exponent);
    if (negative)
        number->real = -number->real;
    return isinf(number->real) ? TL_NUMBER_TOO_LARGE : TL_NUMBER_REAL;
}
