#include "base/sha256.h"

#include "test.h"

#include <string.h>

static const struct vector {
    const char *text, *hex;
} vectors[] = {
    /* FIPS 180-2, appendix B, and NIST's SHA256ShortMsg */
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void expect(const unsigned char *digest, const char *hex)
{
    char text[TL_SHA256_HEX];
    tl_sha256_write(digest, text);
    assert_string_equal(text, hex);
}

static void the_standard_has_the_same(void **state)
{
    (void)state;
    unsigned char digest[TL_SHA256_SIZE];
    for (size_t i = 0; i < COUNT(vectors); i++) {
        tl_sha256_of(vectors[i].text, strlen(vectors[i].text), digest);
        expect(digest, vectors[i].hex);
    }
}

static void a_million_bytes_in_pieces_are_the_same(void **state)
{
    (void)state;
    static const char piece[125] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    unsigned char digest[TL_SHA256_SIZE];
    tl_sha256 hash;
    tl_sha256_init(&hash);
    for (int i = 0; i < 8000; i++)
        tl_sha256_add(&hash, piece, sizeof piece);
    tl_sha256_end(&hash, digest);
    expect(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* The padding has to go into one block or two: lengths around where that changes. Each digest goes
 * into one more, whose value Python's hashlib gave. */
static void every_length_is_padded(void **state)
{
    (void)state;
    char text[200];
    unsigned char digest[TL_SHA256_SIZE];
    tl_sha256 all;
    tl_sha256_init(&all);
    memset(text, 'x', sizeof text);
    for (size_t length = 0; length <= sizeof text; length++) {
        tl_sha256_of(text, length, digest);
        tl_sha256_add(&all, digest, sizeof digest);
    }
    tl_sha256_end(&all, digest);
    expect(digest, "2e9fcf76499976b60177466c31b8ab5caa7d4c6dd8dd97c8ce7b574af689ec94");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_has_the_same),
        cmocka_unit_test(a_million_bytes_in_pieces_are_the_same),
        cmocka_unit_test(every_length_is_padded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
