/* What each system has under another name, or not at all. So that the rest of src/ need not ask on
 * which system it runs, it is here, in clock.c (which clock), and in net/poller_*.c. */
#ifndef TL_SYSTEM_H
#define TL_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

/* Makes a program that this process starts not inherit the descriptor. False, with errno, when it
 * is not open. */
bool tl_close_on_exec(int fd);

/* socket(2), close-on-exec. -1 with errno. On macOS, where that takes two calls, another thread may
 * start a program in between, which then inherits the socket. */
int tl_open_socket(int family, int type, int protocol);

enum { TL_BOOT_ID_SIZE = 40 };

/* A text that is another one each time the machine starts; "" when the system does not say. */
void tl_read_boot_id(char to[TL_BOOT_ID_SIZE]);

/* Fills secret memory with zeros, also where nobody reads it any more: a compiler leaves out a
 * memset whose result is not used. */
void tl_wipe(void *memory, size_t size);

#endif
