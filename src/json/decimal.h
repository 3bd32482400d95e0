/* Decimal digits with an exponent to the nearest double, whatever the C locale is. */
#ifndef TL_DECIMAL_H
#define TL_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

enum { TL_DECIMAL_EXACT = 22 }; /* the highest power of ten that is a double */

/* tl_decimal_powers[n] is 10 to the n. */
extern const double tl_decimal_powers[TL_DECIMAL_EXACT + 1];

/* *value gets digits * 10^exponent when one operation of doubles gives the nearest one: that is so
 * when both factors are doubles themselves. False otherwise. */
bool tl_decimal_quick(uint64_t digits, int64_t exponent, double *value);

/* The double that is nearest to a number of any length: the digits from `text` to `end`, read as
 * one whole number, times 10^exponent. A decimal point among them is passed over, so `exponent`
 * counts from the last digit. Infinity when it is too large, 0 when it is too small. */
double tl_decimal_exact(const char *text, const char *end, int64_t exponent);

#endif
