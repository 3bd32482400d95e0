#include "session.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* RFC 6265 6.1 asks for 4 KiB a cookie; a header much longer than this is refused by servers. */
enum { MOST_COOKIES = 16 * 1024, MOST_CSRF = 4 * 1024 };

/* Sent back under the name under which it came; the second is that of older servers. */
static const char *const csrf_names[] = {"X-CSRF-TOKEN", "TASKLIST-X-CSRF-TOKEN"};

/* A part of a header block. */
typedef struct span {
    const char *start;
    size_t length;
} span;

void tl_session_init(tl_session *session, const tl_allocator *allocator)
{
    tl_buffer_init_secret(&session->cookies, allocator, MOST_COOKIES);
    tl_buffer_init_secret(&session->csrf, allocator, MOST_CSRF);
}

void tl_session_free(tl_session *session)
{
    tl_buffer_free(&session->cookies);
    tl_buffer_free(&session->csrf);
}

void tl_session_clear(tl_session *session)
{
    tl_buffer_clear(&session->cookies);
    tl_buffer_clear(&session->csrf);
}

static span trim(span text)
{
    while (text.length > 0 && strchr(" \t\r", text.start[text.length - 1]))
        text.length--;
    while (text.length > 0 && strchr(" \t", text.start[0])) {
        text.start++;
        text.length--;
    }
    return text;
}

/* What comes before `mark`, all when it is not there; `rest` gets what follows. */
static span cut(span text, char mark, span *rest)
{
    const char *at = memchr(text.start, mark, text.length);
    size_t length = at ? (size_t)(at - text.start) : text.length;
    size_t used = at ? length + 1 : length;
    *rest = (span){text.start + used, text.length - used};
    return (span){text.start, length};
}

static bool is(span text, const char *name)
{
    return text.length == strlen(name) && strncasecmp(text.start, name, text.length) == 0;
}

/* Whether it can stand in a header line that we send. */
static bool is_plain(span text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.start[i] < ' ' || text.start[i] > '~')
            return false;
    }
    return true;
}

static tl_buffer_status append(tl_buffer *to, span text)
{
    return tl_buffer_append(to, text.start, text.length);
}

static tl_buffer_status append_pair(tl_buffer *to, span pair)
{
    tl_buffer_status status = tl_buffer_append_text(to, to->length > 0 ? "; " : "");
    return status == TL_BUFFER_OK ? append(to, pair) : status;
}

static span name_of(span pair)
{
    span value;
    return trim(cut(pair, '=', &value));
}

/* All cookies but those called `name`. */
static tl_buffer_status append_others(tl_buffer *to, const tl_buffer *cookies, span name)
{
    tl_buffer_status status = TL_BUFFER_OK;
    span rest = {cookies->data, cookies->length};
    while (status == TL_BUFFER_OK && rest.length > 0) {
        span pair = trim(cut(rest, ';', &rest)), other = name_of(pair);
        if (other.length != name.length || memcmp(other.start, name.start, name.length) != 0)
            status = append_pair(to, pair);
    }
    return status;
}

/* RFC 6265 5.2.2. False when it is no number. */
static bool read_max_age(span value, bool *over)
{
    bool negative = value.length > 0 && value.start[0] == '-', positive = false;
    size_t i = negative ? 1 : 0;
    if (i == value.length)
        return false;
    for (; i < value.length; i++) {
        if (value.start[i] < '0' || value.start[i] > '9')
            return false;
        positive = positive || value.start[i] != '0';
    }
    *over = negative || !positive;
    return true;
}

/* Over only when it was so a day ago: our clock may be wrong, and a cookie that is sent too long
 * does no harm. False when it is no date. */
static bool read_expires(span value, bool *over)
{
    enum { DAY = 24 * 60 * 60 };
    char text[64];
    if (value.length >= sizeof text)
        return false;
    memcpy(text, value.start, value.length);
    text[value.length] = '\0';
    time_t end = curl_getdate(text, NULL);
    if (end == -1)
        return false;
    *over = end < time(NULL) - DAY;
    return true;
}

/* Whether the attributes of a cookie take it back. How long it lives otherwise is the server's
 * business: it refuses what is over. */
static bool is_over(span attributes)
{
    bool aged = false, by_age = false, by_date = false;
    while (attributes.length > 0) {
        span value, attribute = cut(attributes, ';', &attributes);
        span name = trim(cut(attribute, '=', &value));
        value = trim(value);
        if (is(name, "Max-Age"))
            aged = read_max_age(value, &by_age) || aged;
        else if (is(name, "Expires"))
            read_expires(value, &by_date);
    }
    return aged ? by_age : by_date;
}

/* One Set-Cookie, RFC 6265 5.2. A server takes a cookie back by one that is over, or by setting it
 * to nothing. */
static bool set_cookie(tl_session *session, span value)
{
    span attributes, content, pair = trim(cut(value, ';', &attributes));
    span name = trim(cut(pair, '=', &content));
    if (name.length == 0 || name.length == pair.length || !is_plain(pair))
        return true;
    tl_buffer changed;
    tl_buffer_init_secret(&changed, session->cookies.allocator, session->cookies.limit);
    tl_buffer_status status = append_others(&changed, &session->cookies, name);
    if (status == TL_BUFFER_OK && trim(content).length > 0 && !is_over(attributes))
        status = append_pair(&changed, pair);
    tl_buffer *useless = status == TL_BUFFER_OK ? &session->cookies : &changed;
    tl_buffer_free(useless);
    if (status == TL_BUFFER_OK)
        session->cookies = changed;
    return status != TL_BUFFER_MEMORY;
}

static bool set_csrf(tl_session *session, const char *name, span value)
{
    tl_buffer *csrf = &session->csrf;
    if (value.length == 0 || !is_plain(value) || strlen(name) + 2 + value.length > csrf->limit)
        return true;
    tl_buffer_clear(csrf);
    return tl_buffer_append_text(csrf, name) == TL_BUFFER_OK &&
           tl_buffer_append_text(csrf, ": ") == TL_BUFFER_OK && append(csrf, value) == TL_BUFFER_OK;
}

static bool read_line(tl_session *session, span line)
{
    span value, name = cut(line, ':', &value);
    value = trim(value);
    if (is(name, "Set-Cookie"))
        return set_cookie(session, value);
    for (size_t i = 0; i < sizeof csrf_names / sizeof *csrf_names; i++) {
        if (is(name, csrf_names[i]))
            return set_csrf(session, csrf_names[i], value);
    }
    return true;
}

bool tl_session_read(tl_session *session, const tl_buffer *headers)
{
    span rest = {headers->data, headers->length};
    while (rest.length > 0) {
        span line = cut(rest, '\n', &rest);
        if (!read_line(session, line))
            return false;
    }
    return true;
}

static bool write_line(tl_buffer *lines, const char *before, const tl_buffer *text)
{
    return text->length == 0 || (tl_buffer_append_text(lines, before) == TL_BUFFER_OK &&
                                 tl_buffer_append(lines, text->data, text->length + 1) ==
                                     TL_BUFFER_OK); /* with the NUL that follows */
}

bool tl_session_write(const tl_session *session, tl_buffer *lines)
{
    return write_line(lines, "Cookie: ", &session->cookies) &&
           write_line(lines, "", &session->csrf);
}
