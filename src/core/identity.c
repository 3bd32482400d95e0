#include "identity.h"

#include "url.h"

#include <string.h>

#define RENEW_AT_MOST (30 * TL_SECOND)
#define SHORTEST_REST TL_SECOND
#define LONGEST_REST  (30 * TL_SECOND)
/* A longer life than this (30 years) is a mistake of the server's, and no reason to overflow. */
#define LONGEST_LIFE (1000000000 * TL_SECOND)

static const char bearer[] = "Authorization: Bearer ";

static bool append_field(tl_buffer *form, const char *name, const char *value)
{
    return (form->length == 0 || tl_buffer_append_text(form, "&") == TL_BUFFER_OK) &&
           tl_buffer_append_text(form, name) == TL_BUFFER_OK &&
           tl_buffer_append_text(form, "=") == TL_BUFFER_OK &&
           tl_url_encode(form, value, strlen(value));
}

static bool write_form(tl_buffer *form, const tl_oauth_spec *spec)
{
    return append_field(form, "grant_type", "client_credentials") &&
           append_field(form, "audience", spec->audience) &&
           append_field(form, "client_id", spec->client_id) &&
           append_field(form, "client_secret", spec->client_secret);
}

tl_identity *tl_identity_new_oauth(const tl_allocator *allocator, const tl_oauth_spec *spec)
{
    tl_identity *identity = tl_allocator_new(allocator, sizeof *identity);
    if (!identity)
        return NULL;
    tl_link_init(&identity->waiters);
    tl_link_init(&identity->all);
    tl_buffer_init(&identity->url, allocator, SIZE_MAX);
    tl_buffer_init_secret(&identity->form, allocator, SIZE_MAX);
    tl_buffer_init_secret(&identity->header, allocator, SIZE_MAX);
    identity->timeout = spec->timeout;
    if (tl_buffer_append_text(&identity->url, spec->url) != TL_BUFFER_OK ||
        !write_form(&identity->form, spec)) {
        tl_identity_free(allocator, identity);
        return NULL;
    }
    return identity;
}

void tl_identity_free(const tl_allocator *allocator, tl_identity *identity)
{
    tl_buffer_free(&identity->url);
    tl_buffer_free(&identity->form);
    tl_buffer_free(&identity->header);
    tl_allocator_free(allocator, identity, sizeof *identity);
}

static bool serves(const tl_identity *identity, tl_time now)
{
    return identity->header.length > 0 && now < identity->expires_at;
}

/* Only a refusal makes calls fail while the endpoint rests: after a failure that may pass, a call
 * that has no token tries again at once. */
static bool refused(const tl_identity *identity, tl_time now)
{
    return identity->failure.kind == TL_AUTH && now < identity->rest_until;
}

tl_token_state tl_identity_state(const tl_identity *identity, tl_time now)
{
    if (serves(identity, now))
        return TL_TOKEN_READY;
    return !identity->fetch && refused(identity, now) ? TL_TOKEN_REFUSED : TL_TOKEN_NEEDED;
}

bool tl_identity_wants_fetch(const tl_identity *identity, tl_time now)
{
    if (identity->fetch)
        return false;
    if (serves(identity, now))
        return now >= identity->renew_at && now >= identity->rest_until;
    return !refused(identity, now);
}

void tl_identity_fetching(tl_identity *identity, tl_request *fetch, tl_time now)
{
    identity->fetch = fetch;
    identity->fetch_started = now;
}

/* Visible ASCII: RFC 6750 allows less, but nothing in this can end the header line or a word of it.
 */
static bool fits_a_header(const char *token, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (token[i] < '!' || token[i] > '~')
            return false;
    }
    return length > 0;
}

static void set_life(tl_identity *identity, tl_time life)
{
    if (life <= 0 || life > LONGEST_LIFE) {
        identity->renew_at = identity->expires_at = TL_NEVER;
        return;
    }
    tl_time early = life / 10 < RENEW_AT_MOST ? life / 10 : RENEW_AT_MOST;
    identity->expires_at = identity->fetch_started + life;
    identity->renew_at = identity->expires_at - early;
}

bool tl_identity_grant(tl_identity *identity, const char *token, size_t length, tl_time life,
                       tl_time now)
{
    tl_error error;
    if (!fits_a_header(token, length)) {
        tl_error_set(&error, TL_AUTH,
                     "the token endpoint gave a token that no header can carry (RFC 6750)");
        tl_identity_refuse(identity, &error, true, now);
        return false;
    }
    tl_buffer header; /* apart: without memory the old token goes on serving */
    tl_buffer_init_secret(&header, identity->header.allocator, SIZE_MAX);
    if (tl_buffer_append_text(&header, bearer) != TL_BUFFER_OK ||
        tl_buffer_append(&header, token, length) != TL_BUFFER_OK) {
        tl_buffer_free(&header);
        tl_error_set(&error, TL_MEMORY, "not enough memory");
        tl_identity_refuse(identity, &error, false, now);
        return false;
    }
    tl_buffer_free(&identity->header);
    identity->header = header;
    identity->generation++;
    set_life(identity, life);
    identity->fetch = NULL;
    identity->failure.kind = TL_OK;
    identity->rest = identity->rest_until = 0;
    return true;
}

void tl_identity_refuse(tl_identity *identity, const tl_error *error, bool rest, tl_time now)
{
    identity->fetch = NULL;
    identity->failure = *error;
    if (!rest)
        return;
    tl_time doubled = identity->rest * 2;
    identity->rest = doubled < SHORTEST_REST  ? SHORTEST_REST
                     : doubled > LONGEST_REST ? LONGEST_REST
                                              : doubled;
    identity->rest_until = now + identity->rest;
}

void tl_identity_drop(tl_identity *identity, uint64_t generation)
{
    if (identity->generation == generation)
        tl_buffer_clear(&identity->header);
}
