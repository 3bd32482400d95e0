#include "identity/identity.h"
#include "test.h"

#include <math.h>
#include <string.h>

#define START   (100 * TL_SECOND)
#define UNKNOWN 0

static test_memory memory;
static tl_allocator allocator;
static tl_identity *identity;
static tl_error refusal, outage;

static int set_up(void **state)
{
    (void)state;
    static const tl_field form[] = {{"client id", "me"},
                                    {"client_secret", "my secret: +&=%\xC3\xBC"}};
    const tl_sign_in_spec spec = {
        .kind = TL_TOKEN,
        .url = "https://login.example/token",
        .headers = "Accept: a",
        .headers_length = sizeof "Accept: a",
        .form = form,
        .form_count = COUNT(form),
        .timeout = TL_SECOND,
    };
    memory = (test_memory){0};
    allocator = test_allocator(&memory);
    tl_error_set(&refusal, TL_AUTH, "wrong secret");
    tl_error_set(&outage, TL_NETWORK, "nobody there");
    identity = tl_identity_new_signing_in(&allocator, &spec);
    return identity ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tl_identity_free(&allocator, identity);
    return memory.live == 0 && memory.lies == 0 ? 0 : -1;
}

static void grant(const char *token, double life, tl_time now)
{
    tl_identity_fetching(identity, now);
    assert_true(tl_identity_grant(identity, token, strlen(token), life, now));
}

static void refuse(const tl_error *error, bool rest, tl_time now)
{
    tl_identity_fetching(identity, now);
    tl_identity_refuse(identity, error, rest, now);
}

static void check(tl_time now, tl_token_state state, bool wants_fetch)
{
    assert_int_equal(tl_identity_state(identity, now), state);
    assert_int_equal(tl_identity_wants_fetch(identity, now), wants_fetch);
}

static void the_form_is_encoded(void **state)
{
    (void)state;
    assert_string_equal(tl_buffer_text(&identity->form),
                        "client%20id=me&client_secret=my%20secret%3A%20%2B%26%3D%25%C3%BC");
    assert_int_equal(identity->client.length, 0);
    assert_true(identity->form.secret);
    assert_true(identity->lines.secret);
}

static void one_fetch_for_all(void **state)
{
    (void)state;
    check(START, TL_TOKEN_NEEDED, true);
    tl_identity_fetching(identity, START);
    check(START, TL_TOKEN_NEEDED, false);
    assert_true(tl_identity_grant(identity, "abc", 3, UNKNOWN, START));
    check(START, TL_TOKEN_READY, false);
    assert_string_equal(tl_buffer_text(&identity->lines), "Authorization: Bearer abc");
}

static const struct life {
    double life;   /* in seconds */
    tl_time early; /* how long before the end it is renewed */
} lives[] = {
    {10, TL_SECOND},       {299, 29900 * TL_MILLISECOND}, {300, 30 * TL_SECOND},
    {301, 30 * TL_SECOND}, {86400, 30 * TL_SECOND},       {1e9, 30 * TL_SECOND},
    {0.000001, 0},
};

static void it_is_renewed_early_while_it_serves(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lives); i++) {
        tl_time end = START + (tl_time)(lives[i].life * 1e6 + 0.5), renewal = end - lives[i].early;
        grant("abc", lives[i].life, START);
        check(renewal - 1, TL_TOKEN_READY, false);
        check(renewal, lives[i].early > 0 ? TL_TOKEN_READY : TL_TOKEN_NEEDED, true);
        check(end, TL_TOKEN_NEEDED, true);
        if (lives[i].early == 0)
            continue;
        check(end - 1, TL_TOKEN_READY, true);
        tl_identity_fetching(identity, renewal);
        check(end - 1, TL_TOKEN_READY, false);
        check(end, TL_TOKEN_NEEDED, false);
    }
}

static void its_life_counts_from_the_fetch(void **state)
{
    (void)state;
    tl_identity_fetching(identity, START);
    tl_identity_fetching(identity, START + 5 * TL_SECOND); /* sent again */
    assert_true(tl_identity_grant(identity, "abc", 3, 100, START + 50 * TL_SECOND));
    check(START + 105 * TL_SECOND - 1, TL_TOKEN_READY, true);
    check(START + 105 * TL_SECOND, TL_TOKEN_NEEDED, true);
}

static void a_token_without_a_known_life_serves_on(void **state)
{
    (void)state;
    const double unknown[] = {0, -1, -1e300, 1e9 + 1, 1e300, NAN, INFINITY};
    for (size_t i = 0; i < COUNT(unknown); i++) {
        grant("abc", unknown[i], START);
        check(START, TL_TOKEN_READY, false);
        check(TL_NEVER - 1, TL_TOKEN_READY, false);
    }
}

static bool refused_by_api(uint64_t generation, tl_time now)
{
    return tl_identity_refused(identity, generation, false, now);
}

static void a_401_drops_only_its_own_token(void **state)
{
    (void)state;
    grant("first", UNKNOWN, START);
    uint64_t first = identity->generation;
    assert_true(refused_by_api(first, START));
    check(START, TL_TOKEN_NEEDED, true);
    assert_true(refused_by_api(first, START)); /* another that carried it */
    grant("second", UNKNOWN, START);
    assert_true(identity->generation != first);
    assert_true(refused_by_api(first, START)); /* late */
    check(START, TL_TOKEN_READY, false);
    assert_string_equal(tl_buffer_text(&identity->lines), "Authorization: Bearer second");
    tl_identity_accepted(identity, identity->generation, true);
    assert_true(refused_by_api(identity->generation, START));
    check(START, TL_TOKEN_NEEDED, true);
}

/* The request that met the first 401 goes out again, and meets the next one with the new token. */
static void replace_in_vain(const char *token, tl_time now)
{
    assert_true(refused_by_api(identity->generation, now));
    grant(token, UNKNOWN, now);
    assert_false(tl_identity_refused(identity, identity->generation, true, now));
    assert_false(identity->ripens); /* it may be that one operation alone is refused */
}

static void a_replacement_that_is_refused_too_is_kept(void **state)
{
    (void)state;
    const int seconds[] = {1, 2, 4, 8, 16, 30, 30};
    tl_time now = START;
    grant("some", UNKNOWN, now);
    for (size_t i = 0; i < COUNT(seconds); i++) {
        replace_in_vain("kept", now);
        now += seconds[i] * TL_SECOND;
        assert_false(refused_by_api(identity->generation, now - 1));
        check(now - 1, TL_TOKEN_READY, false);
        assert_string_equal(tl_buffer_text(&identity->lines), "Authorization: Bearer kept");
    }
    /* What others are told of the kept token changes nothing; a replacement that helped does. */
    replace_in_vain("kept", now);
    tl_identity_accepted(identity, identity->generation, false);
    assert_false(refused_by_api(identity->generation, now));
    tl_identity_accepted(identity, identity->generation, true);
    replace_in_vain("kept", now);
    assert_false(refused_by_api(identity->generation, now + TL_SECOND - 1));
    assert_true(refused_by_api(identity->generation, now + TL_SECOND));
}

/* As with retries = 0. */
static void without_a_replay_replacements_rest_as_well(void **state)
{
    (void)state;
    grant("first", UNKNOWN, START);
    assert_true(refused_by_api(identity->generation, START));
    grant("second", UNKNOWN, START);
    assert_false(refused_by_api(identity->generation, START));
    assert_false(refused_by_api(identity->generation, START + TL_SECOND - 1));
    assert_true(refused_by_api(identity->generation, START + TL_SECOND));
    grant("third", UNKNOWN, START + TL_SECOND);
    assert_false(refused_by_api(identity->generation, START + TL_SECOND));
    assert_false(refused_by_api(identity->generation, START + 3 * TL_SECOND - 1));
    assert_true(refused_by_api(identity->generation, START + 3 * TL_SECOND));
}

/* The endpoint was down in between, so that no request was sent again. It is no matter that the
 * replacement is refused later: it has served. */
static void a_replacement_that_has_served_is_replaced_at_once(void **state)
{
    (void)state;
    grant("first", UNKNOWN, START);
    for (int i = 0; i < 3; i++) {
        assert_true(refused_by_api(identity->generation, START));
        refuse(&outage, false, START);
        grant("next", UNKNOWN, START);
        tl_identity_accepted(identity, identity->generation, false);
    }
}

static void what_is_given_for_good_is_kept(void **state)
{
    (void)state;
    tl_identity *fixed = tl_identity_new_bearer(&allocator, "abc");
    assert_non_null(fixed);
    assert_false(tl_identity_refused(fixed, fixed->generation, false, START));
    assert_int_equal(tl_identity_state(fixed, START), TL_TOKEN_READY);
    tl_identity_free(&allocator, fixed);
}

static void a_token_that_lives_too_briefly_does_not_ripen(void **state)
{
    (void)state;
    grant("first", 1, START);
    assert_true(refused_by_api(identity->generation, START));
    assert_true(identity->ripens);
    grant("second", 1, START);
    assert_int_equal(identity->serves_from, 0);
}

/* How old a token was that was refused, and whether the next one ripens. */
static const struct youth {
    tl_time age;
    bool proven, ripens;
} youths[] = {
    {0, false, true},
    {TL_SECOND, false, true},
    {2 * TL_SECOND, false, false},
    {0, true, false},
};

static void a_token_that_was_refused_young_lets_the_next_one_ripen(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(youths); i++) {
        tl_time now = START + (tl_time)i * 100 * TL_SECOND;
        grant("first", UNKNOWN, now);
        assert_int_equal(identity->serves_from, 0);
        if (youths[i].proven)
            tl_identity_accepted(identity, identity->generation, false);
        assert_true(refused_by_api(identity->generation, now + youths[i].age));
        tl_identity_fetching(identity, now);
        assert_true(tl_identity_grant(identity, "second", 6, UNKNOWN, now + 5 * TL_SECOND));
        tl_time ripe = identity->serves_from;
        if (youths[i].ripens != (ripe > now + 6 * TL_SECOND && ripe < now + 7 * TL_SECOND))
            fail_msg("row %zu", i);
        /* Ripe, and refused all the same: age was not what was wrong. */
        assert_false(
            tl_identity_refused(identity, identity->generation, true, now + 7 * TL_SECOND));
        grant("third", UNKNOWN, now + 50 * TL_SECOND);
        assert_int_equal(identity->serves_from, 0);
        tl_identity_accepted(identity, identity->generation, true);
    }
}

/* Once the API has turned out to refuse young tokens, each ripens. */
static void an_api_that_wants_ripe_tokens_is_remembered(void **state)
{
    (void)state;
    grant("first", UNKNOWN, START);
    assert_true(refused_by_api(identity->generation, START));
    for (int i = 1; i < 4; i++) {
        tl_time now = START + i * 100 * TL_SECOND;
        grant("ripe", UNKNOWN, now);
        assert_true(identity->serves_from > now);
        tl_identity_accepted(identity, identity->generation, true);
        assert_true(refused_by_api(identity->generation, now + 50 * TL_SECOND)); /* revoked */
    }
}

static void a_refusal_rests_and_the_rest_doubles(void **state)
{
    (void)state;
    const int seconds[] = {1, 2, 4, 8, 16, 30, 30};
    tl_time now = START;
    for (size_t i = 0; i < COUNT(seconds); i++) {
        refuse(&refusal, true, now);
        check(now, TL_TOKEN_REFUSED, false);
        now += seconds[i] * TL_SECOND;
        check(now - 1, TL_TOKEN_REFUSED, false);
        check(now, TL_TOKEN_NEEDED, true);
    }
    assert_string_equal(identity->failure.message, "wrong secret");
    grant("abc", UNKNOWN, now);
    assert_int_equal(identity->failure.kind, TL_OK);
    assert_true(refused_by_api(identity->generation, now));
    check(now, TL_TOKEN_NEEDED, true);
    refuse(&refusal, true, now);
    check(now + TL_SECOND - 1, TL_TOKEN_REFUSED, false);
    check(now + TL_SECOND, TL_TOKEN_NEEDED, true);
}

static void a_refusal_without_rest_is_tried_again_at_once(void **state)
{
    (void)state;
    refuse(&refusal, false, START);
    check(START, TL_TOKEN_NEEDED, true);
}

static void a_failure_that_may_pass_holds_no_tokenless_call_up(void **state)
{
    (void)state;
    refuse(&outage, true, START);
    check(START, TL_TOKEN_NEEDED, true);
}

static void any_failure_defers_a_renewal(void **state)
{
    (void)state;
    const tl_error *failures[] = {&refusal, &outage};
    for (size_t i = 0; i < COUNT(failures); i++) {
        tl_time renewal = START + 270 * TL_SECOND, end = START + 300 * TL_SECOND;
        grant("abc", 300, START);
        refuse(failures[i], true, renewal);
        check(renewal, TL_TOKEN_READY, false);
        check(renewal + TL_SECOND - 1, TL_TOKEN_READY, false);
        check(renewal + TL_SECOND, TL_TOKEN_READY, true);
        check(end, TL_TOKEN_NEEDED, true);
    }
}

static const struct unfit {
    const char *token;
    size_t length;
} unfit[] = {
    {"", 0},
    {"a\rb", 3},
    {"a\nb", 3},
    {"abc\r\nEvil: yes", 14},
    {"a b", 3},
    {"a\tb", 3},
    {"a\0b", 3},
    {"abc\n", 4},
    {"a\x01"
     "b",
     3},
    {"a\x7f"
     "b",
     3},
    {"\xC3\xBC", 2},
};

static void a_token_that_no_header_can_carry_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(unfit); i++) {
        tl_time now = START + (tl_time)i * 100 * TL_SECOND;
        tl_identity_fetching(identity, now);
        if (tl_identity_grant(identity, unfit[i].token, unfit[i].length, UNKNOWN, now))
            fail_msg("row %zu was granted", i);
        assert_int_equal(identity->failure.kind, TL_AUTH);
        assert_false(identity->signing_in);
        check(now, TL_TOKEN_REFUSED, false);
    }
}

static void a_bad_token_leaves_the_old_one(void **state)
{
    (void)state;
    grant("good", UNKNOWN, START);
    tl_identity_fetching(identity, START);
    assert_false(tl_identity_grant(identity, "b d", 3, UNKNOWN, START));
    check(START, TL_TOKEN_READY, false);
    assert_string_equal(tl_buffer_text(&identity->lines), "Authorization: Bearer good");
}

static void lack_of_memory_is_a_failure_that_may_pass(void **state)
{
    (void)state;
    char token[1000];
    memset(token, 'x', sizeof token);
    tl_identity_fetching(identity, START);
    memory.fail_at = memory.asked + 2; /* "Authorization: Bearer " fits, the token does not */
    assert_false(tl_identity_grant(identity, token, sizeof token, UNKNOWN, START));
    assert_int_equal(identity->failure.kind, TL_MEMORY);
    check(START, TL_TOKEN_NEEDED, true);
    tl_identity_fetching(identity, START);
    assert_true(tl_identity_grant(identity, token, sizeof token, UNKNOWN, START));
    check(START, TL_TOKEN_READY, false);
}

static void making_one_survives_lack_of_memory(void **state)
{
    (void)state;
    static const tl_field form[] = {{"n", "v"}};
    const tl_sign_in_spec spec = {.kind = TL_TOKEN,
                                  .url = "u",
                                  .form = form,
                                  .form_count = COUNT(form),
                                  .client_id = "i",
                                  .client_secret = "s"};
    test_memory scarce = {0};
    tl_allocator from = test_allocator(&scarce);
    tl_identity *made = NULL;
    for (size_t n = 1; !made; n++) {
        scarce = (test_memory){.fail_at = n};
        made = tl_identity_new_signing_in(&from, &spec);
        if (!made)
            assert_int_equal(scarce.live, 0);
    }
    tl_identity_free(&from, made);
    assert_int_equal(scarce.live, 0);
}

static const struct pair {
    const char *user, *password, *line;
} basic[] = {
    {"demo", "demo", "Authorization: Basic ZGVtbzpkZW1v"},
    {"a", "b", "Authorization: Basic YTpi"},
    {"a", "bc", "Authorization: Basic YTpiYw=="},
    {"", "", "Authorization: Basic Og=="},
    {"a b", "+:%\xC3\xBC", "Authorization: Basic YSBiOis6JcO8"},
};

static void a_user_and_a_password_serve_for_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(basic); i++) {
        tl_identity *fixed = tl_identity_new_basic(&allocator, basic[i].user, basic[i].password);
        assert_non_null(fixed);
        assert_string_equal(tl_buffer_text(&fixed->lines), basic[i].line);
        assert_int_equal(fixed->lines.length, strlen(basic[i].line) + 1);
        assert_int_equal(tl_identity_state(fixed, TL_NEVER - 1), TL_TOKEN_READY);
        assert_false(tl_identity_wants_fetch(fixed, TL_NEVER - 1));
        tl_identity_free(&allocator, fixed);
    }
}

static void a_fixed_token_serves_for_good(void **state)
{
    (void)state;
    tl_identity *fixed = tl_identity_new_bearer(&allocator, "abc");
    assert_non_null(fixed);
    assert_string_equal(tl_buffer_text(&fixed->lines), "Authorization: Bearer abc");
    assert_int_equal(tl_identity_state(fixed, TL_NEVER - 1), TL_TOKEN_READY);
    assert_false(tl_identity_wants_fetch(fixed, TL_NEVER - 1));
    tl_identity_free(&allocator, fixed);
}

static void a_client_in_the_header_is_form_encoded_first(void **state)
{
    (void)state;
    const tl_sign_in_spec spec = {
        .kind = TL_TOKEN, .url = "u", .client_id = "a:b", .client_secret = "c d"};
    tl_identity *made = tl_identity_new_signing_in(&allocator, &spec);
    assert_non_null(made);
    /* a%3Ab:c%20d */
    assert_string_equal(tl_buffer_text(&made->client), "Authorization: Basic YSUzQWI6YyUyMGQ=");
    assert_true(made->client.secret);
    assert_int_equal(made->form.length, 0);
    tl_identity_free(&allocator, made);
}

static void a_token_from_the_host_is_asked_for_again(void **state)
{
    (void)state;
    tl_identity *asked = tl_identity_new_asked(&allocator);
    assert_non_null(asked);
    assert_true(tl_identity_wants_fetch(asked, START));
    tl_identity_fetching(asked, START);
    assert_false(tl_identity_wants_fetch(asked, START));
    assert_int_equal(tl_identity_state(asked, START), TL_TOKEN_NEEDED);
    assert_true(tl_identity_grant(asked, "abc", 3, 0, START));
    assert_int_equal(tl_identity_state(asked, START), TL_TOKEN_READY);
    assert_true(tl_identity_refused(asked, asked->generation, false, START));
    assert_true(tl_identity_wants_fetch(asked, START));
    tl_identity_free(&allocator, asked);
}

/* As it must be for one that another process asked for. */
static void a_token_that_was_found_is_as_old_as_it_is(void **state)
{
    (void)state;
    tl_identity_fetching(identity, START);
    assert_true(tl_identity_take(identity, "abc", 3, 100, START - 50 * TL_SECOND, false));
    assert_false(identity->found_replacement);
    check(START + 40 * TL_SECOND - 1, TL_TOKEN_READY, false);
    check(START + 40 * TL_SECOND, TL_TOKEN_READY, true);
    check(START + 50 * TL_SECOND, TL_TOKEN_NEEDED, true);
    assert_true(refused_by_api(identity->generation, START));
    assert_false(identity->ripens);
}

static void a_replacement_that_was_found_ripens(void **state)
{
    (void)state;
    assert_true(tl_identity_take(identity, "abc", 3, UNKNOWN, START, true));
    assert_true(refused_by_api(identity->generation, START));
    check(START, TL_TOKEN_READY, false);
    assert_true(identity->serves_from > START + TL_SECOND);
    grant("next", UNKNOWN, START);
    assert_false(identity->found_replacement);
}

static bool has_refused(const char *token)
{
    unsigned char digest[TL_SHA256_SIZE];
    tl_sha256_of(token, strlen(token), digest);
    return identity->has_refused && memcmp(digest, identity->refused, sizeof digest) == 0;
}

static void a_refused_token_is_remembered_until_the_endpoint_gives_another(void **state)
{
    (void)state;
    grant("first", UNKNOWN, START);
    assert_false(identity->has_refused);
    assert_true(refused_by_api(identity->generation, START));
    assert_true(has_refused("first"));
    assert_true(tl_identity_take(identity, "found", 5, UNKNOWN, START, false));
    assert_true(has_refused("first")); /* somebody may write it into the file again */
    tl_identity_fetching(identity, START);
    assert_false(tl_identity_grant(identity, "b d", 3, UNKNOWN, START));
    assert_true(has_refused("first"));
    grant("second", UNKNOWN, START);
    assert_false(identity->has_refused);
}

static void an_oversized_answer_rests_as_a_refusal_does(void **state)
{
    (void)state;
    tl_error oversized;
    tl_error_set(&oversized, TL_LIMIT, "too much");
    refuse(&oversized, true, START);
    check(START, TL_TOKEN_REFUSED, false);
    check(START + TL_SECOND, TL_TOKEN_NEEDED, true);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_form_is_encoded),
        TEST(one_fetch_for_all),
        TEST(it_is_renewed_early_while_it_serves),
        TEST(its_life_counts_from_the_fetch),
        TEST(a_token_without_a_known_life_serves_on),
        TEST(a_401_drops_only_its_own_token),
        TEST(a_replacement_that_is_refused_too_is_kept),
        TEST(without_a_replay_replacements_rest_as_well),
        TEST(a_replacement_that_has_served_is_replaced_at_once),
        TEST(what_is_given_for_good_is_kept),
        TEST(a_token_that_was_refused_young_lets_the_next_one_ripen),
        TEST(a_token_that_lives_too_briefly_does_not_ripen),
        TEST(an_api_that_wants_ripe_tokens_is_remembered),
        TEST(a_refusal_rests_and_the_rest_doubles),
        TEST(a_refusal_without_rest_is_tried_again_at_once),
        TEST(a_failure_that_may_pass_holds_no_tokenless_call_up),
        TEST(any_failure_defers_a_renewal),
        TEST(a_token_that_no_header_can_carry_is_refused),
        TEST(a_bad_token_leaves_the_old_one),
        TEST(lack_of_memory_is_a_failure_that_may_pass),
        TEST(making_one_survives_lack_of_memory),
        TEST(a_user_and_a_password_serve_for_good),
        TEST(a_fixed_token_serves_for_good),
        TEST(a_client_in_the_header_is_form_encoded_first),
        TEST(a_token_from_the_host_is_asked_for_again),
        TEST(a_token_that_was_found_is_as_old_as_it_is),
        TEST(a_replacement_that_was_found_ripens),
        TEST(a_refused_token_is_remembered_until_the_endpoint_gives_another),
        TEST(an_oversized_answer_rests_as_a_refusal_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
