#include "base/header_block.h"

#include <curl/curl.h>
#include <string.h>

static bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t';
}

/* Drops the end of the block's last line, and the blanks before it. */
static void drop_line_end(tl_buffer *block)
{
    tl_span text = {block->data, block->length};
    while (text.length > 0 && memchr(" \t\r\n", text.start[text.length - 1], 4))
        text.length--;
    tl_buffer_truncate(block, text.length);
}

static tl_buffer_status add_folded(tl_buffer *block, const char *line, size_t length)
{
    while (length > 0 && is_blank(*line)) {
        line++;
        length--;
    }
    drop_line_end(block);
    tl_buffer_status status = tl_buffer_append_text(block, " ");
    return status == TL_BUFFER_OK ? tl_buffer_append(block, line, length) : status;
}

tl_buffer_status tl_header_block_add(tl_buffer *block, const char *line, size_t length)
{
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        tl_buffer_clear(block);
        return tl_buffer_append(block, line, length);
    }
    if (length > 0 && is_blank(*line) && block->length > 0)
        return add_folded(block, line, length);
    const char *colon = memchr(line, ':', length);
    if (colon) {
        size_t name = (size_t)(colon - line);
        while (name > 0 && is_blank(line[name - 1]))
            name--;
        tl_buffer_status status = tl_buffer_append(block, line, name);
        if (status != TL_BUFFER_OK)
            return status;
        length -= (size_t)(colon - line);
        line = colon;
    }
    return tl_buffer_append(block, line, length);
}

bool tl_header_block_next(tl_span *rest, tl_span *name, tl_span *value)
{
    while (rest->length > 0) {
        tl_span line = tl_span_cut(*rest, '\n', rest);
        *name = tl_span_cut(line, ':', value);
        *value = tl_span_trim(*value);
        if (name->length < line.length) /* there is a colon */
            return true;
    }
    return false;
}

bool tl_header_block_next_of(tl_span *rest, const char *name, tl_span *value)
{
    const size_t length = strlen(name);
    while (rest->length > 0) {
        tl_span line = tl_span_cut(*rest, '\n', rest);
        if (line.length <= length || line.start[length] != ':' ||
            !tl_span_is((tl_span){line.start, length}, name))
            continue;
        *value = tl_span_trim((tl_span){line.start + length + 1, line.length - length - 1});
        return true;
    }
    return false;
}

/* The value of the first field of that name; empty when there is none. */
static tl_span find(const tl_buffer *block, const char *name)
{
    tl_span rest = {block->data, block->length}, value = {block->data, 0};
    tl_header_block_next_of(&rest, name, &value);
    return value;
}

bool tl_header_block_read_date(tl_span value, time_t *date)
{
    char text[64];
    if (value.length == 0 || value.length >= sizeof text)
        return false;
    memcpy(text, value.start, value.length);
    text[value.length] = '\0';
    *date = curl_getdate(text, NULL); /* not strptime, which expects the locale's names of months */
    return *date != -1;
}

tl_time tl_header_block_retry_after(const tl_buffer *block, time_t now)
{
    const tl_time most = TL_NEVER / TL_SECOND;
    tl_span value = find(block, "Retry-After");
    long long seconds;
    time_t date;
    if (!tl_span_read_count(value, most, &seconds))
        seconds = tl_header_block_read_date(value, &date) && date > now ? date - now : 0;
    return seconds < most ? seconds * TL_SECOND : TL_NEVER;
}

tl_time tl_header_block_keep_alive(const tl_buffer *block)
{
    enum { MOST_SECONDS = 1000 * 1000 };
    tl_span rest = find(block, "Keep-Alive");
    while (rest.length > 0) {
        tl_span value, parameter = tl_span_cut(rest, ',', &rest);
        tl_span name = tl_span_trim(tl_span_cut(parameter, '=', &value));
        long long seconds;
        if (tl_span_is(name, "timeout") &&
            tl_span_read_count(tl_span_trim(value), MOST_SECONDS, &seconds))
            return seconds * TL_SECOND;
    }
    return TL_NEVER;
}
