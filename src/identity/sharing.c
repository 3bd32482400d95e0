#include "identity/sharing.h"

#include <string.h>

/* How long we wait before we look again whether another process has its token: first for moments,
 * because most endpoints answer within a second, then longer. A look takes some ten microseconds.
 */
#define FIRST_DELAY   (10 * TL_MILLISECOND)
#define LONGEST_DELAY (200 * TL_MILLISECOND)

/* A process younger than this does not renew a token that still serves. A short script would
 * probably end before the answer comes, and so would the next one: each would ask, and none would
 * ever write the file. */
#define NEWCOMER (2 * TL_SECOND)

void tl_sharing_init(tl_sharing *sharing, const tl_allocator *allocator)
{
    *sharing = (tl_sharing){0};
    tl_token_store_init(&sharing->store, allocator);
}

void tl_sharing_free(tl_sharing *sharing)
{
    tl_token_store_free(&sharing->store);
}

/* URL, header and form hold client, secret, audience, scope and resource. */
bool tl_sharing_open(tl_sharing *sharing, const char *folder, const tl_identity *identity,
                     tl_time now)
{
    const tl_buffer *const parts[] = {&identity->url, &identity->client, &identity->form};
    sharing->opened = now;
    return tl_token_store_open(&sharing->store, folder, parts, sizeof parts / sizeof *parts);
}

bool tl_sharing_is_on(const tl_sharing *sharing)
{
    return tl_token_store_is_on(&sharing->store);
}

/* After each use of the store, because the next one overwrites its fault. */
static void note_fault(tl_sharing *sharing)
{
    const char *fault = sharing->store.fault;
    if (fault[0] == '\0' || strcmp(fault, sharing->fault) == 0)
        return;
    memcpy(sharing->fault, fault, sizeof sharing->fault);
    sharing->has_news = true;
}

const char *tl_sharing_fault(tl_sharing *sharing)
{
    bool has_news = sharing->has_news;
    sharing->has_news = false;
    return has_news ? sharing->fault : NULL;
}

/* When all have waited for the same process they would all lose patience at the same moment, and
 * all ask. Each waits up to a quarter longer than the first, so that most find in the file what the
 * first one got. The last digits of a time in microseconds are as good as a random number. */
static tl_time patience(const tl_identity *identity, tl_time now)
{
    enum { STEPS = 1000 };
    tl_time half = identity->timeout / 2;
    return half + half / 4 * (now % STEPS) / STEPS;
}

bool tl_sharing_begin(tl_sharing *sharing, tl_identity *identity, tl_time now)
{
    bool renewal = tl_identity_state(identity, now) == TL_TOKEN_READY;
    if (renewal && now - sharing->opened < NEWCOMER)
        return false;
    sharing->delay = FIRST_DELAY;
    sharing->patient_until = now + patience(identity, now);
    tl_identity_fetching(identity, now);
    return true;
}

/* While our own token serves, we are about to renew it: then the file's must be one that need not
 * be renewed itself. */
static bool is_of_use(const tl_identity *identity, const tl_stored_token *stored, tl_time now)
{
    return stored->life == 0 || tl_identity_state(identity, now) != TL_TOKEN_READY ||
           stored->life - stored->age > tl_identity_early(stored->life);
}

/* The time that we are told may be a moment old. A token that another process has asked for since
 * then, and has got from a quick endpoint, would seem to be from the future. */
static tl_clocks clocks_since(tl_time now)
{
    tl_time later = tl_now();
    return tl_clocks_at(later > now ? later : now);
}

/* True when the file ends the sign-in. */
static bool take_from_file(tl_sharing *sharing, tl_identity *identity, tl_time now,
                           tl_token_look *look)
{
    const unsigned char *refused = identity->has_refused ? identity->refused : NULL;
    tl_clocks clocks = clocks_since(now);
    tl_stored_token stored;
    *look = tl_token_store_look(&sharing->store, refused, &clocks, &stored);
    note_fault(sharing);
    bool taken = *look == TL_LOOK_LIVE && is_of_use(identity, &stored, now);
    if (taken) {
        tl_token_store_unlock(&sharing->store);
        tl_identity_take(identity, tl_buffer_text(&stored.token), stored.token.length,
                         (double)stored.life / (double)TL_SECOND, clocks.boot - stored.age,
                         stored.replacement);
    }
    tl_buffer_free(&stored.token);
    return taken;
}

/* The second look is for a token that another process wrote between the first look and our lock.
 * The refused token is removed now and not when the next one is there, because others would take it
 * meanwhile, and get a 401. */
static tl_turn use_lock(tl_sharing *sharing, tl_identity *identity, tl_time now)
{
    tl_token_look look;
    if (take_from_file(sharing, identity, now, &look))
        return TL_TURN_TAKEN;
    if (look == TL_LOOK_REFUSED)
        tl_token_store_remove(&sharing->store);
    return TL_TURN_FETCH;
}

static tl_turn wait_for_holder(tl_sharing *sharing, tl_time now, tl_time *again)
{
    *again = now + sharing->delay;
    tl_time longer = sharing->delay * 3 / 2;
    sharing->delay = longer < LONGEST_DELAY ? longer : LONGEST_DELAY;
    return TL_TURN_WAIT;
}

tl_turn tl_sharing_turn(tl_sharing *sharing, tl_identity *identity, tl_time now, tl_time *again)
{
    tl_token_look look;
    if (take_from_file(sharing, identity, now, &look))
        return TL_TURN_TAKEN;
    tl_folder_status status = tl_token_store_lock(&sharing->store);
    note_fault(sharing);
    if (status == TL_FOLDER_BUSY && now < sharing->patient_until)
        return wait_for_holder(sharing, now, again);
    tl_turn turn = status == TL_FOLDER_OK ? use_lock(sharing, identity, now) : TL_TURN_FETCH;
    sharing->writes = turn == TL_TURN_FETCH && status != TL_FOLDER_FAULT;
    return turn;
}

void tl_sharing_end(tl_sharing *sharing, const tl_identity *identity, const char *token,
                    size_t length)
{
    if (sharing->writes && token) {
        tl_clocks asked = tl_clocks_at(identity->fetch_started);
        tl_time life = identity->expires_at == TL_NEVER ? 0 : identity->expires_at - asked.boot;
        tl_token_store_write(&sharing->store, token, length, life, identity->replacement, &asked);
        note_fault(sharing);
    }
    sharing->writes = false;
    tl_token_store_unlock(&sharing->store);
}
