#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

void tl_error_set(tl_error *error, tl_error_kind kind, const char *format, ...)
{
    *error = (tl_error){.kind = kind};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
}
