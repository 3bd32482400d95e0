/* Starts programs by turns and times each from its start to its end.
 *
 * starter ROUNDS PROGRAM [ARGUMENT…] -- PROGRAM [ARGUMENT…] …: one line a round with the
 * nanoseconds of each program. What they print is thrown away; one that fails ends it all. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { MOST_PROGRAMS = 8 };

extern char **environ;

static void die(const char *what)
{
    fprintf(stderr, "starter: %s\n", what);
    exit(1);
}

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long time_one(char **program, const posix_spawn_file_actions_t *actions)
{
    pid_t pid;
    int status;
    long long start = nanoseconds();
    if (posix_spawnp(&pid, program[0], actions, NULL, program, environ) != 0)
        die("a program does not start");
    if (waitpid(pid, &status, 0) < 0 || status != 0)
        die("a program failed");
    return nanoseconds() - start;
}

/* Ends each program's arguments with NULL where "--" was. */
static int split(char **arguments, char ***programs)
{
    int count = 0;
    for (char **start = arguments; *arguments || start != arguments; arguments++) {
        if (*arguments && strcmp(*arguments, "--") != 0)
            continue;
        if (count == MOST_PROGRAMS || start == arguments)
            die("too many programs, or an empty one");
        programs[count++] = start;
        if (!*arguments)
            break;
        *arguments = NULL;
        start = arguments + 1;
    }
    return count;
}

int main(int argc, char **argv)
{
    char **programs[MOST_PROGRAMS];
    long long times[MOST_PROGRAMS];
    posix_spawn_file_actions_t actions;
    if (argc < 3)
        die("ROUNDS PROGRAM [ARGUMENT…] -- … expected");
    int count = split(argv + 2, programs);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    for (long round = strtol(argv[1], NULL, 10); round > 0; round--) {
        for (int i = 0; i < count; i++) {
            int turn = round % 2 ? i : count - 1 - i; /* nobody always comes first */
            times[turn] = time_one(programs[turn], &actions);
        }
        for (int i = 0; i < count; i++)
            printf("%lld%c", times[i], i + 1 < count ? ' ' : '\n');
    }
    posix_spawn_file_actions_destroy(&actions);
    return 0;
}
