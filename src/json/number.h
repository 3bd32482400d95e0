/* Numbers of JSON texts, exact both ways and whatever the C locale is: no text with a decimal point
 * is ever given to strtod, and what snprintf writes in its place is dropped. */
#ifndef TL_NUMBER_H
#define TL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TL_NUMBER_LONGEST = 32 };

typedef enum tl_number_status {
    TL_NUMBER_INTEGER,
    TL_NUMBER_REAL,
    TL_NUMBER_MALFORMED,
    TL_NUMBER_TOO_LARGE /* no finite double is near */
} tl_number_status;

typedef struct tl_number {
    int64_t integer;
    double real;
    const char *end; /* the first byte that is no part of the number */
} tl_number;

/* Reads a number by RFC 8259's grammar. A byte that is no part of a number must follow it. What has
 * no fraction and no exponent and fits is an integer, but for "-0", since only a double has one. */
tl_number_status tl_number_read(const char *text, tl_number *number);

/* Each gives how many bytes it wrote; there is no NUL. A double must be finite; it becomes the
 * shortest of %.15g, %.16g and %.17g that reads back the same, always with "." or "e". */
size_t tl_number_write_integer(char out[TL_NUMBER_LONGEST], int64_t value);
size_t tl_number_write_real(char out[TL_NUMBER_LONGEST], double value);

#endif
