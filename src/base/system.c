#include "base/system.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#if defined(__APPLE__) || defined(__FreeBSD__)
#include <sys/sysctl.h>
#endif

bool tl_close_on_exec(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

int tl_open_socket(int family, int type, int protocol)
{
#ifdef SOCK_CLOEXEC
    return socket(family, type | SOCK_CLOEXEC, protocol);
#else
    int fd = socket(family, type, protocol);
    if (fd >= 0)
        tl_close_on_exec(fd);
    return fd;
#endif
}

#if defined(__APPLE__)
void tl_read_boot_id(char to[TL_BOOT_ID_SIZE])
{
    size_t size = TL_BOOT_ID_SIZE; /* it is a UUID, 36 characters and a NUL */
    if (sysctlbyname("kern.bootsessionuuid", to, &size, NULL, 0) != 0)
        to[0] = '\0';
}
#elif defined(__FreeBSD__)
/* Not kern.boottime: that changes whenever the wall clock is set. */
void tl_read_boot_id(char to[TL_BOOT_ID_SIZE])
{
    unsigned char id[16];
    size_t size = sizeof id;
    to[0] = '\0';
    if (sysctlbyname("kern.boot_id", id, &size, NULL, 0) != 0)
        return;
    for (size_t i = 0; i < size; i++)
        snprintf(to + 2 * i, 3, "%02x", id[i]);
}
#else
void tl_read_boot_id(char to[TL_BOOT_ID_SIZE])
{
    to[0] = '\0';
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t count = read(fd, to, TL_BOOT_ID_SIZE - 1);
    close(fd);
    to[count > 0 ? count : 0] = '\0';
    to[strcspn(to, "\n")] = '\0';
}
#endif

/* Through a volatile pointer, because then no compiler can know that it is memset. */
static void *(*const volatile set_memory)(void *, int, size_t) = memset;

void tl_wipe(void *memory, size_t size)
{
    set_memory(memory, 0, size);
}
