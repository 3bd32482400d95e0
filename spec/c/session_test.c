/* What a session sends back of what its server sets. */
#include "identity/identity.h"
#include "identity/session.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static test_memory memory;
static tl_allocator allocator;
static tl_session session;

static int set_up(void **state)
{
    (void)state;
    memory = (test_memory){0};
    allocator = test_allocator(&memory);
    tl_session_init(&session, &allocator);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tl_session_free(&session);
    return memory.live == 0 && memory.lies == 0 ? 0 : -1;
}

static void with_block(const char *block, void (*use)(const tl_buffer *headers))
{
    tl_buffer headers;
    tl_buffer_init_secret(&headers, &allocator, SIZE_MAX);
    assert_int_equal(tl_buffer_append_text(&headers, block), TL_BUFFER_OK);
    use(&headers);
    tl_buffer_free(&headers);
}

static void read_block(const tl_buffer *headers)
{
    assert_true(tl_session_read(&session, headers));
}

/* The lines, with "|" after each. */
static void expect_lines(const char *expected)
{
    tl_buffer lines;
    tl_buffer_init_secret(&lines, &allocator, SIZE_MAX);
    assert_true(tl_session_write(&session, &lines));
    for (size_t i = 0; i < lines.length; i++)
        lines.data[i] = lines.data[i] ? lines.data[i] : '|';
    assert_string_equal(tl_buffer_text(&lines), expected);
    tl_buffer_free(&lines);
}

static const struct step {
    const char *block, *lines;
} steps[] = {
    {"", ""},
    {"HTTP/1.1 204 \r\nServer: x\r\n\r\n", ""},
    {"set-cookie:TASKLIST-SESSION=abc; Path=/; HttpOnly\r\n", "Cookie: TASKLIST-SESSION=abc|"},
    {"Set-Cookie: X-CSRF-TOKEN=one; Path=/\r\nSet-Cookie: X-CSRF-TOKEN=two\r\n"
     "x-csrf-token: masked\r\n",
     "Cookie: TASKLIST-SESSION=abc; X-CSRF-TOKEN=two|X-CSRF-TOKEN: masked|"},
    {"X-CSRF-TOKEN: other\r\n",
     "Cookie: TASKLIST-SESSION=abc; X-CSRF-TOKEN=two|X-CSRF-TOKEN: other|"},
    {"Set-Cookie: =nameless\r\nSet-Cookie: valueless\r\nSet-Cookie: \r\nSet-Cookie: a=\x01\r\n"
     "Set-Cookie: b=\xC3\xBC\r\nX-CSRF-TOKEN: \r\nX-CSRF-TOKEN: \x7f\r\n",
     "Cookie: TASKLIST-SESSION=abc; X-CSRF-TOKEN=two|X-CSRF-TOKEN: other|"},
    {"Set-Cookie: TASKLIST-SESSION=new=er\r\n",
     "Cookie: X-CSRF-TOKEN=two; TASKLIST-SESSION=new=er|X-CSRF-TOKEN: other|"},
    {"TASKLIST-X-CSRF-TOKEN: old style\r\n",
     "Cookie: X-CSRF-TOKEN=two; TASKLIST-SESSION=new=er|TASKLIST-X-CSRF-TOKEN: old style|"},
    {"Set-Cookie: X-CSRF-TOKEN=; Max-Age=0\r\n",
     "Cookie: TASKLIST-SESSION=new=er|TASKLIST-X-CSRF-TOKEN: old style|"},
    {"Set-Cookie: TASKLIST-SESSION=\n", "TASKLIST-X-CSRF-TOKEN: old style|"},
};

static void it_sends_back_what_was_set_last(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        with_block(steps[i].block, read_block);
        expect_lines(steps[i].lines);
    }
    tl_session_clear(&session);
    expect_lines("");
    tl_session_free(&session);
    assert_int_equal(memory.unwiped, 0);
}

/* What follows the pair, and whether the cookie stays. */
static const struct ending {
    const char *attributes;
    bool stays;
} endings[] = {
    {"", true},
    {"; Max-Age=1", true},
    {"; Max-Age=0", false},
    {";max-age = 0 ; Path=/", false},
    {"; Path=/; HttpOnly; Max-Age=-5", false},
    {"; Max-Age=000", false},
    {"; Max-Age=99999999999999999999999999", true},
    {"; Max-Age=-99999999999999999999999999", false},
    /* RFC 6265 5.2.2: what is no number is as if it were not there */
    {"; Max-Age=", true},
    {"; Max-Age=-", true},
    {"; Max-Age=+0", true},
    {"; Max-Age=0x0", true},
    {"; Max-Age=-1h", true},
    {"; Max-Age", true},
    {"; X-Max-Age=0", true},
    /* the last one counts */
    {"; Max-Age=0; Max-Age=60", true},
    {"; Max-Age=60; Max-Age=0", false},
    {"; Expires=Thu, 01 Jan 1970 00:00:10 GMT", false},
    {"; expires=Thu, 01-Jan-1970 00:00:01 GMT; Secure", false},
    {"; Expires=Fri, 01 Jan 2100 00:00:00 GMT", true},
    {"; Expires=soon", true},
    {"; Expires=", true},
    {"; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Expires=soon", false},
    {"; Expires=0123456789 0123456789 0123456789 0123456789 0123456789 0123456789", true},
    /* Max-Age goes before */
    {"; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:10 GMT", true},
    {"; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=0", false},
};

static void it_forgets_what_is_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(endings); i++) {
        char block[256];
        snprintf(block, sizeof block, "Set-Cookie: s=new%s\r\n", endings[i].attributes);
        with_block("Set-Cookie: s=old\r\nSet-Cookie: t=1\r\n", read_block);
        with_block(block, read_block);
        const char *expected = endings[i].stays ? "t=1; s=new" : "t=1";
        if (strcmp(tl_buffer_text(&session.cookies), expected) != 0)
            fail_msg("'%s' after '%s'", tl_buffer_text(&session.cookies), endings[i].attributes);
    }
}

static void it_has_its_bounds(void **state)
{
    (void)state;
    char block[20000] = "Set-Cookie: a=b\r\nX-CSRF-TOKEN: small\r\nX-CSRF-TOKEN: ";
    size_t length = strlen(block);
    memset(block + length, 'x', 17000);
    strcpy(block + length + 17000, "\r\nSet-Cookie: c=");
    length = strlen(block);
    memset(block + length, 'y', 500);
    strcpy(block + length + 500, "\r\n");
    with_block(block, read_block);
    assert_int_equal(session.csrf.length, strlen("X-CSRF-TOKEN: small"));
    assert_int_equal(session.cookies.length, strlen("a=b; c=") + 500);
    memcpy(block, "Set-Cookie: large=zz", 20);
    for (char *line = block + 20; *line; line++)
        *line = *line == '\r' || *line == '\n' ? 'z' : *line;
    with_block(block, read_block);
    assert_int_equal(session.cookies.length, strlen("a=b; c=") + 500);
}

static tl_identity *identity;

static void admit(const tl_buffer *headers)
{
    tl_identity_fetching(identity, 0);
    tl_identity_admit(identity, headers, 0);
}

static void observe_now(const tl_buffer *headers)
{
    tl_identity_observe(identity, identity->generation, headers);
}

static void observe_late(const tl_buffer *headers)
{
    tl_identity_observe(identity, identity->generation - 1, headers);
}

static void make_identity(void)
{
    const tl_sign_in_spec spec = {.kind = TL_SESSION, .url = "u"};
    identity = tl_identity_new_signing_in(&allocator, &spec);
    assert_non_null(identity);
}

static void an_identity_carries_its_session(void **state)
{
    (void)state;
    make_identity();
    assert_string_equal(tl_identity_sought(identity), "session");
    with_block("Set-Cookie: s=1\r\n", admit);
    assert_int_equal(tl_identity_state(identity, 0), TL_TOKEN_READY);
    assert_string_equal(tl_buffer_text(&identity->lines), "Cookie: s=1");
    with_block("X-CSRF-TOKEN: t\r\n", observe_now);
    assert_int_equal(identity->lines.length, sizeof "Cookie: s=1\0X-CSRF-TOKEN: t");
    assert_memory_equal(identity->lines.data, "Cookie: s=1\0X-CSRF-TOKEN: t",
                        identity->lines.length);
    with_block("X-CSRF-TOKEN: late\r\nSet-Cookie: s=0\r\n", observe_late);
    assert_string_equal(tl_buffer_text(&identity->lines), "Cookie: s=1");
    assert_true(tl_identity_refused(identity, identity->generation, false, 0));
    assert_int_equal(tl_identity_state(identity, 0), TL_TOKEN_NEEDED);
    with_block("Set-Cookie: s=1\r\n", observe_now);
    assert_int_equal(tl_identity_state(identity, 0), TL_TOKEN_NEEDED);
    with_block("Set-Cookie: s=2\r\n", admit);
    assert_string_equal(tl_buffer_text(&identity->lines), "Cookie: s=2");
    assert_int_equal(identity->lines.length, sizeof "Cookie: s=2");
    tl_identity_free(&allocator, identity);
}

static void a_login_without_a_cookie_is_none(void **state)
{
    (void)state;
    make_identity();
    with_block("X-CSRF-TOKEN: t\r\n", admit);
    assert_int_equal(identity->failure.kind, TL_AUTH);
    assert_int_equal(tl_identity_state(identity, 0), TL_TOKEN_REFUSED);
    tl_identity_free(&allocator, identity);
}

/* Whatever lacks: a session is whole, or signed in anew. */
static void it_survives_lack_of_memory(void **state)
{
    (void)state;
    static const char changed[] = "Cookie: s=2\0X-CSRF-TOKEN: t";
    for (size_t n = 1;; n++) {
        make_identity();
        with_block("Set-Cookie: s=1\r\n", admit);
        size_t asked = memory.asked;
        memory.fail_at = asked + 1 + n; /* the block itself is the first */
        with_block("Set-Cookie: s=2\r\nX-CSRF-TOKEN: t\r\n", observe_now);
        bool failed = memory.asked >= memory.fail_at;
        memory.fail_at = 0;
        if (identity->lines.length > 0)
            assert_memory_equal(identity->lines.data, changed, sizeof changed);
        assert_true(failed || identity->lines.length > 0);
        tl_identity_free(&allocator, identity);
        if (!failed)
            return;
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_sends_back_what_was_set_last),
        TEST(it_forgets_what_is_over),
        TEST(it_has_its_bounds),
        TEST(an_identity_carries_its_session),
        TEST(a_login_without_a_cookie_is_none),
        TEST(it_survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
