#include "json/decimal.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

const double tl_decimal_powers[TL_DECIMAL_EXACT + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

bool tl_decimal_quick(uint64_t digits, int64_t exponent, double *value)
{
    /* Where the compiler computes in registers that are wider than a double (FLT_EVAL_METHOD), the
     * result would be rounded there and again when it is stored, and could miss the nearest one. */
    if (FLT_EVAL_METHOD != 0 || digits > (UINT64_C(1) << DBL_MANT_DIG) ||
        exponent < -TL_DECIMAL_EXACT || exponent > TL_DECIMAL_EXACT)
        return false;
    double whole = (double)digits;
    *value =
        exponent < 0 ? whole / tl_decimal_powers[-exponent] : whole * tl_decimal_powers[exponent];
    return true;
}

/* No double, nor the middle between two, has more than 768 significant digits. So of those that
 * come later it only matters whether one is not 0, because then the number lies above such a
 * middle. FURTHEST is an exponent that is too far for any double, whatever digits come before it.
 */
enum { MOST_DIGITS = 800, FURTHEST = 100000 };

double tl_decimal_exact(const char *text, const char *end, int64_t exponent)
{
    char copy[MOST_DIGITS + 32];
    size_t count = 0;
    bool more = false;
    for (; text < end; text++) {
        if (*text == '.' || (count == 0 && *text == '0'))
            continue;
        if (count < MOST_DIGITS) {
            copy[count++] = *text;
        } else {
            exponent++;
            more = more || *text != '0';
        }
    }
    if (count == 0)
        return 0;
    if (more) { /* stands for all that was left out */
        copy[count++] = '1';
        exponent--;
    }
    int bounded = (int)(exponent > FURTHEST    ? FURTHEST
                        : exponent < -FURTHEST ? -FURTHEST
                                               : exponent);
    snprintf(copy + count, sizeof copy - count, "e%d", bounded);
    return strtod(copy, NULL);
}
