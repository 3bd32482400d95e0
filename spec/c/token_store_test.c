/* The token file, with two stores that stand for two processes: locks belong to what is open, so
 * that two stores of one process exclude each other as well. */
#include "token_store.h"

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIFE (300 * TL_SECOND)

static const char token[] = "eyJ0.token";

static test_memory memory;
static tl_allocator allocator;
static tl_token_store one, two;
static tl_clocks now;
static char base[64], folder[96];

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

static void (*before_lock)(void); /* what happens just before the next lock is taken, or NULL */

/* In place of the C library's. */
int flock(int fd, int operation)
{
    void (*happen)(void) = before_lock;
    before_lock = NULL;
    if (happen)
        happen();
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

static char *in_base(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

static char *path_of(const char *ending)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s.%s", folder, one.name, ending);
    return path;
}

static void open_store(tl_token_store *store, const char *path, const char *secret)
{
    tl_buffer parts[2];
    const tl_buffer *const list[] = {&parts[0], &parts[1]};
    for (size_t i = 0; i < COUNT(parts); i++)
        tl_buffer_init(&parts[i], &allocator, SIZE_MAX);
    tl_buffer_append_text(&parts[0], "https://login.example/token");
    tl_buffer_append_text(&parts[1], secret);
    tl_token_store_init(store, &allocator);
    assert_false(tl_token_store_is_on(store));
    assert_true(tl_token_store_open(store, path, list, COUNT(list)));
    assert_true(tl_token_store_is_on(store));
    for (size_t i = 0; i < COUNT(parts); i++)
        tl_buffer_free(&parts[i]);
}

static int set_up(void **state)
{
    (void)state;
    memory = (test_memory){0};
    allocator = test_allocator(&memory);
    strcpy(base, "/tmp/tasklist-test-XXXXXX");
    if (!mkdtemp(base))
        return -1;
    snprintf(folder, sizeof folder, "%s/cache/tasklist", base);
    open_store(&one, folder, "hush");
    open_store(&two, folder, "hush");
    now = tl_clocks_now();
    return 0;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts, (void)kind, (void)place;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    tl_token_store_free(&one);
    tl_token_store_free(&two);
    nftw(base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return memory.live == 0 && memory.lies == 0 ? 0 : -1;
}

static void write_token(const char *text, tl_time life)
{
    if (!tl_token_store_write(&one, text, strlen(text), now.boot, life, &now))
        fail_msg("%s", one.fault);
}

/* The second store looks: there is this token. */
static void expect_token(const char *text)
{
    tl_stored_token stored;
    tl_token_look look = tl_token_store_look(&two, &now, &stored);
    assert_string_equal(two.fault, "");
    assert_int_equal(look, TL_LOOK_LIVE);
    assert_string_equal(tl_buffer_text(&stored.token), text);
    assert_true(stored.token.secret);
    tl_buffer_free(&stored.token);
}

/* It finds none that is of use, and blames nothing or something in these words. */
static void expect_none(const char *words)
{
    tl_stored_token stored;
    assert_int_equal(tl_token_store_look(&two, &now, &stored), TL_LOOK_NOTHING);
    if (words[0] == '\0')
        assert_string_equal(two.fault, "");
    else if (!strstr(two.fault, words) || !strstr(two.fault, base))
        fail_msg("'%s' is not in '%s'", words, two.fault);
    assert_int_equal(stored.token.length, 0);
}

static void expect_mode(const char *path, mode_t mode)
{
    struct stat facts;
    assert_int_equal(lstat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, mode);
}

static void it_is_made_for_its_owner_alone_whatever_the_umask(void **state)
{
    (void)state;
    static const mode_t masks[] = {0, 022, 077, 0177, 0277};
    for (size_t i = 0; i < COUNT(masks); i++) {
        mode_t before = umask(masks[i]);
        assert_int_equal(tl_token_store_lock(&one, now.boot), TL_FOLDER_OK);
        write_token(token, LIFE);
        umask(before);
        tl_token_store_unlock(&one);
        expect_mode(folder, 0700);
        expect_mode(path_of("token"), 0600);
        expect_mode(path_of("lock"), 0600);
        expect_token(token);
        assert_int_equal(access(path_of("new"), F_OK), -1);
        assert_int_equal(unlink(path_of("token")), 0);
        assert_int_equal(unlink(path_of("lock")), 0);
        assert_int_equal(rmdir(folder), 0);
    }
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
    assert_int_equal(tl_token_store_lock(&one, now.boot), TL_FOLDER_OK);
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_OK);
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
    /* the machine was thawed */
    {true, 1, LIFE, LIFE, ""},
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
    assert_int_equal(tl_token_store_look(&two, &now, &stored), TL_LOOK_LIVE);
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
        tl_folder_status status = tl_token_store_lock(&two, now.boot);
        assert_int_equal(status, spoilings[i].of_folder ? TL_FOLDER_FAULT : TL_FOLDER_OK);
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

static void a_symlink_with_a_slash_behind_it_is_one_too(void **state)
{
    (void)state;
    char path[128];
    write_token(token, LIFE);
    spoil_folder_by_symlink();
    snprintf(path, sizeof path, "%s//", folder);
    tl_token_store_free(&two);
    open_store(&two, path, "hush");
    expect_none("is a symbolic link");
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
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_FAULT);
    assert_string_not_equal(two.fault, "");
    assert_false(tl_token_store_has_lock(&two));
    assert_false(tl_token_store_write(&two, token, strlen(token), now.boot, LIFE, &now));
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
    bool written = tl_token_store_write(&one, "new", 3, now.boot, LIFE, &now);
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
    tl_token_look look = tl_token_store_look(&two, &now, &stored);
    tl_folder_status status = tl_token_store_lock(&two, now.boot);
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
    tl_folder_status status = tl_token_store_lock(&one, now.boot);
    bool written = tl_token_store_write(&one, token, strlen(token), now.boot, LIFE, &now);
    tl_stored_token stored;
    tl_token_look look = tl_token_store_look(&two, &now, &stored);
    interrupting = false;
    tl_buffer_free(&stored.token);
    assert_int_equal(status, TL_FOLDER_OK);
    assert_true(written);
    assert_int_equal(look, TL_LOOK_LIVE);
    assert_true(interrupted >= 10);
}

static void one_at_a_time_has_the_lock(void **state)
{
    (void)state;
    assert_int_equal(tl_token_store_lock(&one, now.boot), TL_FOLDER_OK);
    assert_true(tl_token_store_has_lock(&one));
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_BUSY);
    assert_false(tl_token_store_has_lock(&two));
    tl_token_store_unlock(&one);
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_OK);
}

/* The kernel gives the lock back; nothing on the disk has to be cleared away. */
static void a_holder_that_is_killed_leaves_no_lock(void **state)
{
    (void)state;
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        if (tl_token_store_lock(&one, now.boot) == TL_FOLDER_OK && write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_BUSY);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_OK);
    close(ready[0]);
    close(ready[1]);
}

/* It has the same descriptor, and may outlive the engine that it came from. */
static void a_child_neither_gives_up_nor_keeps_its_parents_lock(void **state)
{
    (void)state;
    int go[2];
    char byte;
    assert_int_equal(pipe(go), 0);
    assert_int_equal(tl_token_store_lock(&one, now.boot), TL_FOLDER_OK);
    pid_t closing = fork();
    if (closing == 0) {
        tl_token_store_free(&one);
        _exit(0);
    }
    assert_int_equal(waitpid(closing, NULL, 0), closing);
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_BUSY);
    pid_t keeping = fork();
    if (keeping == 0) {
        close(go[1]);
        _exit(read(go[0], &byte, 1) != 0); /* until the parent has looked */
    }
    tl_token_store_unlock(&one);
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_OK);
    close(go[1]);
    close(go[0]);
    assert_int_equal(waitpid(keeping, NULL, 0), keeping);
}

static void its_descriptor_goes_to_no_other_program(void **state)
{
    (void)state;
    assert_int_equal(tl_token_store_lock(&one, now.boot), TL_FOLDER_OK);
    assert_int_equal(fcntl(one.lock, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

static void a_lock_can_be_broken_once(void **state)
{
    (void)state;
    tl_token_store third;
    open_store(&third, folder, "hush");
    assert_int_equal(tl_token_store_lock(&one, now.boot), TL_FOLDER_OK);
    assert_int_equal(tl_token_store_lock(&two, 5), TL_FOLDER_BUSY);
    assert_int_equal(tl_token_store_lock(&third, 6), TL_FOLDER_BUSY);
    assert_int_equal(tl_token_store_lock(&two, 7), TL_FOLDER_BUSY);
    assert_int_equal(two.contended_since, 5);
    tl_token_store_break_lock(&two);
    assert_int_equal(tl_token_store_lock(&two, 8), TL_FOLDER_OK);
    tl_token_store_break_lock(&third); /* means the old one */
    assert_int_equal(tl_token_store_lock(&third, 9), TL_FOLDER_BUSY);
    assert_int_equal(third.contended_since, 9);
    tl_token_store_unlock(&one); /* the old holder's end is nobody's business */
    assert_int_equal(tl_token_store_lock(&third, 10), TL_FOLDER_BUSY);
    tl_token_store_unlock(&two);
    assert_int_equal(tl_token_store_lock(&third, 11), TL_FOLDER_OK);
    tl_token_store_free(&third);
    assert_int_equal(access(path_of("break"), F_OK), -1);
}

static void break_and_take(void)
{
    assert_int_equal(unlink(path_of("lock")), 0);
    assert_int_equal(tl_token_store_lock(&one, now.boot), TL_FOLDER_OK);
}

/* The lock of a file that was replaced after it was opened is nobody's. */
static void a_lock_counts_only_on_the_file_of_the_name(void **state)
{
    (void)state;
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_OK);
    tl_token_store_unlock(&two);
    before_lock = break_and_take;
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_BUSY);
    assert_true(tl_token_store_has_lock(&one));
}

/* A file system gives numbers out again: only the time tells that it is another file. */
static void a_lock_is_not_broken_for_the_number_of_its_file(void **state)
{
    (void)state;
    struct stat facts;
    tl_token_store third;
    open_store(&third, folder, "hush");
    assert_int_equal(tl_token_store_lock(&one, now.boot), TL_FOLDER_OK);
    assert_int_equal(tl_token_store_lock(&two, now.boot), TL_FOLDER_BUSY);
    do {
        assert_int_equal(chmod(path_of("lock"), 0600), 0);
        assert_int_equal(stat(path_of("lock"), &facts), 0);
    } while (facts.st_ctim.tv_sec == two.contended.st_ctim.tv_sec &&
             facts.st_ctim.tv_nsec == two.contended.st_ctim.tv_nsec);
    tl_token_store_break_lock(&two);
    assert_int_equal(tl_token_store_lock(&third, now.boot), TL_FOLDER_BUSY);
    tl_token_store_free(&third);
}

static void what_a_dead_writer_left_is_written_over(void **state)
{
    (void)state;
    write_token(token, LIFE);
    int fd = open(path_of("new"), O_CREAT | O_WRONLY, 0600);
    for (int i = 0; i < 100; i++)
        assert_int_equal(write(fd, "half a file", 11), 11);
    close(fd);
    write_token("another", LIFE);
    expect_token("another");
}

static void a_refused_token_is_not_taken_again(void **state)
{
    (void)state;
    tl_stored_token stored;
    write_token(token, LIFE);
    tl_token_store_refuse(&two, token, strlen(token));
    assert_int_equal(tl_token_store_look(&two, &now, &stored), TL_LOOK_REFUSED);
    assert_int_equal(stored.token.length, 0);
    write_token("another", LIFE);
    expect_token("another");
    tl_token_store_remove(&two);
    expect_none("");
}

/* An endpoint may give the same one out until it ends. */
static void a_refused_token_that_was_fetched_again_is_as_good_as_any(void **state)
{
    (void)state;
    tl_stored_token stored;
    tl_token_store_refuse(&one, token, strlen(token));
    write_token(token, LIFE);
    assert_int_equal(tl_token_store_look(&one, &now, &stored), TL_LOOK_LIVE);
    tl_buffer_free(&stored.token);
}

static void what_is_given_up_is_wiped(void **state)
{
    (void)state;
    write_token(token, LIFE);
    expect_token(token);
    tl_token_store_refuse(&two, token, strlen(token));
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
        tl_token_look look = tl_token_store_look(&two, &now, &stored);
        bool written = tl_token_store_write(&one, token, strlen(token), now.boot, LIFE, &now);
        memory.fail_at = 0;
        assert_true(look == TL_LOOK_LIVE || strstr(two.fault, "memory"));
        assert_true(written || strstr(one.fault, "memory"));
        tl_buffer_free(&stored.token);
        if (look == TL_LOOK_LIVE && written)
            break;
        assert_true(nth < 20);
    }
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(it_is_made_for_its_owner_alone_whatever_the_umask),
        STORE_TEST(it_holds_lines_that_name_no_client),
        STORE_TEST(another_secret_has_another_file),
        STORE_TEST(nothing_is_there_before_the_first),
        STORE_TEST(its_age_counts_by_clocks_that_agree),
        STORE_TEST(without_a_boot_id_the_wall_clock_counts),
        STORE_TEST(its_age_is_told),
        STORE_TEST(any_cut_is_seen),
        STORE_TEST(any_changed_byte_is_seen),
        STORE_TEST(the_file_of_another_sign_in_is_not_taken),
        STORE_TEST(what_others_may_have_made_is_refused),
        STORE_TEST(a_symlink_with_a_slash_behind_it_is_one_too),
        STORE_TEST(a_file_of_another_user_is_refused),
        STORE_TEST(a_folder_that_cannot_be_made_or_written_is_a_fault),
        STORE_TEST(a_limit_on_files_is_a_fault_and_no_signal),
        STORE_TEST(without_descriptors_it_is_a_fault),
        STORE_TEST(a_signal_is_no_fault),
        STORE_TEST(one_at_a_time_has_the_lock),
        STORE_TEST(a_holder_that_is_killed_leaves_no_lock),
        STORE_TEST(a_child_neither_gives_up_nor_keeps_its_parents_lock),
        STORE_TEST(its_descriptor_goes_to_no_other_program),
        STORE_TEST(a_lock_can_be_broken_once),
        STORE_TEST(a_lock_counts_only_on_the_file_of_the_name),
        STORE_TEST(a_lock_is_not_broken_for_the_number_of_its_file),
        STORE_TEST(what_a_dead_writer_left_is_written_over),
        STORE_TEST(a_refused_token_is_not_taken_again),
        STORE_TEST(a_refused_token_that_was_fetched_again_is_as_good_as_any),
        STORE_TEST(what_is_given_up_is_wiped),
        STORE_TEST(without_memory_there_is_no_token_but_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
