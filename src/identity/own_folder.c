#include "identity/own_folder.h"

#include "base/system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_TRIES = 8, FILE_MODE = 0600, FOLDER_MODE = 0700 };

/* Other users may do nothing with a file, and not even list the folder: the name of a token file is
 * a hash of the secret and of things that can be guessed, so that a weak secret could be tried. */
enum { OF_OTHERS = S_IRWXG | S_IRWXO, WRITABLE_BY_OTHERS = S_IWGRP | S_IWOTH };

tl_folder_status tl_own_folder_blame(tl_own_folder *folder, const char *name, const char *what)
{
    snprintf(folder->fault, sizeof folder->fault, "%s%s%s: %s", folder->path, name[0] ? "/" : "",
             name, what);
    return TL_FOLDER_FAULT;
}

static tl_folder_status blame_system(tl_own_folder *folder, const char *name)
{
    return tl_own_folder_blame(folder, name,
                               errno == ELOOP ? "is a symbolic link" : strerror(errno));
}

/* Without O_NONBLOCK a pipe that somebody has put in the file's place would block us until someone
 * opens its other end. */
static int open_at(int folder, const char *name, int flags)
{
    int fd;
    do
        fd =
            openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, FILE_MODE);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* What is wrong with something that is open; NULL when nothing is. */
static const char *problem_of(int fd, uid_t owner, bool is_folder)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0)
        return strerror(errno);
    if (is_folder ? !S_ISDIR(facts.st_mode) : !S_ISREG(facts.st_mode))
        return is_folder ? "is no folder" : "is no plain file";
    if (facts.st_uid != owner)
        return "belongs to another user";
    if (!(facts.st_mode & OF_OTHERS))
        return NULL;
    if (!is_folder)
        return "can be read or written by others";
    return facts.st_mode & WRITABLE_BY_OTHERS ? "can be written by others"
                                              : "can be read by others";
}

static tl_folder_status check(tl_own_folder *folder, int fd, const char *name)
{
    const char *problem = problem_of(fd, folder->owner, name[0] == '\0');
    return problem ? tl_own_folder_blame(folder, name, problem) : TL_FOLDER_OK;
}

static bool is_empty(int folder)
{
    int fd = open_at(folder, ".", O_RDONLY | O_DIRECTORY);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    if (!stream) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    struct dirent *entry;
    errno = 0;
    do
        entry = readdir(stream);
    while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    bool empty = !entry && errno == 0;
    closedir(stream);
    return empty;
}

/* mkdir makes a folder that others can read, and who makes one by hand seldom thinks of it. */
static void close_to_readers(int fd, uid_t owner)
{
    struct stat facts;
    if (fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == owner &&
        (facts.st_mode & OF_OTHERS) && !(facts.st_mode & WRITABLE_BY_OTHERS) && is_empty(fd))
        fchmod(fd, FOLDER_MODE);
}

/* The mode is set after mkdir, because the host's umask may take away the owner's own rights, and
 * then nothing could be made in the folder. */
static bool make_folder(const char *path)
{
    if (mkdir(path, FOLDER_MODE) != 0)
        return false;
    fchmodat(AT_FDCWD, path, FOLDER_MODE, AT_SYMLINK_NOFOLLOW);
    return true;
}

/* Makes the folders that lead to it too. Most of them exist, so that their failures tell nothing.
 */
static bool make_folders(const char *path)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(part, path, length + 1);
    for (size_t i = 1; i < length; i++) {
        if (part[i] != '/')
            continue;
        part[i] = '\0';
        make_folder(part);
        part[i] = '/';
    }
    return make_folder(part);
}

tl_folder_status tl_own_folder_open(tl_own_folder *folder, bool create)
{
    folder->fault[0] = '\0';
    folder->fd = open_at(AT_FDCWD, folder->path, O_RDONLY);
    if (folder->fd < 0 && errno == ENOENT) {
        if (!create)
            return TL_FOLDER_MISSING;
        if (!make_folders(folder->path) && errno != EEXIST)
            return blame_system(folder, "");
        folder->fd = open_at(AT_FDCWD, folder->path, O_RDONLY);
    }
    if (folder->fd < 0)
        return blame_system(folder, "");
    close_to_readers(folder->fd, folder->owner);
    tl_folder_status status = check(folder, folder->fd, "");
    if (status != TL_FOLDER_OK)
        tl_own_folder_close(folder);
    return status;
}

void tl_own_folder_close(tl_own_folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    folder->fd = -1;
}

static tl_folder_status append_all(tl_own_folder *folder, const char *name, int fd, tl_buffer *to)
{
    char part[4096];
    tl_buffer_status status = TL_BUFFER_OK;
    ssize_t count;
    while (status == TL_BUFFER_OK && (count = read(fd, part, sizeof part)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            break;
        status = tl_buffer_append(to, part, (size_t)count);
    }
    tl_wipe(part, sizeof part);
    if (status == TL_BUFFER_FULL)
        return tl_own_folder_blame(folder, name, "is too large");
    if (status == TL_BUFFER_MEMORY)
        return tl_own_folder_blame(folder, name, "not enough memory");
    return count < 0 ? blame_system(folder, name) : TL_FOLDER_OK;
}

tl_folder_status tl_own_folder_read(tl_own_folder *folder, const char *name, tl_buffer *to)
{
    int fd = open_at(folder->fd, name, O_RDONLY);
    if (fd < 0)
        return errno == ENOENT ? TL_FOLDER_MISSING : blame_system(folder, name);
    tl_folder_status status = check(folder, fd, name);
    if (status == TL_FOLDER_OK)
        status = append_all(folder, name, fd, to);
    close(fd);
    return status;
}

static int open_or_make(int folder, const char *name)
{
    int fd = open_at(folder, name, O_RDWR);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    fd = open_at(folder, name, O_RDWR | O_CREAT | O_EXCL);
    if (fd >= 0)
        fchmod(fd, FILE_MODE); /* the host's umask may have taken away the owner's own rights */
    return fd;
}

static int lock(int fd)
{
    int result;
    do
        result = flock(fd, LOCK_EX | LOCK_NB);
    while (result != 0 && errno == EINTR);
    return result;
}

/* Whether `name` is still the name of the file that is open. As long as it is open its number is
 * given to no other file. */
static bool still_has(const tl_own_folder *folder, const char *name, int fd)
{
    struct stat ours, named;
    return fstat(fd, &ours) == 0 && fstatat(folder->fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

/* MISSING: between opening and locking it, somebody else has made, renamed or removed the file, so
 * that it must be opened anew. Without this check a writer whose file was renamed by another writer
 * at that moment would write into what is now the token file, and whoever has a removed file locked
 * would keep nobody away. */
static tl_folder_status lock_once(tl_own_folder *folder, const char *name, int *fd)
{
    *fd = open_or_make(folder->fd, name);
    if (*fd < 0)
        return errno == EEXIST ? TL_FOLDER_MISSING : blame_system(folder, name);
    tl_folder_status status = check(folder, *fd, name);
    if (status == TL_FOLDER_OK && lock(*fd) != 0)
        status = errno == EWOULDBLOCK ? TL_FOLDER_BUSY : blame_system(folder, name);
    if (status == TL_FOLDER_OK && !still_has(folder, name, *fd))
        status = TL_FOLDER_MISSING;
    if (status != TL_FOLDER_OK)
        close(*fd);
    return status;
}

tl_folder_status tl_own_folder_lock(tl_own_folder *folder, const char *name, int *fd)
{
    tl_folder_status status = TL_FOLDER_MISSING;
    for (int i = 0; i < MOST_TRIES && status == TL_FOLDER_MISSING; i++)
        status = lock_once(folder, name, fd);
    if (status != TL_FOLDER_OK)
        *fd = -1;
    return status == TL_FOLDER_MISSING ? TL_FOLDER_BUSY : status;
}

/* A write beyond the limit of ulimit -f would raise a signal (SIGXFSZ) that ends the host. */
static bool is_within_limit(size_t count)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || count <= (uintmax_t)limit.rlim_cur)
        return true;
    errno = EFBIG;
    return false;
}

static bool write_all(int fd, const char *bytes, size_t count)
{
    if (!is_within_limit(count))
        return false;
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

/* A process that died while it wrote leaves its file aside behind, without a lock. */
tl_folder_status tl_own_folder_replace(tl_own_folder *folder, const char *name, const char *aside,
                                       const tl_buffer *content)
{
    int fd;
    tl_folder_status status = tl_own_folder_lock(folder, aside, &fd);
    if (status != TL_FOLDER_OK)
        return status;
    if (ftruncate(fd, 0) != 0 || !write_all(fd, content->data, content->length) ||
        renameat(folder->fd, aside, folder->fd, name) != 0) {
        status = blame_system(folder, name);
        unlinkat(folder->fd, aside, 0);
    }
    close(fd);
    return status;
}

void tl_own_folder_remove(tl_own_folder *folder, const char *name)
{
    unlinkat(folder->fd, name, 0);
}
