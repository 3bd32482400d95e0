#include "base/span.h"

#include <string.h>

tl_span tl_span_trim(tl_span text)
{
    while (text.length > 0 && memchr(" \t\r\n", text.start[text.length - 1], 4))
        text.length--;
    while (text.length > 0 && memchr(" \t\r\n", text.start[0], 4)) {
        text.start++;
        text.length--;
    }
    return text;
}

tl_span tl_span_cut(tl_span text, char mark, tl_span *rest)
{
    const char *at = text.length > 0 ? memchr(text.start, mark, text.length) : NULL;
    size_t length = at ? (size_t)(at - text.start) : text.length;
    size_t used = at ? length + 1 : length;
    *rest = (tl_span){text.start + used, text.length - used};
    return (tl_span){text.start, length};
}

/* Not tolower, which follows the locale. */
static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

bool tl_span_is(tl_span text, const char *name)
{
    for (size_t i = 0; i < text.length; i++) {
        if (name[i] == '\0' || lower(text.start[i]) != lower(name[i]))
            return false;
    }
    return name[text.length] == '\0';
}

bool tl_span_read_count(tl_span text, long long most, long long *count)
{
    *count = 0;
    for (size_t i = 0; i < text.length; i++) {
        int digit = text.start[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        *count = *count > (most - digit) / 10 ? most : *count * 10 + digit;
    }
    return text.length > 0;
}
