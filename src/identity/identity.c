#include "identity/identity.h"

#include <string.h>

#define RENEW_AT_MOST (30 * TL_SECOND)
#define SHORTEST_REST TL_SECOND
#define LONGEST_REST  (30 * TL_SECOND)

/* How old a token must be before every API takes it. One whose clock is behind the token endpoint's
 * takes it for a token of the future (its "nbf", RFC 7519 4.1.5). Such times are whole seconds, so
 * that clocks that nearly agree may differ by one; the rest is for the way of a request. */
#define RIPE_AGE (1100 * TL_MILLISECOND)

/* In seconds: 30 years. A longer life is a mistake of the server's, and would overflow a time. */
#define LONGEST_LIFE 1e9

static tl_identity *new_identity(const tl_allocator *allocator, tl_identity_kind kind)
{
    tl_identity *identity = tl_allocator_new(allocator, sizeof *identity);
    if (!identity)
        return NULL;
    identity->kind = kind;
    identity->renew_at = identity->expires_at = TL_NEVER;
    tl_buffer_init(&identity->url, allocator, SIZE_MAX);
    tl_buffer_init_secret(&identity->headers, allocator, SIZE_MAX);
    tl_buffer_init_secret(&identity->client, allocator, SIZE_MAX);
    tl_buffer_init_secret(&identity->form, allocator, SIZE_MAX);
    tl_buffer_init_secret(&identity->lines, allocator, SIZE_MAX);
    tl_session_init(&identity->session, allocator);
    return identity;
}

/* The identity when it was `made` to the end; otherwise what there is of it is freed. */
static tl_identity *if_made(const tl_allocator *allocator, tl_identity *identity, bool made)
{
    if (made)
        return identity;
    if (identity)
        tl_identity_free(allocator, identity);
    return NULL;
}

tl_identity *tl_identity_new_basic(const tl_allocator *allocator, const char *user,
                                   const char *password)
{
    tl_identity *identity = new_identity(allocator, TL_FIXED);
    return if_made(allocator, identity,
                   identity && tl_credentials_write_basic(&identity->lines, user, password));
}

tl_identity *tl_identity_new_bearer(const tl_allocator *allocator, const char *token)
{
    tl_identity *identity = new_identity(allocator, TL_FIXED);
    return if_made(allocator, identity,
                   identity && tl_credentials_write_bearer(&identity->lines, token, strlen(token)));
}

tl_identity *tl_identity_new_asked(const tl_allocator *allocator)
{
    return new_identity(allocator, TL_ASKED);
}

static bool write_sign_in(tl_identity *identity, const tl_sign_in_spec *spec)
{
    identity->timeout = spec->timeout;
    return tl_buffer_append_text(&identity->url, spec->url) == TL_BUFFER_OK &&
           tl_buffer_append(&identity->headers, spec->headers, spec->headers_length) ==
               TL_BUFFER_OK &&
           tl_credentials_write_form(&identity->form, spec->form, spec->form_count) &&
           (!spec->client_id ||
            tl_credentials_write_client(&identity->client, spec->client_id, spec->client_secret));
}

tl_identity *tl_identity_new_signing_in(const tl_allocator *allocator, const tl_sign_in_spec *spec)
{
    tl_identity *identity = new_identity(allocator, spec->kind);
    return if_made(allocator, identity, identity && write_sign_in(identity, spec));
}

void tl_identity_free(const tl_allocator *allocator, tl_identity *identity)
{
    tl_buffer_free(&identity->url);
    tl_buffer_free(&identity->headers);
    tl_buffer_free(&identity->client);
    tl_buffer_free(&identity->form);
    tl_buffer_free(&identity->lines);
    tl_session_free(&identity->session);
    tl_allocator_free(allocator, identity, sizeof *identity);
}

const char *tl_identity_sought(const tl_identity *identity)
{
    return identity->kind == TL_SESSION ? "session" : "token";
}

static bool serves(const tl_identity *identity, tl_time now)
{
    return identity->lines.length > 0 && now < identity->expires_at;
}

bool tl_identity_is_refusal(tl_error_kind kind)
{
    return kind == TL_AUTH || kind == TL_LIMIT || kind == TL_CONFIG;
}

/* Only a refusal makes calls fail while the endpoint is left alone. After a failure that may pass
 * (no network, say) a call without a token tries again at once, since the next try may work. */
static bool is_turned_away(const tl_identity *identity, tl_time now)
{
    return tl_identity_is_refusal(identity->failure.kind) && now < identity->rest.until;
}

tl_token_state tl_identity_state(const tl_identity *identity, tl_time now)
{
    if (serves(identity, now))
        return TL_TOKEN_READY;
    return !identity->signing_in && is_turned_away(identity, now) ? TL_TOKEN_REFUSED
                                                                  : TL_TOKEN_NEEDED;
}

bool tl_identity_wants_fetch(const tl_identity *identity, tl_time now)
{
    if (identity->signing_in)
        return false;
    if (serves(identity, now))
        return now >= identity->renew_at && now >= identity->rest.until;
    return !is_turned_away(identity, now);
}

void tl_identity_fetching(tl_identity *identity, tl_time now)
{
    identity->signing_in = true;
    identity->fetch_started = now;
}

tl_time tl_identity_early(tl_time life)
{
    return life / 10 < RENEW_AT_MOST ? life / 10 : RENEW_AT_MOST;
}

static void set_life(tl_identity *identity, double life)
{
    if (!(life > 0 && life <= LONGEST_LIFE)) {
        identity->renew_at = identity->expires_at = TL_NEVER;
        return;
    }
    tl_time span = (tl_time)(life * (double)TL_SECOND);
    identity->expires_at = identity->fetch_started + span;
    identity->renew_at = identity->expires_at - tl_identity_early(span);
}

/* A new proof that was issued at `born` or earlier is to take the place of what `lines` holds: that
 * is nothing after a 401. A token whose life is so short that it is to be renewed before it would
 * be old enough does not ripen: neither would the next one, and requests would wait for ever. */
static void begin_life(tl_identity *identity, double life, tl_time born)
{
    set_life(identity, life);
    identity->generation++;
    identity->proven = false;
    identity->replacement = identity->generation > 1 && identity->lines.length == 0;
    identity->found_replacement = false;
    identity->born = born;
    tl_time ripe = born + RIPE_AGE;
    identity->serves_from = identity->ripens && ripe < identity->renew_at ? ripe : 0;
}

/* `lines` becomes the identity's; when they could not be `written` the old ones go on serving. */
static bool install(tl_identity *identity, tl_buffer *lines, bool written, double life,
                    tl_time born)
{
    if (!written) {
        tl_error error;
        tl_buffer_free(lines);
        tl_error_set(&error, TL_MEMORY, "not enough memory");
        tl_identity_refuse(identity, &error, false, born);
        return false;
    }
    begin_life(identity, life, born);
    tl_buffer_free(&identity->lines);
    identity->lines = *lines;
    identity->signing_in = false;
    identity->failure.kind = TL_OK;
    identity->rest = (tl_rest){0};
    return true;
}

static bool install_token(tl_identity *identity, const char *token, size_t length, double life,
                          tl_time born)
{
    tl_buffer lines;
    tl_buffer_init_secret(&lines, identity->lines.allocator, SIZE_MAX);
    bool written = tl_credentials_write_bearer(&lines, token, length);
    return install(identity, &lines, written, life, born);
}

static bool refuse_answer(tl_identity *identity, const char *why, tl_time now)
{
    tl_error error;
    tl_error_set(&error, TL_AUTH, "%s", why);
    tl_identity_refuse(identity, &error, true, now);
    return false;
}

bool tl_identity_grant(tl_identity *identity, const char *token, size_t length, double life,
                       tl_time now)
{
    if (!tl_credentials_fit_a_header(token, length))
        return refuse_answer(identity,
                             identity->kind == TL_ASKED
                                 ? "the token function gave a token that no header can carry; is "
                                   "there a line break or a blank at its end?"
                                 : "the token endpoint gave a token that no header can carry "
                                   "(RFC 6750)",
                             now);
    bool granted = install_token(identity, token, length, life, now);
    /* An endpoint may give a refused token out again until it ends: then that is what there is. */
    identity->has_refused = identity->has_refused && !granted;
    return granted;
}

bool tl_identity_take(tl_identity *identity, const char *token, size_t length, double life,
                      tl_time asked, bool replacement)
{
    tl_identity_fetching(identity, asked);
    bool taken = install_token(identity, token, length, life, asked);
    identity->found_replacement = taken && replacement;
    return taken;
}

bool tl_identity_admit(tl_identity *identity, const tl_buffer *headers, tl_time now)
{
    /* If this fails the old cookies are not lost: they are in `lines`, which stay. */
    tl_session_clear(&identity->session);
    tl_buffer lines;
    tl_buffer_init_secret(&lines, identity->lines.allocator, SIZE_MAX);
    bool written = tl_session_read(&identity->session, headers);
    if (written && identity->session.cookies.length == 0)
        return refuse_answer(identity, "the login's answer sets no cookie; check login_url", now);
    written = written && tl_session_write(&identity->session, &lines);
    return install(identity, &lines, written, 0, now);
}

static void begin_rest(tl_rest *rest, tl_time now)
{
    tl_time doubled = rest->length * 2;
    rest->length = doubled < SHORTEST_REST  ? SHORTEST_REST
                   : doubled > LONGEST_REST ? LONGEST_REST
                                            : doubled;
    rest->until = now + rest->length;
}

void tl_identity_refuse(tl_identity *identity, const tl_error *error, bool rest, tl_time now)
{
    identity->signing_in = false;
    identity->failure = *error;
    if (rest)
        begin_rest(&identity->rest, now);
}

/* The token is the last word of the line that tl_credentials_write_bearer wrote. */
static void remember_refused(tl_identity *identity)
{
    const char *blank = strrchr(tl_buffer_text(&identity->lines), ' ');
    if (!blank)
        return;
    identity->has_refused = true;
    tl_sha256_of(blank + 1, strlen(blank + 1), identity->refused);
}

static void drop(tl_identity *identity)
{
    if (identity->kind == TL_TOKEN)
        remember_refused(identity);
    tl_buffer_clear(&identity->lines);
}

void tl_identity_observe(tl_identity *identity, uint64_t generation, const tl_buffer *headers)
{
    if (identity->kind != TL_SESSION || identity->generation != generation ||
        identity->lines.length == 0)
        return;
    tl_buffer lines;
    tl_buffer_init_secret(&lines, identity->lines.allocator, SIZE_MAX);
    if (tl_session_read(&identity->session, headers) &&
        tl_session_write(&identity->session, &lines)) {
        tl_buffer_free(&identity->lines);
        identity->lines = lines;
        return;
    }
    tl_buffer_free(&lines);
    drop(identity); /* some of the cookies may be missing: sign in anew */
}

void tl_identity_accepted(tl_identity *identity, uint64_t generation, bool replayed)
{
    if (identity->generation == generation)
        identity->proven = true;
    if (replayed)
        identity->replacing = (tl_rest){0};
}

/* Whether a 401 may be due to the token's youth: the API has never accepted it so far. */
static bool may_be_unripe(const tl_identity *identity, tl_time now)
{
    return identity->kind == TL_TOKEN && !identity->proven && now - identity->born < RIPE_AGE;
}

bool tl_identity_refused(tl_identity *identity, uint64_t generation, bool replayed, tl_time now)
{
    bool current = identity->generation == generation && identity->lines.length > 0;
    bool unripe = may_be_unripe(identity, now);
    if (identity->kind == TL_FIXED)
        return false;
    /* A 401 to a token that was old enough has another cause. So may one to a replay: perhaps this
     * operation is refused with whatever token. */
    if (current && !identity->proven)
        identity->ripens = unripe && !replayed;
    if (!replayed && !current)
        return true; /* a 401 to another request has had this proof dropped already */
    if (now < identity->replacing.until)
        return false;
    if (replayed || (identity->replacement && !identity->proven)) {
        identity->replacement = false; /* so that a 401 after the rest replaces it again */
        begin_rest(&identity->replacing, now);
        return false;
    }
    if (identity->found_replacement && unripe)
        identity->serves_from = identity->born + RIPE_AGE;
    else
        drop(identity);
    return true;
}
