/* The tests of strings again, with what is built for processors that have neither SSE2 nor NEON. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#undef __SSE2__
#undef __AARCH64EL__
#include "json_string_test.c"
#include "json/string.c"
