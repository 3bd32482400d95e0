#include "test.h"
#include "json/reader.h"

#include <string.h>

/* The rest of the text's tokens, a letter for each, names and strings by what is in them. */
static const char *tokens(tl_json_reader *reader, char *out)
{
    static const char letters[] = "!.[{)nsirtf0";
    char *next = out;
    tl_json_token token;
    do {
        token = tl_json_reader_next(reader);
        *next++ = letters[token];
        if (token == TL_JSON_NAME || token == TL_JSON_STRING) {
            size_t length = reader->length;
            memcpy(next, reader->text, length);
            if (reader->escaped && !tl_json_reader_unescape(reader, next, &length))
                token = TL_JSON_FAILED;
            next += length;
        }
    } while (token != TL_JSON_FAILED && token != TL_JSON_END);
    *next = '\0';
    return out;
}

static void texts_become_tokens(void **state)
{
    (void)state;
    static const struct {
        const char *text, *tokens;
        int deepest;
    } rows[] = {
        {"1", "i.", 0},
        {" \t\r\n-0.5 \n", "r.", 0},
        {"\"a\\n\"", "sa\n.", 0},
        {"[]", "[).", 1},
        {"{ }", "{).", 1},
        {"[true,false , null]", "[tf0).", 1},
        {"[[],[[\"x\"]],2]", "[[)[[sx))i).", 3},
        {"{\"a\":1,\"b\\u0063\" : {\"\":[{}]}}",
         "{nain"
         "bc{n[{)))).",
         4},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[64];
        tl_json_reader reader;
        tl_json_reader_init(&reader, rows[i].text, strlen(rows[i].text), false);
        assert_string_equal(tokens(&reader, out), rows[i].tokens);
        assert_int_equal(reader.deepest, rows[i].deepest);
        assert_int_equal(reader.depth, 0);
        assert_null(reader.problem);
    }
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int at; /* the byte that is wrong */
        const char *problem;
    } rows[] = {
        {"", 0, "the text ends too early"},
        {"  ", 2, "the text ends too early"},
        {"[1", 2, "the text ends too early"},
        {"{\"a\"", 4, "the text ends too early"},
        {"{\"a\":", 5, "the text ends too early"},
        {"nul", 0, "a value expected"},
        {"[1,]", 3, "a value expected"},
        {"[,1]", 1, "a value expected"},
        {"[1 2]", 3, "',' or ']' expected"},
        {"[1}", 2, "',' or ']' expected"},
        {"{\"a\":1]", 6, "',' or '}' expected"},
        {"{\"a\" 1}", 5, "':' expected"},
        {"{a:1}", 1, "a name in quotes expected"},
        {"{\"a\":1,}", 7, "a name in quotes expected"},
        {"1 1", 2, "something after the value"},
        {"[1]]", 3, "something after the value"},
        {"[01]", 2, "a digit expected, and no other after a leading 0"},
        {"-", 1, "the text ends too early"},
        {"[1e999]", 1, "a number beyond what a float can be"},
        {"[\"a", 3, "a string without an end"},
        {"[\"a\n\"]", 3, "a control character in a string"},
        {"[\"a\xC3\"]", 3, "no UTF-8"},
        {"[\"a\\x\"]", 3, "an unknown escape"},
        {"{\"\\ud800\":1}", 2, "half of a surrogate pair"},
        {"\xEF\xBB\xBF"
         "1",
         0, "a value expected"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[64];
        tl_json_reader reader;
        tl_json_reader_init(&reader, rows[i].text, strlen(rows[i].text), false);
        tokens(&reader, out);
        assert_non_null(reader.problem);
        assert_string_equal(reader.problem, rows[i].problem);
        assert_int_equal(reader.at - rows[i].text, rows[i].at);
    }
}

static void a_nul_in_the_text_is_not_its_end(void **state)
{
    (void)state;
    char out[64];
    tl_json_reader reader;
    tl_json_reader_init(&reader, "[1\0]", 4, false);
    assert_string_equal(tokens(&reader, out), "[i!");
    assert_string_equal(reader.problem, "',' or ']' expected");
    tl_json_reader_init(&reader, "1\0", 2, false);
    assert_string_equal(tokens(&reader, out), "i!");
    assert_string_equal(reader.problem, "something after the value");
}

static void a_mark_is_passed_over_on_request(void **state)
{
    (void)state;
    static const char *const texts[] = {"\xEF\xBB\xBF"
                                        "1",
                                        "1"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        char out[64];
        tl_json_reader reader;
        tl_json_reader_init(&reader, texts[i], strlen(texts[i]), true);
        assert_string_equal(tokens(&reader, out), "i.");
    }
}

static void no_more_than_the_depth_is_opened(void **state)
{
    (void)state;
    char text[2 * (TL_JSON_DEPTH + 1) + 1], out[sizeof text + 1];
    for (int depth = TL_JSON_DEPTH; depth <= TL_JSON_DEPTH + 1; depth++) {
        tl_json_reader reader;
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        text[2 * depth] = '\0';
        tl_json_reader_init(&reader, text, 2 * (size_t)depth, false);
        tokens(&reader, out);
        assert_int_equal(reader.deepest, TL_JSON_DEPTH);
        if (depth == TL_JSON_DEPTH) {
            assert_null(reader.problem);
        } else {
            assert_string_equal(reader.problem, "nested more than 1,000 levels deep");
            assert_int_equal(reader.at - text, TL_JSON_DEPTH);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_tokens),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(a_nul_in_the_text_is_not_its_end),
        cmocka_unit_test(a_mark_is_passed_over_on_request),
        cmocka_unit_test(no_more_than_the_depth_is_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
