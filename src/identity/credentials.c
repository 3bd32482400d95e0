#include "identity/credentials.h"

#include "base/url.h"

#include <stdint.h>
#include <string.h>

static bool append(tl_buffer *to, const char *text)
{
    return tl_buffer_append_text(to, text) == TL_BUFFER_OK;
}

static bool end_line(tl_buffer *lines)
{
    return tl_buffer_append(lines, "", 1) == TL_BUFFER_OK;
}

bool tl_credentials_write_form(tl_buffer *form, const tl_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!append(form, i > 0 ? "&" : "") ||
            !tl_url_encode(form, fields[i].name, strlen(fields[i].name)) || !append(form, "=") ||
            !tl_url_encode(form, fields[i].value, strlen(fields[i].value)))
            return false;
    }
    return true;
}

/* RFC 4648 4. */
static bool append_base64(tl_buffer *to, const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        unsigned group = 0;
        for (size_t j = i; j < i + 3; j++)
            group = group << 8 | (j < length ? (unsigned char)bytes[j] : 0);
        char text[] = {digits[group >> 18], digits[group >> 12 & 63], digits[group >> 6 & 63],
                       digits[group & 63]};
        for (size_t padding = 3; padding > length - i; padding--)
            text[padding] = '=';
        if (tl_buffer_append(to, text, sizeof text) != TL_BUFFER_OK)
            return false;
    }
    return true;
}

static bool append_raw(tl_buffer *to, const char *text, size_t length)
{
    return tl_buffer_append(to, text, length) == TL_BUFFER_OK;
}

static bool write_basic(tl_buffer *lines, const char *user, const char *password,
                        bool (*write_part)(tl_buffer *, const char *, size_t))
{
    tl_buffer pair;
    tl_buffer_init_secret(&pair, lines->allocator, SIZE_MAX);
    bool written = write_part(&pair, user, strlen(user)) && append(&pair, ":") &&
                   write_part(&pair, password, strlen(password)) &&
                   append(lines, "Authorization: Basic ") &&
                   append_base64(lines, pair.data, pair.length) && end_line(lines);
    tl_buffer_free(&pair);
    return written;
}

bool tl_credentials_write_basic(tl_buffer *lines, const char *user, const char *password)
{
    return write_basic(lines, user, password, append_raw);
}

bool tl_credentials_write_client(tl_buffer *lines, const char *id, const char *secret)
{
    return write_basic(lines, id, secret, tl_url_encode);
}

bool tl_credentials_write_bearer(tl_buffer *lines, const char *token, size_t length)
{
    return append(lines, "Authorization: Bearer ") && append_raw(lines, token, length) &&
           end_line(lines);
}

bool tl_credentials_fit_a_header(const char *token, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (token[i] < '!' || token[i] > '~')
            return false;
    }
    return length > 0;
}
