/* Writes numbers as JSON, so that they read back the same, and whatever the C locale is: what
 * snprintf writes for a decimal point is dropped, and a "." put in its place. */
#ifndef TL_NUMBER_WRITE_H
#define TL_NUMBER_WRITE_H

#include <stddef.h>
#include <stdint.h>

/* The room that any number may need, in bytes. */
enum { TL_NUMBER_LONGEST = 32 };

/* Each writes `value` without a NUL behind it, and gives how many bytes that took. */
size_t tl_number_write_integer(char out[TL_NUMBER_LONGEST], int64_t value);

/* `value` must be finite. It becomes the shortest of %.15g, %.16g and %.17g that reads back the
 * same; a ".0" is added to what would read back as an integer. */
size_t tl_number_write_real(char out[TL_NUMBER_LONGEST], double value);

#endif
