/* The lock of the token file. */
#include "stores.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void (*before_lock)(void); /* what happens just before the next lock is taken, or NULL */

/* In place of the C library's. */
int flock(int fd, int operation)
{
    void (*happen)(void) = before_lock;
    before_lock = NULL;
    if (happen)
        happen();
    return (int)syscall(SYS_flock, fd, operation);
}

static void one_at_a_time_has_the_lock(void **state)
{
    (void)state;
    assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
    assert_true(tl_token_store_has_lock(&one));
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_BUSY);
    assert_false(tl_token_store_has_lock(&two));
    tl_token_store_unlock(&one);
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_OK);
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
        if (tl_token_store_lock(&one) == TL_FOLDER_OK && write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_BUSY);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_OK);
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
    assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
    pid_t closing = fork();
    if (closing == 0) {
        tl_token_store_free(&one);
        _exit(0);
    }
    assert_int_equal(waitpid(closing, NULL, 0), closing);
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_BUSY);
    pid_t keeping = fork();
    if (keeping == 0) {
        close(go[1]);
        _exit(read(go[0], &byte, 1) != 0); /* until the parent has looked */
    }
    tl_token_store_unlock(&one);
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_OK);
    close(go[1]);
    close(go[0]);
    assert_int_equal(waitpid(keeping, NULL, 0), keeping);
}

static void its_descriptor_goes_to_no_other_program(void **state)
{
    (void)state;
    assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
    assert_int_equal(fcntl(one.lock, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

static void a_lock_can_be_broken_once(void **state)
{
    (void)state;
    tl_token_store third;
    open_store(&third, folder, "hush");
    assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
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

static struct stat facts_of_lock(void)
{
    struct stat facts;
    assert_int_equal(stat(path_of("lock"), &facts), 0);
    return facts;
}

static bool is_same_instant(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* The file stays the same: only its time tells one holder from the next. */
static void the_next_holder_is_another_one(void **state)
{
    (void)state;
    assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
    assert_int_equal(tl_token_store_lock(&two, 5), TL_FOLDER_BUSY);
    struct stat first = facts_of_lock();
    for (int i = 0; i < 1000000 && is_same_instant(facts_of_lock().st_ctim, first.st_ctim); i++) {
        tl_token_store_unlock(&one);
        assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
    }
    assert_int_equal(facts_of_lock().st_ino, first.st_ino);
    tl_token_store_break_lock(&two); /* means the first */
    assert_int_equal(tl_token_store_lock(&two, 100), TL_FOLDER_BUSY);
    assert_int_equal(two.contended_since, 100);
    assert_int_equal(tl_token_store_lock(&two, 101), TL_FOLDER_BUSY);
    assert_int_equal(two.contended_since, 100);
}

static void break_and_take(void)
{
    assert_int_equal(unlink(path_of("lock")), 0);
    assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
}

/* The lock of a file that was replaced after it was opened is nobody's. */
static void a_lock_counts_only_on_the_file_of_the_name(void **state)
{
    (void)state;
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_OK);
    tl_token_store_unlock(&two);
    before_lock = break_and_take;
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_BUSY);
    assert_true(tl_token_store_has_lock(&one));
}

/* A file system gives numbers out again: only the time tells that it is another file. */
static void a_lock_is_not_broken_for_the_number_of_its_file(void **state)
{
    (void)state;
    tl_token_store third;
    open_store(&third, folder, "hush");
    assert_int_equal(tl_token_store_lock(&one), TL_FOLDER_OK);
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_BUSY);
    do
        assert_int_equal(chmod(path_of("lock"), 0600), 0);
    while (is_same_instant(facts_of_lock().st_ctim, two.contended.st_ctim));
    tl_token_store_break_lock(&two);
    assert_int_equal(tl_token_store_lock(&third), TL_FOLDER_BUSY);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(one_at_a_time_has_the_lock),
        STORE_TEST(a_holder_that_is_killed_leaves_no_lock),
        STORE_TEST(a_child_neither_gives_up_nor_keeps_its_parents_lock),
        STORE_TEST(its_descriptor_goes_to_no_other_program),
        STORE_TEST(a_lock_can_be_broken_once),
        STORE_TEST(the_next_holder_is_another_one),
        STORE_TEST(a_lock_counts_only_on_the_file_of_the_name),
        STORE_TEST(a_lock_is_not_broken_for_the_number_of_its_file),
        STORE_TEST(what_a_dead_writer_left_is_written_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
