#include "net/retry.h"

#define FIRST_BACKOFF   (100 * TL_MILLISECOND)
#define LONGEST_BACKOFF (5 * TL_SECOND)

enum delay { AT_ONCE, BACKED_OFF, AS_TOLD };

/* What follows from a reason:
 * `read`, `write`: whether a read, and a write, may go out again;
 * `delay`: when. BACKED_OFF: after a random time; AS_TOLD: the same on top of the answer's
 *   Retry-After (RFC 9110 10.2.3), if it has one;
 * `kind`: of the error, when it does not go out again. TL_OK: there is an answer;
 * `outcome`: what is known of a write then. tl_retry_outcome knows more when a status came. */
static const struct rule {
    bool read, write;
    enum delay delay;
    tl_error_kind kind;
    tl_outcome outcome;
} rules[TL_REASON_COUNT] = {
    [TL_REASON_ANSWERED] = {false, false, AT_ONCE, TL_OK, TL_OUTCOME_NONE},
    [TL_REASON_NOT_CONNECTED] = {true, true, BACKED_OFF, TL_NETWORK, TL_OUTCOME_NONE},
    [TL_REASON_CONNECT_LATE] = {true, true, BACKED_OFF, TL_TIMEOUT, TL_OUTCOME_NONE},
    [TL_REASON_REFUSED_SETUP] = {false, false, AT_ONCE, TL_NETWORK, TL_OUTCOME_NONE},
    [TL_REASON_BAD_FILE] = {false, false, AT_ONCE, TL_CONFIG, TL_OUTCOME_NONE},
    [TL_REASON_UNAUTHORIZED] = {true, true, AT_ONCE, TL_OK, TL_OUTCOME_NONE},
    [TL_REASON_NOT_TAKEN] = {true, true, AS_TOLD, TL_OK, TL_OUTCOME_NONE},
    [TL_REASON_UNAVAILABLE] = {true, false, AS_TOLD, TL_OK, TL_OUTCOME_UNKNOWN},
    [TL_REASON_FAILED] = {false, false, AT_ONCE, TL_OK, TL_OUTCOME_UNKNOWN},
    [TL_REASON_LOST] = {true, false, BACKED_OFF, TL_NETWORK, TL_OUTCOME_UNKNOWN},
    [TL_REASON_LATE] = {true, false, BACKED_OFF, TL_TIMEOUT, TL_OUTCOME_UNKNOWN},
    [TL_REASON_OUR_LIMIT] = {false, false, AT_ONCE, TL_LIMIT, TL_OUTCOME_UNKNOWN},
    [TL_REASON_NO_MEMORY] = {false, false, AT_ONCE, TL_MEMORY, TL_OUTCOME_NONE},
    [TL_REASON_UNFIT] = {false, false, AT_ONCE, TL_CONFIG, TL_OUTCOME_NONE},
    /* The request has the error of its sign-in, whose kind may be another. */
    [TL_REASON_NO_PROOF] = {false, false, AT_ONCE, TL_AUTH, TL_OUTCOME_NONE},
    [TL_REASON_DROPPED] = {false, false, AT_ONCE, TL_CANCELLED, TL_OUTCOME_NONE},
    [TL_REASON_ABANDONED] = {false, false, AT_ONCE, TL_CANCELLED, TL_OUTCOME_UNKNOWN},
};

/* The reason when it was not libcurl that ended an attempt: `before` anything of the request can
 * have reached the server, and `after` that. The rules of a DEADLINE's reasons let it go out again,
 * but tl_retry_judge does not, because no time is left. */
static const struct {
    tl_retry_reason before, after;
} endings[] = {
    [TL_ENDING_DEADLINE] = {TL_REASON_CONNECT_LATE, TL_REASON_LATE},
    [TL_ENDING_UNWATCHED] = {TL_REASON_NOT_CONNECTED, TL_REASON_LOST},
    [TL_ENDING_ABANDONED] = {TL_REASON_DROPPED, TL_REASON_ABANDONED},
    [TL_ENDING_NO_PROOF] = {TL_REASON_NO_PROOF, TL_REASON_NO_PROOF},
};

/* CURLE_TOO_LARGE by its number: libcurl has it since 8.6, and the one that runs may be newer than
 * the header that this was built with. */
enum { TOO_LARGE = 100 };

/* The reason when libcurl ended the attempt with a code: `before` anything of the request can have
 * reached the server, and `after` that. A code that is not here means NOT_CONNECTED and LOST.
 * Codes about the set-up (certificates, say) arise while a connection is made. When the request has
 * gone out already, that is a second connection, on which libcurl wanted to send it again: the code
 * does not tell what became of the request on the first one, so it is LOST. */
static const struct failure {
    int code;
    tl_retry_reason before, after;
} failures[] = {
    {CURLE_OPERATION_TIMEDOUT, TL_REASON_CONNECT_LATE, TL_REASON_LATE},
    /* a scheme that is off; or an answer that is no HTTP */
    {CURLE_UNSUPPORTED_PROTOCOL, TL_REASON_REFUSED_SETUP, TL_REASON_LOST},
    {CURLE_URL_MALFORMAT, TL_REASON_REFUSED_SETUP, TL_REASON_LOST},
    {CURLE_PEER_FAILED_VERIFICATION, TL_REASON_REFUSED_SETUP, TL_REASON_LOST},
    {CURLE_SSL_CIPHER, TL_REASON_REFUSED_SETUP, TL_REASON_LOST},
    /* With TLS 1.3 a server refuses our certificate after the handshake, when we may have sent the
     * request already. It has not read it. */
    {CURLE_SSL_CLIENTCERT, TL_REASON_REFUSED_SETUP, TL_REASON_REFUSED_SETUP},
    {CURLE_SSL_ISSUER_ERROR, TL_REASON_REFUSED_SETUP, TL_REASON_LOST},
    /* about files that libcurl reads before it sends anything */
    {CURLE_SSL_CERTPROBLEM, TL_REASON_BAD_FILE, TL_REASON_LOST},
    {CURLE_SSL_CACERT_BADFILE, TL_REASON_BAD_FILE, TL_REASON_LOST},
    {CURLE_WRITE_ERROR, TL_REASON_OUR_LIMIT, TL_REASON_OUR_LIMIT},
    /* Before 8.6 libcurl says that it is out of memory, too, when a header line of the answer is
     * longer than it takes. */
    {CURLE_OUT_OF_MEMORY, TL_REASON_NO_MEMORY, TL_REASON_OUR_LIMIT},
    {TOO_LARGE, TL_REASON_REFUSED_SETUP, TL_REASON_OUR_LIMIT},
};

static tl_retry_reason reason_of_status(int status, bool exhausted)
{
    if (status < 200) /* no final one */
        return TL_REASON_LOST;
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

static tl_retry_reason reason_of_failure(int code, bool went_out)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (failures[i].code == code)
            return went_out ? failures[i].after : failures[i].before;
    }
    return went_out ? TL_REASON_LOST : TL_REASON_NOT_CONNECTED;
}

static tl_retry_reason reason_of_transfer(const tl_attempt *attempt)
{
    if (attempt->code == CURLE_OK)
        return reason_of_status(attempt->status, attempt->exhausted);
    return reason_of_failure((int)attempt->code, attempt->went_out);
}

tl_retry_reason tl_retry_reason_of(const tl_attempt *attempt)
{
    switch (attempt->ending) {
    case TL_ENDING_TRANSFER:
        return reason_of_transfer(attempt);
    case TL_ENDING_UNSENT:
        return attempt->code == CURLE_OUT_OF_MEMORY ? TL_REASON_NO_MEMORY : TL_REASON_UNFIT;
    default:
        return attempt->went_out ? endings[attempt->ending].after : endings[attempt->ending].before;
    }
}

tl_error_kind tl_retry_kind(const tl_attempt *attempt)
{
    return rules[tl_retry_reason_of(attempt)].kind;
}

tl_outcome tl_retry_outcome(const tl_attempt *attempt)
{
    const tl_outcome outcome = rules[tl_retry_reason_of(attempt)].outcome;
    if (attempt->read || outcome == TL_OUTCOME_NONE)
        return TL_OUTCOME_NONE;
    return attempt->status >= 200 && attempt->status <= 299 ? TL_OUTCOME_DONE : outcome;
}

/* The generator xorshift64*. It is enough that the numbers differ: nobody gains by guessing them.
 */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* A random time from 0 to a bound that doubles with each attempt. If clients waited for the bound
 * itself, all that were cut off at the same moment would come back at the same moment. */
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
    tl_time told = rule->delay == AS_TOLD ? attempt->retry_after : 0;
    tl_time left = attempt->deadline - attempt->now;
    if (told >= left)
        return TL_VERDICT_FINISH;
    /* The random time also goes on top of Retry-After: a server tells many clients the same one. */
    *delay = told + backoff(attempt->attempts, random);
    return *delay < left ? TL_VERDICT_AGAIN : TL_VERDICT_FINISH;
}
