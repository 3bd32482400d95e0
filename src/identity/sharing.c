/* Sign-ins by way of the token file: of all processes that want the same token, one asks for it.
 * What the file is like is token_store.c's. */
#include "net/engine_private.h"

#include <string.h>

/* How often we look whether the other is done: soon, since most endpoints answer within a second,
 * then less often. A look costs some ten microseconds. */
#define FIRST_DELAY   (10 * TL_MILLISECOND)
#define LONGEST_DELAY (200 * TL_MILLISECOND)

/* A script that ends sooner than an endpoint answers would have asked in vain, and so would the
 * next one: who has just come renews nothing. */
#define NEWCOMER (2 * TL_SECOND)

/* One trace for what is wrong, and not again until it is something else. */
static void note_fault(tl_identity *identity)
{
    tl_engine *engine = identity->engine;
    const char *fault = identity->store.fault;
    if (fault[0] == '\0' || strcmp(fault, identity->noted_fault) == 0)
        return;
    memcpy(identity->noted_fault, fault, sizeof identity->noted_fault);
    tl_traces_note_token_file(&engine->traces, &engine->allocator, fault);
}

/* For a renewal the file must have more than what is to be renewed. */
static bool is_of_use(const tl_identity *identity, const tl_stored_token *stored, tl_time now)
{
    return stored->life == 0 || tl_identity_state(identity, now) != TL_TOKEN_READY ||
           stored->life - stored->age > tl_identity_early(stored->life);
}

/* True when the file ends the sign-in. */
static bool take_from_file(tl_identity *identity, tl_token_look *look)
{
    tl_clocks now = tl_clocks_now();
    tl_stored_token stored;
    *look = tl_token_store_look(&identity->store, &now, &stored);
    note_fault(identity);
    bool taken = *look == TL_LOOK_LIVE && is_of_use(identity, &stored, now.boot);
    if (taken) {
        double life = (double)stored.life / (double)TL_SECOND;
        tl_token_store_unlock(&identity->store);
        tl_identity_fetching(identity, NULL, now.boot - stored.age);
        bool granted = tl_identity_grant(identity, tl_buffer_text(&stored.token),
                                         stored.token.length, life, now.boot);
        identity->found_replacement = granted && stored.replacement;
        tl_signin_end(identity, NULL, granted);
    }
    tl_buffer_free(&stored.token);
    return taken;
}

static void fetch(tl_identity *identity)
{
    tl_error error;
    if (tl_signin_fetch(identity))
        return;
    tl_error_set(&error, TL_MEMORY, "not enough memory");
    tl_engine_refuse(identity, &error, false);
}

/* Whoever has had the lock for half of the time of a sign-in is stopped, or driven by nobody: the
 * other half is for us. */
static void wait_for_turn(tl_identity *identity, tl_time now)
{
    tl_engine *engine = identity->engine;
    if (now - identity->store.contended_since >= identity->timeout / 2)
        tl_token_store_break_lock(&identity->store);
    tl_timer_set(&engine->timers, &identity->turn, now + identity->turn_delay);
    tl_time longer = identity->turn_delay * 3 / 2;
    identity->turn_delay = longer < LONGEST_DELAY ? longer : LONGEST_DELAY;
    tl_engine_changed(engine);
}

/* The second look is for what was written between the first and the lock. What we hold the lock for
 * is the token that was refused: nobody shall take it while we fetch another. */
static void take_turn(tl_identity *identity)
{
    tl_token_look look;
    tl_time now = tl_now();
    if (take_from_file(identity, &look))
        return;
    tl_folder_status status = tl_token_store_lock(&identity->store, now);
    note_fault(identity);
    if (status == TL_FOLDER_BUSY) {
        wait_for_turn(identity, now);
        return;
    }
    if (status == TL_FOLDER_OK && take_from_file(identity, &look))
        return;
    if (status == TL_FOLDER_OK && look == TL_LOOK_REFUSED)
        tl_token_store_remove(&identity->store);
    fetch(identity);
}

void tl_sharing_begin(tl_identity *identity)
{
    tl_time now = tl_now();
    bool renewal = tl_identity_state(identity, now) == TL_TOKEN_READY;
    if (renewal && now - identity->adopted < NEWCOMER)
        return;
    identity->turn_delay = FIRST_DELAY;
    identity->store.contended = (struct stat){0}; /* that was another holder */
    tl_identity_fetching(identity, NULL, now);
    take_turn(identity);
}

void tl_sharing_on_turn(tl_timer *timer)
{
    take_turn(TL_OWNER(timer, tl_identity, turn));
}

void tl_sharing_end(tl_identity *identity, const char *token, size_t length)
{
    tl_token_store *store = &identity->store;
    if (!tl_token_store_has_lock(store))
        return;
    if (token) {
        tl_clocks now = tl_clocks_now();
        tl_time asked = identity->fetch_started;
        tl_time life = identity->expires_at == TL_NEVER ? 0 : identity->expires_at - asked;
        tl_token_store_write(store, token, length, asked, life, &now);
        note_fault(identity);
    }
    tl_token_store_unlock(store);
}
