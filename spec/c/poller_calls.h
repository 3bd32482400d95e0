/* The calls by which the poller asks the system, whichever they are, go through functions in
 * poller_calls.c first: they count, and refuse when they are told to. The Makefile says which tests
 * have them. */
#ifndef POLLER_CALLS_H
#define POLLER_CALLS_H

/* How many times the system is still to refuse to watch a descriptor. */
extern int poller_calls_to_refuse;

/* How many times it still agrees before that. */
extern int poller_calls_to_allow;

/* How many events of sockets the poller has taken. */
extern int poller_calls_events;

/* How many times the poller has set its timer. */
extern int poller_calls_settings;

/* How many times the poller has changed what is asked of a descriptor, and how many of these took a
 * socket out. */
extern int poller_calls_changes;
extern int poller_calls_removals;

#endif
