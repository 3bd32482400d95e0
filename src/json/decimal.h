/* Decimal digits with an exponent to the nearest double. */
#ifndef TL_DECIMAL_H
#define TL_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

enum { TL_DECIMAL_EXACT = 22 }; /* the highest power of ten that is a double */

/* tl_decimal_powers[n] is 10 to the n. */
extern const double tl_decimal_powers[TL_DECIMAL_EXACT + 1];

/* digits * 10^exponent in one correctly rounded step; false when that needs more. */
bool tl_decimal_quick(uint64_t digits, int64_t exponent, double *value);

/* The digits from `text` to `end`, where a decimal point is passed over, as one whole number, times
 * 10^exponent. Infinity when too large. */
double tl_decimal_exact(const char *text, const char *end, int64_t exponent);

#endif
