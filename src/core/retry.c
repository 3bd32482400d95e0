#include "retry.h"

#define FIRST_BACKOFF   (100 * TL_MILLISECOND)
#define LONGEST_BACKOFF (5 * TL_SECOND)

enum delay { AT_ONCE, BACKED_OFF, AS_TOLD };

/* The whole policy: whether a read and a write may go out again, when (AS_TOLD: after Retry-After,
 * RFC 9110 10.2.3, and without one backed off), and what is known of a write that does not. A
 * status says more than that no whole answer came: see tl_retry_outcome. */
static const struct rule {
    bool read, write;
    enum delay delay;
    tl_outcome outcome;
} rules[TL_REASON_COUNT] = {
    [TL_REASON_ANSWERED] = {false, false, AT_ONCE, TL_OUTCOME_NONE},
    [TL_REASON_NOT_CONNECTED] = {true, true, BACKED_OFF, TL_OUTCOME_NONE},
    [TL_REASON_REFUSED_SETUP] = {false, false, AT_ONCE, TL_OUTCOME_NONE},
    [TL_REASON_UNAUTHORIZED] = {true, true, AT_ONCE, TL_OUTCOME_NONE},
    [TL_REASON_NOT_TAKEN] = {true, true, AS_TOLD, TL_OUTCOME_NONE},
    [TL_REASON_UNAVAILABLE] = {true, false, AS_TOLD, TL_OUTCOME_UNKNOWN},
    [TL_REASON_FAILED] = {false, false, AT_ONCE, TL_OUTCOME_UNKNOWN},
    [TL_REASON_LOST] = {true, false, BACKED_OFF, TL_OUTCOME_UNKNOWN},
    [TL_REASON_OUR_LIMIT] = {false, false, AT_ONCE, TL_OUTCOME_UNKNOWN},
};

static tl_retry_reason reason_of_status(int status, bool exhausted)
{
    switch (status) {
    case 401:
        return TL_REASON_UNAUTHORIZED;
    case 429:
        return TL_REASON_NOT_TAKEN;
    case 503:
        return exhausted ? TL_REASON_NOT_TAKEN : TL_REASON_UNAVAILABLE;
    case 502:
    case 504:
        return TL_REASON_UNAVAILABLE;
    default:
        return status >= 500 ? TL_REASON_FAILED : TL_REASON_ANSWERED;
    }
}

/* CURLE_OPERATION_TIMEDOUT is always the connect timeout: the whole deadline is the engine's. */
static tl_retry_reason reason_of_failure(CURLcode code, bool went_out)
{
    switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL: /* a scheme that is off; or an answer that is no HTTP */
        return went_out ? TL_REASON_LOST : TL_REASON_REFUSED_SETUP;
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_SSL_ISSUER_ERROR:
        return TL_REASON_REFUSED_SETUP;
    case CURLE_WRITE_ERROR:
    case CURLE_OUT_OF_MEMORY:
        return TL_REASON_OUR_LIMIT;
    default:
        return went_out ? TL_REASON_LOST : TL_REASON_NOT_CONNECTED;
    }
}

tl_retry_reason tl_retry_reason_of(const tl_attempt *attempt)
{
    if (attempt->code == CURLE_OK)
        return reason_of_status(attempt->status, attempt->exhausted);
    return reason_of_failure(attempt->code, attempt->went_out);
}

tl_outcome tl_retry_outcome(const tl_attempt *attempt)
{
    const tl_outcome outcome = rules[tl_retry_reason_of(attempt)].outcome;
    if (attempt->read || outcome == TL_OUTCOME_NONE)
        return TL_OUTCOME_NONE;
    return attempt->status >= 200 && attempt->status <= 299 ? TL_OUTCOME_DONE : outcome;
}

/* xorshift64*: jitter needs spread, not secrecy. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* Exponential backoff with full jitter: anything from nothing to the doubled bound. */
static tl_time backoff(int attempts, uint64_t *random)
{
    tl_time bound = FIRST_BACKOFF;
    for (int i = 1; i < attempts && bound < LONGEST_BACKOFF; i++)
        bound *= 2;
    if (bound > LONGEST_BACKOFF)
        bound = LONGEST_BACKOFF;
    return (tl_time)(next_random(random) % (uint64_t)(bound + 1));
}

tl_verdict tl_retry_judge(const tl_attempt *attempt, uint64_t *random, tl_time *delay)
{
    tl_retry_reason reason = tl_retry_reason_of(attempt);
    const struct rule *rule = &rules[reason];
    *delay = 0;
    if (!(attempt->read ? rule->read : rule->write))
        return TL_VERDICT_FINISH;
    if (reason == TL_REASON_UNAUTHORIZED) {
        bool may = attempt->has_other_proof && attempt->most_attempts > 1;
        return may ? TL_VERDICT_FRESH_TOKEN : TL_VERDICT_FINISH;
    }
    if (attempt->attempts >= attempt->most_attempts)
        return TL_VERDICT_FINISH;
    *delay = rule->delay == AS_TOLD && attempt->retry_after > 0
                 ? attempt->retry_after
                 : backoff(attempt->attempts, random);
    return *delay < attempt->deadline - attempt->now ? TL_VERDICT_AGAIN : TL_VERDICT_FINISH;
}
