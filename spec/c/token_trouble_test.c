/* Token files that others may have made, and systems that refuse. */
#include "stores.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool interrupting; /* every second call of those below is, by a signal */
static int calls, interrupted;

static bool is_interrupted(void)
{
    if (!interrupting || ++calls % 2 == 0)
        return false;
    interrupted++;
    errno = EINTR;
    return true;
}

/* In place of the C library's. */
int flock(int fd, int operation)
{
    return is_interrupted() ? -1 : (int)syscall(SYS_flock, fd, operation);
}

int openat(int where, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = flags & O_CREAT ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return is_interrupted() ? -1 : (int)syscall(SYS_openat, where, path, flags, mode);
}

ssize_t read(int fd, void *bytes, size_t count)
{
    return is_interrupted() ? -1 : syscall(SYS_read, fd, bytes, count);
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    return is_interrupted() ? -1 : syscall(SYS_write, fd, bytes, count);
}

static void spoil_mode(void)
{
    chmod(path_of("token"), 0620);
}

static void spoil_by_readers(void)
{
    chmod(path_of("token"), 0604);
}

static void spoil_by_symlink(void)
{
    char target[512];
    strcpy(target, in_base("elsewhere"));
    rename(path_of("token"), target);
    assert_int_equal(symlink(target, path_of("token")), 0);
}

static void spoil_by_pipe(void)
{
    unlink(path_of("token"));
    assert_int_equal(mkfifo(path_of("token"), 0600), 0);
}

static void spoil_by_folder(void)
{
    unlink(path_of("token"));
    assert_int_equal(mkdir(path_of("token"), 0700), 0);
}

static void spoil_size(void)
{
    assert_int_equal(truncate(path_of("token"), 3 * 1024 * 1024), 0);
}

static void spoil_owner(void)
{
    two.owner++;
}

static void spoil_folder_mode(void)
{
    chmod(folder, 0770);
}

static void spoil_folder_by_readers(void)
{
    chmod(folder, 0710);
}

static void spoil_folder_by_symlink(void)
{
    char target[512];
    strcpy(target, in_base("elsewhere"));
    rename(folder, target);
    assert_int_equal(symlink(target, folder), 0);
}

static void spoil_folder_by_file(void)
{
    unlink(path_of("token"));
    rmdir(folder);
    assert_int_equal(close(open(folder, O_CREAT | O_WRONLY, 0600)), 0);
}

static const struct spoiling {
    void (*spoil)(void);
    const char *words;
    bool of_folder; /* then the lock can't be had either */
} spoilings[] = {
    {spoil_mode, "can be read or written by others", false},
    {spoil_by_readers, "can be read or written by others", false},
    {spoil_by_symlink, "is a symbolic link", false},
    {spoil_by_pipe, "is no plain file", false},
    {spoil_by_folder, "is no plain file", false},
    {spoil_size, "is too large", false},
    {spoil_owner, "belongs to another user", true},
    {spoil_folder_mode, "can be written by others", true},
    {spoil_folder_by_readers, "can be read by others", true},
    {spoil_folder_by_symlink, "is a symbolic link", true},
    {spoil_folder_by_file, "is no folder", true},
};

static void what_others_may_have_made_is_refused(void **state)
{
    for (size_t i = 0; i < COUNT(spoilings); i++) {
        write_token(token, LIFE);
        expect_token(token);
        spoilings[i].spoil();
        expect_none(spoilings[i].words);
        tl_folder_status status = tl_token_store_lock(&two);
        assert_int_equal(status, spoilings[i].of_folder ? TL_FOLDER_FAULT : TL_FOLDER_OK);
        assert_int_equal(stores_close(state), 0);
        assert_int_equal(stores_open(state), 0);
    }
}

static void expect_refused(const char *ending, const char *words)
{
    char path[128];
    snprintf(path, sizeof path, "%s%s", folder, ending);
    tl_token_store_free(&two);
    open_store(&two, path, "hush");
    expect_none(words);
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_FAULT);
}

static void a_symlink_is_one_whatever_follows_it(void **state)
{
    (void)state;
    static const char *const endings[] = {"/", "//", "/.", "/./", "/././/.", "//."};
    write_token(token, LIFE);
    spoil_folder_by_symlink();
    for (size_t i = 0; i < COUNT(endings); i++)
        expect_refused(endings[i], "is a symbolic link");
}

/* What comes before it may be a symlink. */
static void a_folder_is_not_named_by_two_dots(void **state)
{
    (void)state;
    static const char *const endings[] = {"/..", "/../", "/../.", "/x/.."};
    for (size_t i = 0; i < COUNT(endings); i++)
        expect_refused(endings[i], "ends in \"..\"");
    tl_token_store_free(&two);
    open_store(&two, "..", "hush");
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_FAULT);
    assert_string_equal(two.fault, "..: ends in \"..\"");
}

static void dots_are_as_good_as_letters_in_a_name(void **state)
{
    (void)state;
    static const char *const names[] = {"a..", "...", ".b", "c."};
    for (size_t i = 0; i < COUNT(names); i++) {
        tl_token_store_free(&two);
        open_store(&two, in_base(names[i]), "hush");
        assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_OK);
        assert_int_equal(access(in_base(names[i]), F_OK), 0);
    }
}

static void a_file_of_another_user_is_refused(void **state)
{
    (void)state;
    write_token(token, LIFE);
    if (geteuid() != 0)
        return; /* only root can give files away; the owner's check is that of the folder */
    assert_int_equal(chown(path_of("token"), 12345, 12345), 0);
    expect_none("belongs to another user");
}

static void expect_unwritable(const char *path)
{
    tl_token_store_free(&two);
    open_store(&two, path, "hush");
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_FAULT);
    assert_string_not_equal(two.fault, "");
    assert_true(two.lock < 0);
    assert_false(tl_token_store_write(&two, token, strlen(token), LIFE, false, &now));
    assert_string_not_equal(two.fault, "");
}

static void a_folder_that_cannot_be_made_or_written_is_a_fault(void **state)
{
    (void)state;
    char endless[8192];
    memset(endless, '/', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    memset(endless + 1, 'x', 5000);
    expect_unwritable("/proc/self/fdinfo");
    expect_unwritable("/proc/version/tasklist");
    expect_unwritable("");
    assert_non_null(strstr(two.fault, "HOME"));
    expect_unwritable(endless);
}

static void a_limit_on_files_is_a_fault_and_no_signal(void **state)
{
    (void)state;
    struct rlimit before, little = {16, 16};
    write_token(token, LIFE);
    getrlimit(RLIMIT_FSIZE, &before);
    little.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_FSIZE, &little);
    bool written = tl_token_store_write(&one, "new", 3, LIFE, false, &now);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(written);
    assert_non_null(strstr(one.fault, "File too large"));
    expect_token(token);
}

static void without_descriptors_it_is_a_fault(void **state)
{
    (void)state;
    struct rlimit before, none;
    write_token(token, LIFE);
    getrlimit(RLIMIT_NOFILE, &before);
    none = (struct rlimit){0, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    tl_stored_token stored;
    tl_token_look look = tl_token_store_look(&two, NULL, &now, &stored);
    tl_folder_status status = tl_token_store_lock(&two);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(look, TL_LOOK_NOTHING);
    assert_int_equal(status, TL_FOLDER_FAULT);
    assert_non_null(strstr(two.fault, "Too many open files"));
    expect_token(token);
}

static void a_signal_is_no_fault(void **state)
{
    (void)state;
    interrupting = true;
    calls = interrupted = 0;
    tl_folder_status status = tl_token_store_lock(&one);
    bool written = tl_token_store_write(&one, token, strlen(token), LIFE, false, &now);
    tl_stored_token stored;
    tl_token_look look = tl_token_store_look(&two, NULL, &now, &stored);
    interrupting = false;
    tl_buffer_free(&stored.token);
    assert_int_equal(status, TL_FOLDER_OK);
    assert_true(written);
    assert_int_equal(look, TL_LOOK_LIVE);
    assert_true(interrupted >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(what_others_may_have_made_is_refused),
        STORE_TEST(a_symlink_is_one_whatever_follows_it),
        STORE_TEST(a_folder_is_not_named_by_two_dots),
        STORE_TEST(dots_are_as_good_as_letters_in_a_name),
        STORE_TEST(a_file_of_another_user_is_refused),
        STORE_TEST(a_folder_that_cannot_be_made_or_written_is_a_fault),
        STORE_TEST(a_limit_on_files_is_a_fault_and_no_signal),
        STORE_TEST(without_descriptors_it_is_a_fault),
        STORE_TEST(a_signal_is_no_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
