/* One descriptor that says when any of many descriptors, or a timer, has something to do. The
 * Makefile's POLLER chooses the file that asks the system: poller_epoll.c for Linux,
 * poller_kqueue.c for FreeBSD and macOS. Every descriptor of a poller is close-on-exec. */
#ifndef TL_POLLER_H
#define TL_POLLER_H

#include "base/clock.h"

#include <stdbool.h>
#include <sys/types.h>

/* How many events are taken at once at most. */
enum { TL_POLLER_EVENTS = 64 };

/* What is asked of a descriptor: any of the first two, or 0 for nothing. IDLE beside what was asked
 * last: nobody waits for it now, but the system goes on watching, because to take a descriptor out
 * and to put it in again for the next request costs more than all other calls for a small request.
 * Whoever gets an event of an idle descriptor must set its interest to 0, or the event comes again
 * and again. */
enum { TL_POLLER_READ = 1, TL_POLLER_WRITE = 2, TL_POLLER_IDLE = 4 };

/* A descriptor with both interests may come in two events, one for each of them. */
typedef struct tl_poller_event {
    int fd;
    bool readable; /* also when the other side has ended: reading says so */
    bool writable;
    bool failed; /* there is an error, or nobody is on the other side any more */
} tl_poller_event;

/* Whoever embeds a poller knows its size by this; only src/net/poller*.c touch the fields. */
typedef struct tl_poller {
    int fd;        /* -1 when closed */
    int timer_fd;  /* epoll's, from the first tl_poller_arm on; -1 before */
    pid_t owner;   /* kqueue's: the process that opened it */
    bool shared;   /* tl_poller_arm was called: others may wait on the descriptor */
    int watched;   /* descriptors with an interest, without the idle ones */
    tl_time armed; /* when the timer fires; TL_NEVER when it is off, or has fired and was taken */
    int kept_count;
    tl_poller_event kept[TL_POLLER_EVENTS]; /* what tl_poller_block has seen, to be taken */
} tl_poller;

/* A poller that tl_poller_close may be called on. */
#define TL_POLLER_CLOSED ((tl_poller){.fd = -1, .timer_fd = -1, .armed = TL_NEVER})

/* False, with errno, when the system refuses. */
bool tl_poller_open(tl_poller *poller);

/* In a child after fork, too: what the parent has asked for stays as it is. */
void tl_poller_close(tl_poller *poller);

/* The descriptor: readable while tl_poller_take has something to give, or the timer has fired. -1
 * when the poller is closed. */
int tl_poller_fd(const tl_poller *poller);

/* Changes what is asked of `fd` from `old_interest`, which the last successful call for it has set
 * (0: there was none), to `interest`. 0 forgets the descriptor; it must still be open then, and
 * this does not fail. False when the system refuses; what was asked before still holds then. */
bool tl_poller_watch(tl_poller *poller, int fd, int old_interest, int interest);

/* Makes the descriptor readable from `at` on (TL_NEVER: not any more). Nothing is asked of the
 * system when it is armed for that already. False when the system refuses; the timer may be off
 * then. When the first call succeeds, the later ones need no other descriptor. */
bool tl_poller_arm(tl_poller *poller, tl_time at);

/* Takes up to `count` events, and no more than TL_POLLER_EVENTS, without waiting. What is still
 * readable or writable comes again with the next call. The timer gives no event, but may take the
 * place of one: only when fewer than `count` - 1 come are there no others. When it has fired it is
 * off after this. */
int tl_poller_take(tl_poller *poller, tl_poller_event *events, int count);

/* Waits until there is an event or `timeout` is over. What has come is kept for tl_poller_take, so
 * that the system is asked only once. False when a signal came first. */
bool tl_poller_block(tl_poller *poller, tl_time timeout);

/* Whether tl_poller_take gives what tl_poller_block has seen, and nothing that has come since. */
bool tl_poller_has_kept(const tl_poller *poller);

/* What poller.c needs of the system's file. `old_asked` and `asked` differ, and have no
 * TL_POLLER_IDLE. False when the system refuses, and then nothing has changed; never for 0. */
bool tl_poller_change(tl_poller *poller, int fd, int old_asked, int asked);

/* Likewise: as tl_poller_take, but waits up to so many milliseconds (-1: for ever), and -1 with
 * errno when a signal came first. */
int tl_poller_ask(tl_poller *poller, tl_poller_event *events, int count, int milliseconds);

#endif
