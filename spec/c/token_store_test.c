/* What is in the token file, and how long it counts. */
#include "stores.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_mode(const char *path, mode_t mode)
{
    struct stat facts;
    assert_int_equal(lstat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, mode);
}

static void it_is_made_for_its_owner_alone_whatever_the_umask(void **state)
{
    (void)state;
    static const mode_t masks[] = {0, 022, 077, 0177, 0277, 0777};
    for (size_t i = 0; i < COUNT(masks); i++) {
        mode_t before = umask(masks[i]);
        assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
        write_token(token, LIFE);
        umask(before);
        tl_token_store_unlock(&one);
        expect_mode(in_base("cache"), 0700);
        expect_mode(folder, 0700);
        expect_mode(path_of("token"), 0600);
        expect_mode(path_of("lock"), 0600);
        expect_token(token);
        assert_int_equal(access(path_of("new"), F_OK), -1);
        assert_int_equal(unlink(path_of("token")), 0);
        assert_int_equal(unlink(path_of("lock")), 0);
        assert_int_equal(rmdir(folder), 0);
        assert_int_equal(rmdir(in_base("cache")), 0);
    }
}

static void make_folder(mode_t mode)
{
    assert_int_equal(mkdir(in_base("cache"), 0755), 0);
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(chmod(folder, mode), 0);
}

/* Made by hand, as mkdir makes it. The name of a file tells something about a weak secret. */
static void an_empty_folder_becomes_its_owners_alone(void **state)
{
    (void)state;
    make_folder(0755);
    write_token(token, LIFE);
    expect_mode(folder, 0700);
    expect_token(token);
}

/* Somebody's home, say: others may have to get in. */
static void a_folder_with_something_in_it_stays_as_it_is(void **state)
{
    (void)state;
    char other[128];
    make_folder(0755);
    snprintf(other, sizeof other, "%s/other", folder);
    assert_int_equal(mkdir(other, 0755), 0);
    expect_none("can be read by others");
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_FAULT);
    expect_mode(folder, 0755);
}

static void an_empty_folder_that_others_can_fill_is_refused(void **state)
{
    (void)state;
    make_folder(0775);
    expect_none("can be written by others");
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_FAULT);
    expect_mode(folder, 0775);
}

static void it_holds_lines_that_name_no_client(void **state)
{
    (void)state;
    char text[1024] = "";
    write_token(token, LIFE);
    FILE *file = fopen(path_of("token"), "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_int_equal(strncmp(text, "tasklist token file 1\nsign-in ", 30), 0);
    assert_non_null(strstr(text, "\ntoken eyJ0.token\ncheck "));
    assert_null(strstr(text, "hush"));
    assert_null(strstr(text, "example"));
}

static void another_secret_has_another_file(void **state)
{
    (void)state;
    write_token(token, LIFE);
    tl_token_store_free(&two);
    open_store(&two, folder, "hush!");
    assert_string_not_equal(one.name, two.name);
    expect_none("");
    assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_OK);
}

static void nothing_is_there_before_the_first(void **state)
{
    (void)state;
    expect_none("");
    assert_int_equal(access(folder, F_OK), -1); /* looking makes nothing */
}

static const struct age {
    bool same_boot;
    tl_time boot, wall; /* how far these clocks have gone since */
    tl_time life;
    const char *words; /* NULL: the token lives */
} ages[] = {
    /* a moment later, up to its end */
    {true, 1, 1, LIFE, NULL},
    {true, LIFE - 1, LIFE - 1, LIFE, NULL},
    {true, LIFE, LIFE, LIFE, ""},
    /* no end */
    {true, 1000 * LIFE, 1000 * LIFE, 0, NULL},
    /* the wall clock was set back */
    {true, 1, -1000 * LIFE, LIFE, NULL},
    {true, LIFE, -1000 * LIFE, LIFE, ""},
    /* or forward */
    {true, 1, LIFE, LIFE, NULL},
    {true, LIFE - 1, 1000 * LIFE, LIFE, NULL},
    {true, -1, 1, LIFE, "from the future"},
    /* another boot, a moment later */
    {false, -5000 * TL_SECOND, 1, LIFE, NULL},
    {false, 0, LIFE - 1, LIFE, NULL},
    {false, 0, LIFE, LIFE, ""},
    /* another machine's clock */
    {false, 0, -5 * TL_SECOND, LIFE, NULL},
    {false, 0, -6 * TL_SECOND, LIFE, "from the future"},
};

static void its_age_counts_by_clocks_that_agree(void **state)
{
    (void)state;
    tl_clocks start = now;
    start.boot = 10000 * TL_SECOND;
    for (size_t i = 0; i < COUNT(ages); i++) {
        now = start;
        write_token(token, ages[i].life);
        now.boot += ages[i].boot;
        now.wall += ages[i].wall;
        strcpy(now.boot_id, ages[i].same_boot ? start.boot_id : "another");
        if (ages[i].words)
            expect_none(ages[i].words);
        else
            expect_token(token);
    }
}

/* Neither of them is known to be the same boot. */
static void without_a_boot_id_the_wall_clock_counts(void **state)
{
    (void)state;
    now.boot_id[0] = '\0';
    write_token(token, LIFE);
    now.boot -= 100;
    expect_token(token);
    now.wall += LIFE;
    expect_none("");
}

static void its_age_is_told(void **state)
{
    (void)state;
    tl_stored_token stored;
    write_token(token, LIFE);
    now.boot += 7 * TL_SECOND;
    now.wall += 7 * TL_SECOND;
    assert_int_equal(tl_token_store_look(&two, NULL, &now, &stored), TL_LOOK_LIVE);
    assert_int_equal(stored.age, 7 * TL_SECOND);
    assert_int_equal(stored.life, LIFE);
    tl_buffer_free(&stored.token);
}

static void any_cut_is_seen(void **state)
{
    (void)state;
    struct stat facts;
    write_token(token, LIFE);
    assert_int_equal(stat(path_of("token"), &facts), 0);
    for (off_t length = facts.st_size - 1; length >= 0; length--) {
        assert_int_equal(truncate(path_of("token"), length), 0);
        expect_none("is cut");
    }
}

static void any_changed_byte_is_seen(void **state)
{
    (void)state;
    struct stat facts;
    write_token(token, LIFE);
    assert_int_equal(stat(path_of("token"), &facts), 0);
    int fd = open(path_of("token"), O_RDWR);
    for (off_t at = 0; at < facts.st_size; at++) {
        char byte, other;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        for (int i = 0; i < 2; i++) {
            other = i == 0 ? '\0' : (char)(byte ^ 1);
            assert_int_equal(pwrite(fd, &other, 1, at), 1);
            expect_none("is cut");
        }
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
    expect_token(token);
}

static void the_file_of_another_sign_in_is_not_taken(void **state)
{
    (void)state;
    write_token(token, LIFE);
    char from[512];
    strcpy(from, path_of("token"));
    tl_token_store_free(&one);
    tl_token_store_free(&two);
    open_store(&one, folder, "other");
    open_store(&two, folder, "other");
    assert_int_equal(rename(from, path_of("token")), 0);
    expect_none("another sign-in");
}

static void a_refused_token_is_not_taken_again(void **state)
{
    (void)state;
    tl_stored_token stored;
    unsigned char refused[TL_SHA256_SIZE];
    tl_sha256_of(token, strlen(token), refused);
    write_token(token, LIFE);
    assert_int_equal(tl_token_store_look(&two, refused, &now, &stored), TL_LOOK_REFUSED);
    assert_int_equal(stored.token.length, 0);
    write_token("another", LIFE);
    assert_int_equal(tl_token_store_look(&two, refused, &now, &stored), TL_LOOK_LIVE);
    tl_buffer_free(&stored.token);
    tl_token_store_remove(&two);
    expect_none("");
}

static void what_is_given_up_is_wiped(void **state)
{
    (void)state;
    write_token(token, LIFE);
    expect_token(token);
    size_t before = memory.unwiped;
    write_token("another", LIFE);
    expect_token("another");
    assert_int_equal(memory.unwiped, before);
}

static void without_memory_there_is_no_token_but_a_reason(void **state)
{
    (void)state;
    tl_stored_token stored;
    write_token(token, LIFE);
    for (size_t nth = 1;; nth++) {
        memory.asked = 0;
        memory.fail_at = nth;
        tl_token_look look = tl_token_store_look(&two, NULL, &now, &stored);
        bool written = tl_token_store_write(&one, token, strlen(token), LIFE, false, &now);
        memory.fail_at = 0;
        assert_true(look == TL_LOOK_LIVE || strstr(two.fault, "memory"));
        assert_true(written || strstr(one.fault, "memory"));
        tl_buffer_free(&stored.token);
        if (look == TL_LOOK_LIVE && written)
            break;
        assert_true(nth < 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(it_is_made_for_its_owner_alone_whatever_the_umask),
        STORE_TEST(an_empty_folder_becomes_its_owners_alone),
        STORE_TEST(a_folder_with_something_in_it_stays_as_it_is),
        STORE_TEST(an_empty_folder_that_others_can_fill_is_refused),
        STORE_TEST(it_holds_lines_that_name_no_client),
        STORE_TEST(another_secret_has_another_file),
        STORE_TEST(nothing_is_there_before_the_first),
        STORE_TEST(its_age_counts_by_clocks_that_agree),
        STORE_TEST(without_a_boot_id_the_wall_clock_counts),
        STORE_TEST(its_age_is_told),
        STORE_TEST(any_cut_is_seen),
        STORE_TEST(any_changed_byte_is_seen),
        STORE_TEST(the_file_of_another_sign_in_is_not_taken),
        STORE_TEST(a_refused_token_is_not_taken_again),
        STORE_TEST(what_is_given_up_is_wiped),
        STORE_TEST(without_memory_there_is_no_token_but_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
