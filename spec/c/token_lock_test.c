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
    assert_true(one.lock >= 0);
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_BUSY);
    assert_true(two.lock < 0);
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

static void replace_and_take(void)
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
    before_lock = replace_and_take;
    assert_int_equal(tl_token_store_lock(&two), TL_FOLDER_BUSY);
    assert_true(one.lock >= 0);
}

/* Whoever writes keeps the others from it, whether he has the lock of the sign-in or not. */
static void only_one_writes_at_a_time(void **state)
{
    (void)state;
    write_token(token, LIFE);
    int writer = open(path_of("new"), O_CREAT | O_RDWR, 0600);
    assert_int_equal(flock(writer, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(write(writer, "half a", 6), 6);
    write_token("another", LIFE);
    assert_string_equal(one.fault, "");
    expect_token(token);
    close(writer);
    write_token("another", LIFE);
    expect_token("another");
}

static void write_another(void)
{
    write_token("another", LIFE);
}

/* The other's file aside, which was open already, has become the token file by then. */
static void a_writer_does_not_write_into_what_another_has_just_put_in_place(void **state)
{
    (void)state;
    before_lock = write_another;
    assert_true(tl_token_store_write(&two, token, strlen(token), LIFE, false, &now));
    assert_string_equal(two.fault, "");
    expect_token(token);
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
        STORE_TEST(a_lock_counts_only_on_the_file_of_the_name),
        STORE_TEST(only_one_writes_at_a_time),
        STORE_TEST(a_writer_does_not_write_into_what_another_has_just_put_in_place),
        STORE_TEST(what_a_dead_writer_left_is_written_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
