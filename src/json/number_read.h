/* Reads numbers of JSON texts: to the nearest double, and whatever the C locale is. strtod takes
 * the decimal point of the locale for the only one, so it is never given a text with a point. */
#ifndef TL_NUMBER_READ_H
#define TL_NUMBER_READ_H

#include <stdint.h>

typedef enum tl_number_status {
    TL_NUMBER_INTEGER,   /* `integer` */
    TL_NUMBER_REAL,      /* `real` */
    TL_NUMBER_MALFORMED, /* no number, and `end` is the byte that is wrong */
    TL_NUMBER_TOO_LARGE  /* a number, but no finite double is near */
} tl_number_status;

typedef struct tl_number {
    int64_t integer;
    double real;
    const char *end; /* the first byte that is no part of the number */
} tl_number;

/* Reads a number by RFC 8259's grammar, from its first byte on. A byte that cannot be part of a
 * number must follow it, such as the NUL at a text's end. What has no fraction and no exponent, and
 * fits 64 bits, is an integer; "-0" is a real, because an integer has no such zero. */
tl_number_status tl_number_read(const char *text, tl_number *number);

#endif
