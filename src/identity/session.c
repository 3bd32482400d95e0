#include "identity/session.h"

#include "base/header_block.h"

#include <string.h>

/* RFC 6265 6.1 asks for room for 4 KiB a cookie. Servers refuse a request whose header is much
 * longer than this, so that a session with more would be of no use. */
enum { MOST_COOKIES = 16 * 1024, MOST_CSRF = 4 * 1024 };

/* Older servers use the second name. The token is sent back under the name under which it came. */
static const char *const csrf_names[] = {"X-CSRF-TOKEN", "TASKLIST-X-CSRF-TOKEN"};

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

/* Whether it can stand in a header line that we send: a control character could end the line. */
static bool is_plain(tl_span text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.start[i] < ' ' || text.start[i] > '~')
            return false;
    }
    return true;
}

static tl_buffer_status append(tl_buffer *to, tl_span text)
{
    return tl_buffer_append(to, text.start, text.length);
}

static tl_buffer_status append_pair(tl_buffer *to, tl_span pair)
{
    tl_buffer_status status = tl_buffer_append_text(to, to->length > 0 ? "; " : "");
    return status == TL_BUFFER_OK ? append(to, pair) : status;
}

static tl_span name_of(tl_span pair)
{
    tl_span value;
    return tl_span_trim(tl_span_cut(pair, '=', &value));
}

/* All cookies but those called `name`. */
static tl_buffer_status append_others(tl_buffer *to, const tl_buffer *cookies, tl_span name)
{
    tl_buffer_status status = TL_BUFFER_OK;
    tl_span rest = {cookies->data, cookies->length};
    while (status == TL_BUFFER_OK && rest.length > 0) {
        tl_span pair = tl_span_trim(tl_span_cut(rest, ';', &rest)), other = name_of(pair);
        if (other.length != name.length || memcmp(other.start, name.start, name.length) != 0)
            status = append_pair(to, pair);
    }
    return status;
}

/* RFC 6265 5.2.2. False when it is no number: then the attribute counts for nothing. */
static bool read_max_age(tl_span value, bool *over)
{
    bool negative = value.length > 0 && value.start[0] == '-';
    const tl_span digits = {value.start + negative, value.length - negative};
    long long seconds;
    if (!tl_span_read_count(digits, 1, &seconds))
        return false;
    *over = negative || seconds == 0;
    return true;
}

/* Over only when it was so a day ago already: our clock may be wrong, and then we would drop a good
 * cookie, while one that is sent for too long does no harm. */
static void read_expires(tl_span value, bool *over)
{
    enum { DAY = 24 * 60 * 60 };
    time_t end;
    if (tl_header_block_read_date(value, &end))
        *over = end < time(NULL) - DAY;
}

/* Whether the attributes of a cookie take it back. When its time ends later on we go on sending it:
 * the server refuses it, and that leads to a new sign-in. Max-Age counts for more than Expires, RFC
 * 6265 5.3. */
static bool is_over(tl_span attributes)
{
    bool aged = false, by_age = false, by_date = false;
    while (attributes.length > 0) {
        tl_span value, attribute = tl_span_cut(attributes, ';', &attributes);
        tl_span name = tl_span_trim(tl_span_cut(attribute, '=', &value));
        value = tl_span_trim(value);
        if (tl_span_is(name, "Max-Age"))
            aged = read_max_age(value, &by_age) || aged;
        else if (tl_span_is(name, "Expires"))
            read_expires(value, &by_date);
    }
    return aged ? by_age : by_date;
}

/* One Set-Cookie, RFC 6265 5.2. A server takes a cookie back by one that is over, or by setting it
 * to nothing. */
static bool set_cookie(tl_session *session, tl_span value)
{
    tl_span attributes, content, pair = tl_span_trim(tl_span_cut(value, ';', &attributes));
    tl_span name = tl_span_trim(tl_span_cut(pair, '=', &content));
    if (name.length == 0 || name.length == pair.length || !is_plain(pair))
        return true;
    tl_buffer changed;
    tl_buffer_init_secret(&changed, session->cookies.allocator, session->cookies.limit);
    tl_buffer_status status = append_others(&changed, &session->cookies, name);
    if (status == TL_BUFFER_OK && tl_span_trim(content).length > 0 && !is_over(attributes))
        status = append_pair(&changed, pair);
    tl_buffer *useless = status == TL_BUFFER_OK ? &session->cookies : &changed;
    tl_buffer_free(useless);
    if (status == TL_BUFFER_OK)
        session->cookies = changed;
    return status != TL_BUFFER_MEMORY;
}

static bool set_csrf(tl_session *session, const char *name, tl_span value)
{
    tl_buffer *csrf = &session->csrf;
    if (value.length == 0 || !is_plain(value) || strlen(name) + 2 + value.length > csrf->limit)
        return true;
    tl_buffer_clear(csrf);
    return tl_buffer_append_text(csrf, name) == TL_BUFFER_OK &&
           tl_buffer_append_text(csrf, ": ") == TL_BUFFER_OK && append(csrf, value) == TL_BUFFER_OK;
}

static bool read_field(tl_session *session, tl_span name, tl_span value)
{
    if (tl_span_is(name, "Set-Cookie"))
        return set_cookie(session, value);
    for (size_t i = 0; i < sizeof csrf_names / sizeof *csrf_names; i++) {
        if (tl_span_is(name, csrf_names[i]))
            return set_csrf(session, csrf_names[i], value);
    }
    return true;
}

bool tl_session_read(tl_session *session, const tl_buffer *headers)
{
    tl_span rest = {headers->data, headers->length}, name, value;
    while (tl_header_block_next(&rest, &name, &value)) {
        if (!read_field(session, name, value))
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
