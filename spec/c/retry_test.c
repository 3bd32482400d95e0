#include "net/retry.h"
#include "test.h"

#define FAR (1000 * TL_SECOND)

/* A second try would be possible in every respect. */
static const tl_attempt first = {
    .code = CURLE_OK,
    .status = 200,
    .went_out = true,
    .attempts = 1,
    .most_attempts = 4,
    .has_other_proof = true,
    .now = 5 * TL_SECOND,
    .deadline = 5 * TL_SECOND + FAR,
};

enum { NONE = TL_OUTCOME_NONE, UNKNOWN = TL_OUTCOME_UNKNOWN, DONE = TL_OUTCOME_DONE };
enum { FINISH = TL_VERDICT_FINISH, AGAIN = TL_VERDICT_AGAIN, FRESH = TL_VERDICT_FRESH_TOKEN };

enum { TOO_LARGE = 100 }; /* CURLE_TOO_LARGE, of libcurl 8.6 */

static const struct row {
    int code;
    int status;
    bool went_out;
    int reason;
    int kind;
    int read, write; /* the verdict */
    int outcome;     /* of the write */
} rows[] = {
    {CURLE_OK, 200, true, TL_REASON_ANSWERED, TL_OK, FINISH, FINISH, NONE},
    {CURLE_OK, 204, true, TL_REASON_ANSWERED, TL_OK, FINISH, FINISH, NONE},
    {CURLE_OK, 302, true, TL_REASON_ANSWERED, TL_OK, FINISH, FINISH, NONE},
    {CURLE_OK, 400, true, TL_REASON_ANSWERED, TL_OK, FINISH, FINISH, NONE},
    {CURLE_OK, 403, true, TL_REASON_ANSWERED, TL_OK, FINISH, FINISH, NONE},
    {CURLE_OK, 404, true, TL_REASON_ANSWERED, TL_OK, FINISH, FINISH, NONE},
    {CURLE_OK, 409, true, TL_REASON_ANSWERED, TL_OK, FINISH, FINISH, NONE},
    {CURLE_OK, 500, true, TL_REASON_FAILED, TL_OK, FINISH, FINISH, UNKNOWN},
    {CURLE_OK, 501, true, TL_REASON_FAILED, TL_OK, FINISH, FINISH, UNKNOWN},
    {CURLE_OK, 520, true, TL_REASON_FAILED, TL_OK, FINISH, FINISH, UNKNOWN},
    {CURLE_OK, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_OK, 9, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_OK, 101, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_OK, 199, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_OK, 401, true, TL_REASON_UNAUTHORIZED, TL_OK, FRESH, FRESH, NONE},
    {CURLE_OK, 429, true, TL_REASON_NOT_TAKEN, TL_OK, AGAIN, AGAIN, NONE},
    {CURLE_OK, 502, true, TL_REASON_UNAVAILABLE, TL_OK, AGAIN, FINISH, UNKNOWN},
    {CURLE_OK, 503, true, TL_REASON_UNAVAILABLE, TL_OK, AGAIN, FINISH, UNKNOWN},
    {CURLE_OK, 504, true, TL_REASON_UNAVAILABLE, TL_OK, AGAIN, FINISH, UNKNOWN},

    {CURLE_COULDNT_RESOLVE_HOST, 0, false, TL_REASON_NOT_CONNECTED, TL_NETWORK, AGAIN, AGAIN, NONE},
    {CURLE_COULDNT_RESOLVE_PROXY, 0, false, TL_REASON_NOT_CONNECTED, TL_NETWORK, AGAIN, AGAIN,
     NONE},
    {CURLE_COULDNT_CONNECT, 0, false, TL_REASON_NOT_CONNECTED, TL_NETWORK, AGAIN, AGAIN, NONE},
    {CURLE_SSL_CONNECT_ERROR, 0, false, TL_REASON_NOT_CONNECTED, TL_NETWORK, AGAIN, AGAIN, NONE},
    {CURLE_OPERATION_TIMEDOUT, 0, false, TL_REASON_CONNECT_LATE, TL_TIMEOUT, AGAIN, AGAIN, NONE},
    {CURLE_RECV_ERROR, 0, false, TL_REASON_NOT_CONNECTED, TL_NETWORK, AGAIN, AGAIN, NONE},

    {CURLE_URL_MALFORMAT, 0, false, TL_REASON_REFUSED_SETUP, TL_NETWORK, FINISH, FINISH, NONE},
    {CURLE_UNSUPPORTED_PROTOCOL, 0, false, TL_REASON_REFUSED_SETUP, TL_NETWORK, FINISH, FINISH,
     NONE},
    {CURLE_PEER_FAILED_VERIFICATION, 0, false, TL_REASON_REFUSED_SETUP, TL_NETWORK, FINISH, FINISH,
     NONE},
    {CURLE_SSL_CERTPROBLEM, 0, false, TL_REASON_BAD_FILE, TL_CONFIG, FINISH, FINISH, NONE},
    {CURLE_SSL_CIPHER, 0, false, TL_REASON_REFUSED_SETUP, TL_NETWORK, FINISH, FINISH, NONE},
    {CURLE_SSL_CACERT_BADFILE, 0, false, TL_REASON_BAD_FILE, TL_CONFIG, FINISH, FINISH, NONE},

    {CURLE_GOT_NOTHING, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_RECV_ERROR, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_SEND_ERROR, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_SEND_FAIL_REWIND, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_PARTIAL_FILE, 200, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, DONE},
    {CURLE_HTTP2, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_HTTP2_STREAM, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_OPERATION_TIMEDOUT, 0, true, TL_REASON_LATE, TL_TIMEOUT, AGAIN, FINISH, UNKNOWN},

    /* libcurl has made another connection to send the request again, and that one failed */
    {CURLE_PEER_FAILED_VERIFICATION, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_SSL_CIPHER, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_SSL_ISSUER_ERROR, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_SSL_CERTPROBLEM, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_SSL_CACERT_BADFILE, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    {CURLE_URL_MALFORMAT, 0, true, TL_REASON_LOST, TL_NETWORK, AGAIN, FINISH, UNKNOWN},
    /* with TLS 1.3 a server asks for a certificate before it reads a request, and refuses after */
    {CURLE_SSL_CLIENTCERT, 0, true, TL_REASON_REFUSED_SETUP, TL_NETWORK, FINISH, FINISH, NONE},

    {CURLE_OPERATION_TIMEDOUT, 200, true, TL_REASON_LATE, TL_TIMEOUT, AGAIN, FINISH, DONE},

    {CURLE_WRITE_ERROR, 200, true, TL_REASON_OUR_LIMIT, TL_LIMIT, FINISH, FINISH, DONE},
    {CURLE_OUT_OF_MEMORY, 0, true, TL_REASON_OUR_LIMIT, TL_LIMIT, FINISH, FINISH, UNKNOWN},
    {CURLE_OUT_OF_MEMORY, 200, true, TL_REASON_OUR_LIMIT, TL_LIMIT, FINISH, FINISH, DONE},
    {TOO_LARGE, 0, true, TL_REASON_OUR_LIMIT, TL_LIMIT, FINISH, FINISH, UNKNOWN},
    {TOO_LARGE, 0, false, TL_REASON_REFUSED_SETUP, TL_NETWORK, FINISH, FINISH, NONE},
    {CURLE_OUT_OF_MEMORY, 0, false, TL_REASON_NO_MEMORY, TL_MEMORY, FINISH, FINISH, NONE},
};

static void each_reason_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (int read = 0; read < 2; read++) {
            tl_attempt attempt = first;
            attempt.code = (CURLcode)rows[i].code;
            attempt.status = rows[i].status;
            attempt.went_out = rows[i].went_out;
            attempt.read = read;
            uint64_t random = 1;
            tl_time delay;
            if ((int)tl_retry_reason_of(&attempt) != rows[i].reason)
                fail_msg("row %zu: reason %d", i, tl_retry_reason_of(&attempt));
            if ((int)tl_retry_kind(&attempt) != rows[i].kind)
                fail_msg("row %zu: kind %d", i, tl_retry_kind(&attempt));
            int verdict = (int)tl_retry_judge(&attempt, &random, &delay);
            if (verdict != (read ? rows[i].read : rows[i].write))
                fail_msg("row %zu, %s: verdict %d", i, read ? "read" : "write", verdict);
            if (verdict != AGAIN)
                assert_int_equal(delay, 0);
            int outcome = (int)tl_retry_outcome(&attempt);
            if (outcome != (read ? NONE : rows[i].outcome))
                fail_msg("row %zu, %s: outcome %d", i, read ? "read" : "write", outcome);
        }
    }
}

static tl_attempt unavailable(int attempts)
{
    tl_attempt attempt = first;
    attempt.status = 503;
    attempt.read = true;
    attempt.attempts = attempts;
    return attempt;
}

/* The bound doubles, every delay stays below it, and the draws use most of the room. */
static void the_backoff_doubles_with_full_jitter(void **state)
{
    (void)state;
    uint64_t random = 42;
    for (int attempts = 1; attempts <= 3; attempts++) {
        tl_attempt attempt = unavailable(attempts);
        tl_time bound = (100 * TL_MILLISECOND) << (attempts - 1);
        tl_time least = TL_NEVER, most = 0;
        for (int i = 0; i < 20000; i++) {
            tl_time delay;
            assert_int_equal(tl_retry_judge(&attempt, &random, &delay), AGAIN);
            least = delay < least ? delay : least;
            most = delay > most ? delay : most;
        }
        assert_true(least >= 0 && least < bound / 100);
        assert_true(most <= bound && most > bound - bound / 100);
    }
}

/* 0.1 s doubles to 12.8 s by the eighth attempt, so to 5 s. */
static void a_backoff_ends_at_five_seconds(void **state)
{
    (void)state;
    uint64_t random = 42;
    tl_time most = 0;
    for (int i = 0; i < 20000; i++) {
        tl_time delay;
        tl_attempt attempt = unavailable(8 + i % 1000);
        attempt.most_attempts = 2000;
        assert_int_equal(tl_retry_judge(&attempt, &random, &delay), AGAIN);
        most = delay > most ? delay : most;
    }
    assert_true(most <= 5 * TL_SECOND && most > 4900 * TL_MILLISECOND);
}

static void the_same_seed_makes_the_same_delays(void **state)
{
    (void)state;
    uint64_t one = 7, other = 7, third = 8;
    int different = 0;
    for (int i = 0; i < 100; i++) {
        tl_time delays[3];
        tl_attempt attempt = unavailable(3);
        tl_retry_judge(&attempt, &one, &delays[0]);
        tl_retry_judge(&attempt, &other, &delays[1]);
        tl_retry_judge(&attempt, &third, &delays[2]);
        assert_int_equal(delays[0], delays[1]);
        different += delays[0] != delays[2];
    }
    assert_true(different > 90);
}

static void a_503_that_took_nothing_goes_again(void **state)
{
    (void)state;
    uint64_t random = 42;
    tl_time delay;
    tl_attempt attempt = first;
    attempt.status = 503;
    attempt.exhausted = true;
    assert_int_equal(tl_retry_judge(&attempt, &random, &delay), AGAIN);
    assert_int_equal(tl_retry_outcome(&attempt), NONE);
    attempt.status = 500; /* the word alone is no promise */
    assert_int_equal(tl_retry_judge(&attempt, &random, &delay), FINISH);
    assert_int_equal(tl_retry_outcome(&attempt), UNKNOWN);
}

/* A connection that failed was not told anything; 429 and 503 were. */
static void retry_after_counts_only_where_it_was_said(void **state)
{
    (void)state;
    uint64_t random = 42;
    tl_time delay;
    tl_attempt attempt = first;
    attempt.retry_after = 100 * TL_SECOND; /* left from a 200 that was cut */
    attempt.code = CURLE_PARTIAL_FILE;
    attempt.read = true;
    assert_int_equal(tl_retry_judge(&attempt, &random, &delay), AGAIN);
    assert_true(delay <= 100 * TL_MILLISECOND);
}

static void one_attempt_is_all_without_retries(void **state)
{
    (void)state;
    static const int statuses[] = {401, 429, 502, 503, 504, 0};
    uint64_t random = 42;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        tl_time delay;
        tl_attempt attempt = first;
        attempt.most_attempts = 1;
        attempt.read = true;
        attempt.status = statuses[i];
        attempt.code = statuses[i] ? CURLE_OK : CURLE_COULDNT_CONNECT;
        if (tl_retry_judge(&attempt, &random, &delay) != TL_VERDICT_FINISH)
            fail_msg("status %d", statuses[i]);
    }
}

static void the_fourth_attempt_is_the_last(void **state)
{
    (void)state;
    uint64_t random = 42;
    tl_time delay;
    for (int attempts = 1; attempts <= 6; attempts++) {
        tl_attempt attempt = unavailable(attempts);
        assert_int_equal(tl_retry_judge(&attempt, &random, &delay), attempts < 4 ? AGAIN : FINISH);
    }
}

static const struct wish {
    tl_time retry_after, left; /* until the deadline */
    int verdict;
} wishes[] = {
    {3 * TL_SECOND, FAR, AGAIN},
    {3 * TL_SECOND, 3 * TL_SECOND + 100 * TL_MILLISECOND + 1, AGAIN},
    {3 * TL_SECOND, 3 * TL_SECOND, FINISH},
    {3600 * TL_SECOND, 30 * TL_SECOND, FINISH},
    {TL_NEVER, FAR, FINISH},
    {1, 0, FINISH},
    {1, -TL_SECOND, FINISH},
};

static void retry_after_is_kept_to_or_ends_the_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wishes); i++) {
        uint64_t random = 42;
        tl_time delay;
        tl_attempt attempt = unavailable(1);
        attempt.retry_after = wishes[i].retry_after;
        attempt.deadline = attempt.now + wishes[i].left;
        int verdict = (int)tl_retry_judge(&attempt, &random, &delay);
        if (verdict != wishes[i].verdict)
            fail_msg("row %zu: verdict %d", i, verdict);
        if (verdict == AGAIN)
            assert_in_range(delay, wishes[i].retry_after,
                            wishes[i].retry_after + 100 * TL_MILLISECOND);
    }
}

/* Or all who were told the same would come back at the same moment. */
static void who_was_told_to_wait_comes_back_at_a_moment_of_its_own(void **state)
{
    (void)state;
    uint64_t random = 42;
    tl_time earliest = TL_NEVER, latest = 0;
    for (int i = 0; i < 100; i++) {
        tl_time delay;
        tl_attempt attempt = unavailable(1);
        attempt.retry_after = 3 * TL_SECOND;
        assert_int_equal(tl_retry_judge(&attempt, &random, &delay), AGAIN);
        earliest = delay < earliest ? delay : earliest;
        latest = delay > latest ? delay : latest;
    }
    assert_true(latest - earliest > 50 * TL_MILLISECOND);
}

static void a_backoff_never_passes_the_deadline(void **state)
{
    (void)state;
    uint64_t random = 42;
    int again = 0, finished = 0;
    for (int i = 0; i < 10000; i++) {
        tl_time delay;
        tl_attempt attempt = unavailable(1);
        attempt.deadline = attempt.now + 50 * TL_MILLISECOND;
        if (tl_retry_judge(&attempt, &random, &delay) == TL_VERDICT_AGAIN) {
            assert_true(delay < 50 * TL_MILLISECOND);
            again++;
        } else {
            finished++;
        }
    }
    assert_true(again > 1000 && finished > 1000);
}

static const struct replay {
    bool has_other_proof;
    int attempts, most_attempts, verdict;
} replays[] = {
    {true, 1, 4, FRESH},
    {true, 4, 4, FRESH}, /* a 401 is no failed attempt */
    {true, 1, 1, FINISH},
    {false, 1, 4, FINISH}, /* nothing would be different */
};

static void a_401_is_replayed_where_another_proof_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(replays); i++) {
        uint64_t random = 42;
        tl_time delay;
        tl_attempt attempt = first;
        attempt.status = 401;
        attempt.has_other_proof = replays[i].has_other_proof;
        attempt.attempts = replays[i].attempts;
        attempt.most_attempts = replays[i].most_attempts;
        if ((int)tl_retry_judge(&attempt, &random, &delay) != replays[i].verdict)
            fail_msg("row %zu", i);
    }
}

static const struct end {
    tl_ending ending;
    CURLcode code;
    bool went_out, read;
    int status, reason, kind, outcome;
} ends[] = {
    {TL_ENDING_DEADLINE, CURLE_OPERATION_TIMEDOUT, false, false, 0, TL_REASON_CONNECT_LATE,
     TL_TIMEOUT, NONE},
    {TL_ENDING_DEADLINE, CURLE_OPERATION_TIMEDOUT, true, false, 0, TL_REASON_LATE, TL_TIMEOUT,
     UNKNOWN},
    {TL_ENDING_DEADLINE, CURLE_OPERATION_TIMEDOUT, true, true, 0, TL_REASON_LATE, TL_TIMEOUT, NONE},
    {TL_ENDING_DEADLINE, CURLE_OPERATION_TIMEDOUT, true, false, 200, TL_REASON_LATE, TL_TIMEOUT,
     TL_OUTCOME_DONE},
    {TL_ENDING_UNWATCHED, CURLE_ABORTED_BY_CALLBACK, false, false, 0, TL_REASON_NOT_CONNECTED,
     TL_NETWORK, NONE},
    {TL_ENDING_UNWATCHED, CURLE_ABORTED_BY_CALLBACK, true, false, 0, TL_REASON_LOST, TL_NETWORK,
     UNKNOWN},
    {TL_ENDING_ABANDONED, CURLE_OK, false, false, 0, TL_REASON_DROPPED, TL_CANCELLED, NONE},
    {TL_ENDING_ABANDONED, CURLE_OK, true, false, 0, TL_REASON_ABANDONED, TL_CANCELLED, UNKNOWN},
    {TL_ENDING_ABANDONED, CURLE_OK, true, true, 0, TL_REASON_ABANDONED, TL_CANCELLED, NONE},
    {TL_ENDING_ABANDONED, CURLE_OK, true, false, 204, TL_REASON_ABANDONED, TL_CANCELLED,
     TL_OUTCOME_DONE},
    {TL_ENDING_UNSENT, CURLE_OUT_OF_MEMORY, false, false, 0, TL_REASON_NO_MEMORY, TL_MEMORY, NONE},
    {TL_ENDING_UNSENT, CURLE_URL_MALFORMAT, false, false, 0, TL_REASON_UNFIT, TL_CONFIG, NONE},
    {TL_ENDING_NO_PROOF, CURLE_OK, false, false, 0, TL_REASON_NO_PROOF, TL_AUTH, NONE},
};

/* Whoever ends it: the same table says what became of it, and nothing that we end goes out again
 * when no time is left for that. */
static void the_table_knows_every_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        tl_attempt attempt = first;
        uint64_t random = 1;
        tl_time delay;
        attempt.ending = ends[i].ending;
        attempt.code = ends[i].code;
        attempt.went_out = ends[i].went_out;
        attempt.read = ends[i].read;
        attempt.status = ends[i].status;
        if (ends[i].ending == TL_ENDING_DEADLINE)
            attempt.deadline = attempt.now;
        if ((int)tl_retry_reason_of(&attempt) != ends[i].reason ||
            (int)tl_retry_kind(&attempt) != ends[i].kind ||
            (int)tl_retry_outcome(&attempt) != ends[i].outcome)
            fail_msg("row %zu: reason %d, kind %d, outcome %d", i, tl_retry_reason_of(&attempt),
                     tl_retry_kind(&attempt), tl_retry_outcome(&attempt));
        bool again = ends[i].ending == TL_ENDING_UNWATCHED && !ends[i].went_out;
        assert_int_equal(tl_retry_judge(&attempt, &random, &delay), again ? AGAIN : FINISH);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason_has_its_verdict),
        cmocka_unit_test(the_backoff_doubles_with_full_jitter),
        cmocka_unit_test(a_backoff_ends_at_five_seconds),
        cmocka_unit_test(the_same_seed_makes_the_same_delays),
        cmocka_unit_test(a_503_that_took_nothing_goes_again),
        cmocka_unit_test(retry_after_counts_only_where_it_was_said),
        cmocka_unit_test(one_attempt_is_all_without_retries),
        cmocka_unit_test(the_fourth_attempt_is_the_last),
        cmocka_unit_test(retry_after_is_kept_to_or_ends_the_call),
        cmocka_unit_test(who_was_told_to_wait_comes_back_at_a_moment_of_its_own),
        cmocka_unit_test(a_backoff_never_passes_the_deadline),
        cmocka_unit_test(a_401_is_replayed_where_another_proof_is),
        cmocka_unit_test(the_table_knows_every_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
