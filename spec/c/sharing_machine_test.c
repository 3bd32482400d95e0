/* Sign-ins by way of the token file, told the time. Each machine stands for a process: the lock
 * belongs to what is open, so that two of one process exclude each other as well. What the endpoint
 * gets is counted: that is what the file is for. */
#include "identity/sharing.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MANY = 20 };

#define TIMEOUT (8 * TL_SECOND)
#define LIFE    300 /* seconds */

typedef struct machine {
    tl_identity *identity;
    tl_sharing sharing;
    tl_time again;
} machine;

static test_memory memory;
static tl_allocator allocator;
static char base[64], folder[96];
static machine machines[MANY];
static int made, fetches;
static tl_time now;

/* What happens just before the next lock is taken, or NULL. */
static void (*before_lock)(void);

/* In place of the C library's. */
int flock(int fd, int operation)
{
    void (*happen)(void) = before_lock;
    before_lock = NULL;
    if (happen)
        happen();
    return (int)syscall(SYS_flock, fd, operation);
}

static int set_up(void **state)
{
    (void)state;
    memory = (test_memory){0};
    allocator = test_allocator(&memory);
    made = fetches = 0;
    now = (tl_now() / TL_SECOND + 1) * TL_SECOND; /* a full one, so that patience is not spread */
    strcpy(base, "/tmp/tasklist-test-XXXXXX");
    if (!mkdtemp(base))
        return -1;
    snprintf(folder, sizeof folder, "%s/cache", base);
    return 0;
}

static void stop(machine *m)
{
    tl_sharing_free(&m->sharing);
    if (m->identity)
        tl_identity_free(&allocator, m->identity);
    m->identity = NULL;
}

static int tear_down(void **state)
{
    (void)state;
    while (made > 0)
        stop(&machines[--made]);
    test_remove_folder(base);
    return memory.live == 0 && memory.lies == 0 ? 0 : -1;
}

/* It has lived for long. */
static machine *make_machine(void)
{
    const tl_sign_in_spec spec = {.kind = TL_TOKEN, .url = "u", .timeout = TIMEOUT};
    machine *m = &machines[made++];
    m->identity = tl_identity_new_signing_in(&allocator, &spec);
    tl_sharing_init(&m->sharing, &allocator);
    assert_non_null(m->identity);
    assert_false(tl_sharing_is_on(&m->sharing));
    assert_true(tl_sharing_open(&m->sharing, folder, m->identity, now - 1000 * TL_SECOND));
    assert_true(tl_sharing_is_on(&m->sharing));
    return m;
}

static tl_turn take_turn(machine *m)
{
    tl_turn turn = tl_sharing_turn(&m->sharing, m->identity, now, &m->again);
    fetches += turn == TL_TURN_FETCH;
    return turn;
}

static tl_turn begin(machine *m)
{
    assert_true(tl_sharing_begin(&m->sharing, m->identity, now));
    assert_true(m->identity->signing_in);
    return take_turn(m);
}

/* The endpoint answers. */
static void get(machine *m, const char *token)
{
    assert_true(tl_identity_grant(m->identity, token, strlen(token), LIFE, now));
    tl_sharing_end(&m->sharing, m->identity, token, strlen(token));
}

static void expect_token(const machine *m, const char *token)
{
    char line[128];
    snprintf(line, sizeof line, "Authorization: Bearer %s", token);
    assert_false(m->identity->signing_in);
    assert_int_equal(m->identity->failure.kind, TL_OK);
    assert_string_equal(tl_buffer_text(&m->identity->lines), line);
    assert_true(m->sharing.store.lock < 0);
}

/* What somebody finds who comes now. */
static void expect_file(const char *token)
{
    machine *m = make_machine();
    assert_int_equal(begin(m), TL_TURN_TAKEN);
    expect_token(m, token);
}

static char *path_of(const char *ending)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s.%s", folder, machines[0].sharing.store.name, ending);
    return path;
}

/* What somebody fetches and writes who comes and goes. */
static void fetch_and_leave(const char *token)
{
    machine *m = make_machine();
    assert_int_equal(begin(m), TL_TURN_FETCH);
    get(m, token);
}

static void refuse(machine *m)
{
    assert_true(tl_identity_refused(m->identity, m->identity->generation, false, now));
}

static void one_asks_and_the_others_take_what_it_got(void **state)
{
    (void)state;
    for (int i = 0; i < MANY; i++)
        assert_int_equal(begin(make_machine()), i == 0 ? TL_TURN_FETCH : TL_TURN_WAIT);
    now += TL_SECOND;
    get(&machines[0], "first");
    now += TL_SECOND;
    for (int i = 1; i < MANY; i++) {
        assert_int_equal(take_turn(&machines[i]), TL_TURN_TAKEN);
        expect_token(&machines[i], "first");
        /* It is as old as the first one's. */
        assert_int_equal(machines[i].identity->expires_at, machines[0].identity->expires_at);
        assert_false(machines[i].identity->found_replacement);
    }
    assert_int_equal(fetches, 1);
}

static void a_live_token_is_taken_without_waiting(void **state)
{
    (void)state;
    fetch_and_leave("first");
    now += (LIFE - 1) * TL_SECOND;
    expect_file("first");
    assert_int_equal(fetches, 1);
    now += TL_SECOND;
    assert_int_equal(begin(make_machine()), TL_TURN_FETCH);
}

static void it_looks_often_at_first_and_less_often_later(void **state)
{
    (void)state;
    begin(make_machine());
    machine *m = make_machine();
    tl_turn turn = begin(m);
    tl_time before = 0;
    for (int i = 0; i < 20; i++) {
        tl_time delay = m->again - now;
        assert_int_equal(turn, TL_TURN_WAIT);
        assert_true(delay >= 10 * TL_MILLISECOND && delay <= 200 * TL_MILLISECOND);
        assert_true(delay > before || delay == 200 * TL_MILLISECOND);
        before = delay;
        now = m->again;
        turn = take_turn(m);
    }
    assert_int_equal(before, 200 * TL_MILLISECOND);
}

static void a_fetch_that_fails_leaves_its_turn_to_the_next(void **state)
{
    (void)state;
    tl_error error;
    machine *first = make_machine(), *second = make_machine();
    begin(first);
    assert_int_equal(begin(second), TL_TURN_WAIT);
    tl_error_set(&error, TL_NETWORK, "nobody there");
    tl_identity_refuse(first->identity, &error, false, now);
    tl_sharing_end(&first->sharing, first->identity, NULL, 0);
    assert_true(first->sharing.store.lock < 0);
    assert_int_equal(take_turn(second), TL_TURN_FETCH);
    get(second, "second");
    expect_file("second");
}

static void one_that_ends_leaves_its_turn_to_the_next(void **state)
{
    (void)state;
    machine *first = make_machine(), *second = make_machine();
    begin(first);
    assert_int_equal(begin(second), TL_TURN_WAIT);
    stop(first);
    assert_int_equal(take_turn(second), TL_TURN_FETCH);
}

/* The one that is in the middle of its turn knows of no time since then. */
static void write_between(void)
{
    now = tl_now();
    fetch_and_leave("between");
}

static void a_token_that_comes_between_the_look_and_the_lock_is_taken(void **state)
{
    (void)state;
    now = tl_now();
    machine *m = make_machine();
    before_lock = write_between;
    assert_int_equal(begin(m), TL_TURN_TAKEN);
    assert_null(before_lock);
    expect_token(m, "between");
    assert_int_equal(fetches, 1);
    tl_sharing_end(&m->sharing, m->identity, "none of its turn", 16); /* does nothing */
    expect_file("between");
}

/* The first is stopped. The second loses patience, and what it gets serves all others. */
static void a_holder_that_does_nothing_is_waited_for_half_a_sign_in(void **state)
{
    (void)state;
    machine *holder = make_machine(), *impatient = make_machine(), *other = make_machine();
    begin(holder);
    assert_int_equal(begin(impatient), TL_TURN_WAIT);
    now += 100 * TL_MILLISECOND;
    assert_int_equal(begin(other), TL_TURN_WAIT);
    now += TIMEOUT / 2 - 100 * TL_MILLISECOND - 1;
    assert_int_equal(take_turn(impatient), TL_TURN_WAIT);
    now += 1;
    assert_int_equal(take_turn(impatient), TL_TURN_FETCH);
    assert_int_equal(take_turn(other), TL_TURN_WAIT);
    get(impatient, "second");
    expect_token(impatient, "second");
    now += TL_SECOND; /* now the other would have lost patience as well */
    assert_int_equal(take_turn(other), TL_TURN_TAKEN);
    expect_token(other, "second");
    assert_true(holder->sharing.store.lock >= 0);
    get(holder, "first"); /* it goes on after all: its token is as good */
    expect_token(holder, "first");
    expect_file("first");
    assert_int_equal(fetches, 2);
}

/* Waiting costs nobody the lock: it is still the holder's. */
static void the_impatient_one_does_not_free_the_lock(void **state)
{
    (void)state;
    machine *holder = make_machine(), *impatient = make_machine();
    begin(holder);
    begin(impatient);
    now += TIMEOUT / 2;
    assert_int_equal(take_turn(impatient), TL_TURN_FETCH);
    get(impatient, "second");
    assert_int_equal(unlink(path_of("token")), 0);
    assert_int_equal(begin(make_machine()), TL_TURN_WAIT);
}

static void patience_begins_anew_with_each_sign_in(void **state)
{
    (void)state;
    machine *first = make_machine(), *second = make_machine();
    begin(first);
    begin(second);
    now += TIMEOUT / 2 - 1;
    get(first, "first");
    assert_int_equal(take_turn(second), TL_TURN_TAKEN);
    now += LIFE * TL_SECOND;
    assert_int_equal(begin(first), TL_TURN_FETCH);
    assert_int_equal(begin(second), TL_TURN_WAIT);
    now += TIMEOUT / 2 - 1;
    assert_int_equal(take_turn(second), TL_TURN_WAIT);
}

#define ANSWER_TIME (100 * TL_MILLISECOND)

static tl_time fetched_at[MANY]; /* when each asked the endpoint; 0: it does not wait for one */
static tl_time written_at;       /* when the first of them wrote the file */

static void go_on(int i)
{
    machine *m = &machines[i];
    if (fetched_at[i] > 0 && now >= fetched_at[i] + ANSWER_TIME) {
        fetched_at[i] = 0;
        get(m, "double");
        written_at = now < written_at ? now : written_at;
    } else if (m->identity->signing_in && fetched_at[i] == 0 && now >= m->again) {
        fetched_at[i] = take_turn(m) == TL_TURN_FETCH ? now : 0;
    }
}

/* The ledger of a holder that is stopped: beside its own request there is one by each waiter whose
 * patience ends before the first of them has written, and none by the others. Patience differs by
 * up to an eighth of a sign-in's time, here a second; the endpoint takes a tenth of one. */
static void few_lose_patience_at_the_same_time(void **state)
{
    (void)state;
    tl_time first_end = TL_NEVER;
    int at_most = 0;
    written_at = TL_NEVER;
    begin(make_machine());
    for (int i = 1; i < MANY; i++) {
        now += 1 + i * 137 % 50; /* all come within a millisecond */
        assert_int_equal(begin(make_machine()), TL_TURN_WAIT);
        tl_time end = machines[i].sharing.patient_until;
        assert_true(end - now >= TIMEOUT / 2 && end - now <= TIMEOUT / 2 + TIMEOUT / 8);
        first_end = end < first_end ? end : first_end;
        fetched_at[i] = 0;
    }
    for (tl_time end = now + TIMEOUT; now < end; now += TL_MILLISECOND) {
        for (int i = 1; i < MANY; i++)
            go_on(i);
    }
    for (int i = 1; i < MANY; i++) {
        expect_token(&machines[i], "double");
        at_most += machines[i].sharing.patient_until <= written_at;
    }
    /* A waiter looks every 200 ms, so that the first one may come so much later. */
    assert_true(written_at <= first_end + ANSWER_TIME + 201 * TL_MILLISECOND);
    assert_true(fetches >= 2 && fetches <= 1 + at_most);
    assert_true(at_most < MANY / 2);
}

/* Others would take it and get the same 401 while the next one is on its way. */
static void a_refused_token_is_removed_before_the_next_is_asked_for(void **state)
{
    (void)state;
    machine *first = make_machine(), *second = make_machine();
    begin(first);
    get(first, "old");
    assert_int_equal(begin(second), TL_TURN_TAKEN);
    now += 10 * TL_SECOND;
    refuse(first);
    refuse(second);
    assert_int_equal(begin(first), TL_TURN_FETCH);
    assert_int_equal(access(path_of("token"), F_OK), -1);
    assert_int_equal(begin(make_machine()), TL_TURN_WAIT);
    assert_int_equal(begin(second), TL_TURN_WAIT);
    get(first, "new");
    assert_int_equal(take_turn(second), TL_TURN_TAKEN);
    expect_token(second, "new");
    assert_true(second->identity->found_replacement);
    assert_int_equal(fetches, 2);
}

/* Without the lock it might be another token by now. */
static void the_impatient_one_removes_no_token(void **state)
{
    (void)state;
    machine *first = make_machine(), *holder = make_machine();
    begin(first);
    get(first, "old");
    refuse(first);
    assert_int_equal(tl_token_store_lock(&holder->sharing.store), TL_FOLDER_OK);
    assert_int_equal(begin(first), TL_TURN_WAIT);
    now += TIMEOUT / 2;
    assert_int_equal(take_turn(first), TL_TURN_FETCH);
    expect_file("old");
    get(first, "new");
    expect_file("new");
}

/* An endpoint may give the same one out until it ends. */
static void a_refused_token_that_was_fetched_again_is_as_good_as_any(void **state)
{
    (void)state;
    machine *m = make_machine();
    begin(m);
    get(m, "same");
    refuse(m);
    assert_int_equal(begin(m), TL_TURN_FETCH);
    get(m, "same");
    now += LIFE * TL_SECOND;
    fetch_and_leave("same");
    assert_int_equal(begin(m), TL_TURN_TAKEN);
    expect_token(m, "same");
}

static void a_renewal_takes_no_token_that_is_to_be_renewed_itself(void **state)
{
    (void)state;
    machine *first = make_machine(), *second = make_machine();
    begin(first);
    get(first, "old");
    assert_int_equal(begin(second), TL_TURN_TAKEN);
    now += (LIFE - 30) * TL_SECOND;
    assert_int_equal(begin(first), TL_TURN_FETCH);
    assert_int_equal(begin(second), TL_TURN_WAIT);
    assert_int_equal(tl_identity_state(second->identity, now), TL_TOKEN_READY);
    expect_file("old"); /* it is good enough for who has none */
    get(first, "new");
    assert_int_equal(take_turn(second), TL_TURN_TAKEN);
    expect_token(second, "new");
    assert_false(second->identity->found_replacement);
    assert_int_equal(fetches, 2);
}

static void a_newcomer_renews_nothing(void **state)
{
    (void)state;
    fetch_and_leave("old");
    machine *m = make_machine();
    m->sharing.opened = now += (LIFE - 30) * TL_SECOND;
    assert_int_equal(begin(m), TL_TURN_TAKEN); /* it has none */
    now += 2 * TL_SECOND - 1;
    assert_false(tl_sharing_begin(&m->sharing, m->identity, now));
    assert_false(m->identity->signing_in);
    now += 1;
    assert_int_equal(begin(m), TL_TURN_FETCH);
}

static void expect_fault(machine *m, const char *words)
{
    const char *fault = tl_sharing_fault(&m->sharing);
    if (!fault || !strstr(fault, words))
        fail_msg("'%s' is not in '%s'", words, fault ? fault : "nothing");
    assert_null(tl_sharing_fault(&m->sharing));
}

static void a_fault_is_told_once_until_it_is_another(void **state)
{
    (void)state;
    machine *m = make_machine();
    assert_int_equal(symlink(base, folder), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(begin(m), TL_TURN_FETCH); /* it does without the file */
        assert_true(m->sharing.store.lock < 0);
        if (i == 0)
            expect_fault(m, "cache: is a symbolic link");
        get(m, "own");
        assert_null(tl_sharing_fault(&m->sharing));
        now += LIFE * TL_SECOND;
    }
    assert_int_equal(unlink(folder), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(chmod(folder, 0770), 0);
    assert_int_equal(begin(m), TL_TURN_FETCH);
    expect_fault(m, "cache: can be written by others");
    assert_int_equal(chmod(folder, 0700), 0);
    get(m, "own");
    assert_int_equal(access(path_of("token"), F_OK), -1); /* it had no turn to write it */
    now += LIFE * TL_SECOND;
    assert_int_equal(begin(m), TL_TURN_FETCH);
    get(m, "own");
    expect_file("own");
    assert_null(tl_sharing_fault(&m->sharing));
}

/* What comes after it in the same turn is well. */
static void a_damaged_file_is_told_of_and_mended(void **state)
{
    (void)state;
    fetch_and_leave("first");
    assert_int_equal(truncate(path_of("token"), 40), 0);
    machine *m = make_machine();
    assert_int_equal(begin(m), TL_TURN_FETCH);
    expect_fault(m, ".token: is cut");
    get(m, "second");
    expect_file("second");
}

static void without_a_folder_nothing_is_shared(void **state)
{
    (void)state;
    machine *m = &machines[made++];
    m->identity = tl_identity_new_asked(&allocator);
    tl_sharing_init(&m->sharing, &allocator);
    assert_false(tl_sharing_is_on(&m->sharing));
    tl_sharing_end(&m->sharing, m->identity, "own", 3);
    assert_null(tl_sharing_fault(&m->sharing));
}

static void without_memory_no_token_is_taken_or_written(void **state)
{
    (void)state;
    fetch_and_leave("first");
    machine *m = make_machine();
    for (size_t nth = 1;; nth++) {
        assert_true(nth < 50);
        memory.asked = 0;
        memory.fail_at = nth;
        tl_turn turn = begin(m);
        bool spared = memory.asked < nth;
        memory.fail_at = 0;
        if (turn == TL_TURN_FETCH)
            tl_sharing_end(&m->sharing, m->identity, NULL, 0);
        else if (m->identity->failure.kind != TL_OK)
            assert_int_equal(m->identity->failure.kind, TL_MEMORY);
        else if (spared)
            break;
        assert_true(m->sharing.store.lock < 0);
    }
    expect_token(m, "first");
    tl_sharing_free(&m->sharing);
    tl_sharing_init(&m->sharing, &allocator);
    memory.asked = 0;
    memory.fail_at = 1;
    assert_false(tl_sharing_open(&m->sharing, folder, m->identity, now));
    memory.fail_at = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_asks_and_the_others_take_what_it_got),
        TEST(a_live_token_is_taken_without_waiting),
        TEST(it_looks_often_at_first_and_less_often_later),
        TEST(a_fetch_that_fails_leaves_its_turn_to_the_next),
        TEST(one_that_ends_leaves_its_turn_to_the_next),
        TEST(a_token_that_comes_between_the_look_and_the_lock_is_taken),
        TEST(a_holder_that_does_nothing_is_waited_for_half_a_sign_in),
        TEST(the_impatient_one_does_not_free_the_lock),
        TEST(patience_begins_anew_with_each_sign_in),
        TEST(few_lose_patience_at_the_same_time),
        TEST(a_refused_token_is_removed_before_the_next_is_asked_for),
        TEST(the_impatient_one_removes_no_token),
        TEST(a_refused_token_that_was_fetched_again_is_as_good_as_any),
        TEST(a_renewal_takes_no_token_that_is_to_be_renewed_itself),
        TEST(a_newcomer_renews_nothing),
        TEST(a_fault_is_told_once_until_it_is_another),
        TEST(a_damaged_file_is_told_of_and_mended),
        TEST(without_a_folder_nothing_is_shared),
        TEST(without_memory_no_token_is_taken_or_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
