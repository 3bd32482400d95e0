#include "base/url.h"
#include "test.h"

#include <string.h>

enum { HTTP = 1, HTTPS = 2, LOOPBACK = 4, CREDENTIALS = 8, QUERY = 16, FRAGMENT = 32 };

static const struct readable {
    const char *url;
    int facts;
} readable[] = {
    {"http://example.com", HTTP},
    {"https://example.com/a/b", HTTPS},
    {"HTTPS://EXAMPLE.COM/", HTTPS},
    {"ftp://example.com/", 0},
    {"gopher://127.0.0.1/", LOOPBACK},

    {"http://localhost:8080/", HTTP | LOOPBACK},
    {"http://LOCALHOST/", HTTP | LOOPBACK},
    {"http://127.0.0.1/", HTTP | LOOPBACK},
    {"http://127.255.0.9:1/", HTTP | LOOPBACK},
    {"http://127.1/", HTTP | LOOPBACK},
    {"http://0x7f.1/", HTTP | LOOPBACK},
    {"http://0x7f000001/", HTTP | LOOPBACK},
    {"http://2130706433/", HTTP | LOOPBACK},
    {"http://[::1]/", HTTP | LOOPBACK},
    {"http://[::1]:8080/", HTTP | LOOPBACK},

    {"http://127.evil.com/", HTTP},
    {"http://127.0.0.1.evil.com/", HTTP},
    {"http://localhost.evil.com/", HTTP},
    {"http://evil.com/127.0.0.1", HTTP},
    {"http://1127.0.0.1.evil/", HTTP},
    {"http://12.7.0.1/", HTTP},
    {"http://[::2]/", HTTP},
    {"http://[2001:db8::1]/", HTTP},
    /* Digits and dots, but no address: a resolver may make a name of them. */
    {"http://127.0.0.256/", HTTP},
    {"http://127.1.2.3.4/", HTTP},
    {"http://127.0.0.1.5/", HTTP},

    {"https://user@example.com/", HTTPS | CREDENTIALS},
    {"https://user:secret@example.com/", HTTPS | CREDENTIALS},
    {"https://:secret@example.com/", HTTPS | CREDENTIALS},
    {"http://127.0.0.1@evil.com/", HTTP | CREDENTIALS},
    {"http://evil.com@127.0.0.1/", HTTP | LOOPBACK | CREDENTIALS},
    {"https://example.com/a@b", HTTPS},

    {"https://example.com/?a=b", HTTPS | QUERY},
    {"https://example.com/#part", HTTPS | FRAGMENT},
    {"https://example.com/?a#b", HTTPS | QUERY | FRAGMENT},
    {"https://example.com/#a?b", HTTPS | FRAGMENT},
};

static const char *const malformed[] = {
    "",
    "/",
    "example.com",
    "example.com/path",
    "//example.com/",
    "http://",
    "http://exam ple.com/",
    "http://example.com/a b",
    " http://example.com/",
    "http://example.com/\r\nHost: evil",
    "http://example.com:99999/",
    "http://example.com:port/",
    "http://[::1/",
};

static void what_a_url_consists_of(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(readable); i++) {
        tl_url_facts facts;
        if (tl_url_read(readable[i].url, &facts) != TL_URL_OK)
            fail_msg("%s: not read", readable[i].url);
        int found = (facts.http ? HTTP : 0) | (facts.https ? HTTPS : 0) |
                    (facts.loopback ? LOOPBACK : 0) | (facts.credentials ? CREDENTIALS : 0) |
                    (facts.query ? QUERY : 0) | (facts.fragment ? FRAGMENT : 0);
        if (found != readable[i].facts)
            fail_msg("%s: %d, not %d", readable[i].url, found, readable[i].facts);
    }
}

static const struct endpoint {
    const char *url, *host;
    unsigned port;
} endpoints[] = {
    {"http://example.com", "example.com", 80},
    {"https://EXAMPLE.com./a", "EXAMPLE.com.", 443},
    {"https://example.com:8443", "example.com", 8443},
    {"http://0x7f000001:65535", "127.0.0.1", 65535},
    {"https://[2001:db8::1]:1/", "2001:db8::1", 1},
    {"https://[::1]", "::1", 443},
    {"https://m\xC3\xBCnchen.example", "m\xC3\xBCnchen.example", 443},
    {"https://m%C3%BCnchen.example", "m\xC3\xBCnchen.example", 443},
};

static void where_a_url_leads(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(endpoints); i++) {
        tl_url_facts facts;
        assert_int_equal(tl_url_read(endpoints[i].url, &facts), TL_URL_OK);
        assert_string_equal(facts.host, endpoints[i].host);
        assert_int_equal(facts.port, endpoints[i].port);
    }
}

static void a_host_has_an_end(void **state)
{
    (void)state;
    char url[300] = "https://";
    tl_url_facts facts;
    memset(url + 8, 'a', TL_URL_HOST_MAX);
    assert_int_equal(tl_url_read(url, &facts), TL_URL_OK);
    assert_int_equal(strlen(facts.host), TL_URL_HOST_MAX);
    url[8 + TL_URL_HOST_MAX] = 'a';
    assert_int_equal(tl_url_read(url, &facts), TL_URL_MALFORMED);
}

static const struct address {
    const char *text;
    size_t count;
    unsigned char last;
} addresses[] = {
    {"127.0.0.1", 4, 1}, {"10.1.2.255", 4, 255}, {"::1", 16, 1},       {"2001:DB8::a", 16, 10},
    {"", 0, 0},          {"10.1", 0, 0},         {"10.1.2.256", 0, 0}, {"[::1]", 0, 0},
    {"example", 0, 0},   {"::1/128", 0, 0},
};

static void addresses_have_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        unsigned char bytes[TL_ADDRESS_MAX] = {0};
        size_t count = tl_url_read_address(addresses[i].text, bytes);
        assert_int_equal(count, addresses[i].count);
        if (count > 0)
            assert_int_equal(bytes[count - 1], addresses[i].last);
    }
}

static void what_is_no_url(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(malformed); i++) {
        tl_url_facts facts;
        if (tl_url_read(malformed[i], &facts) != TL_URL_MALFORMED)
            fail_msg("'%s' was read", malformed[i]);
    }
}

static const struct encoding {
    const char *text, *encoded;
} encodings[] = {
    {"", ""},
    {"azAZ09-._~", "azAZ09-._~"},
    {"+ & = %", "%2B%20%26%20%3D%20%25"},
    {"a/b?c#d", "a%2Fb%3Fc%23d"},
    {"\"'<>\\^`{|}", "%22%27%3C%3E%5C%5E%60%7B%7C%7D"},
    {"!$()*,;:@[]", "%21%24%28%29%2A%2C%3B%3A%40%5B%5D"},
    {"\r\n\t\x7f\x01", "%0D%0A%09%7F%01"},
    {"\xC3\xBC\xE2\x82\xAC", "%C3%BC%E2%82%AC"}, /* UTF-8 */
    {"\x80\xFE\xFF", "%80%FE%FF"},               /* no text at all */
    {"..", ".."},
};

static void text_is_percent_encoded(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    for (size_t i = 0; i < COUNT(encodings); i++) {
        tl_buffer buffer;
        tl_buffer_init(&buffer, &allocator, SIZE_MAX);
        assert_true(tl_url_encode(&buffer, encodings[i].text, strlen(encodings[i].text)));
        assert_string_equal(tl_buffer_text(&buffer), encodings[i].encoded);
        tl_buffer_free(&buffer);
    }
    assert_int_equal(memory.live, 0);
}

static void a_nul_is_encoded_like_any_byte(void **state)
{
    (void)state;
    test_memory memory = {0};
    tl_allocator allocator = test_allocator(&memory);
    tl_buffer buffer;
    tl_buffer_init(&buffer, &allocator, SIZE_MAX);
    assert_true(tl_url_encode(&buffer, "a\0b", 3));
    assert_string_equal(tl_buffer_text(&buffer), "a%00b");
    tl_buffer_free(&buffer);
}

static void encoding_tells_when_there_is_no_memory(void **state)
{
    (void)state;
    test_memory memory = {.fail_at = 1};
    tl_allocator allocator = test_allocator(&memory);
    tl_buffer buffer;
    tl_buffer_init(&buffer, &allocator, SIZE_MAX);
    assert_false(tl_url_encode(&buffer, "text", 4));
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_url_consists_of),
        cmocka_unit_test(where_a_url_leads),
        cmocka_unit_test(a_host_has_an_end),
        cmocka_unit_test(addresses_have_bytes),
        cmocka_unit_test(what_is_no_url),
        cmocka_unit_test(text_is_percent_encoded),
        cmocka_unit_test(a_nul_is_encoded_like_any_byte),
        cmocka_unit_test(encoding_tells_when_there_is_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
