/* What came of an attempt, read while libcurl still has it: the facts that the table in retry.c
 * goes by, and in words what went wrong. */
#ifndef TL_OUTCOME_H
#define TL_OUTCOME_H

#include "net/request.h"
#include "net/retry.h"
#include "net/transport.h"

/* Whether what has ended was no attempt at all, so that the request may begin anew as if nothing
 * had happened: libcurl had chosen a kept connection that the server has closed; or libcurl gave up
 * connecting although the request has not had the time for that, because it spent it in libcurl's
 * queue, or while nobody drove the engine. `idle`: how much of the time since the attempt began
 * nobody drove. */
bool tl_outcome_never_began(const tl_request *request, const tl_transport *transport, CURLcode code,
                            tl_time idle);

/* Gives the facts of the attempt, and notes in the request the status and Retry-After of its
 * answer. `now` and the request's deadline are by the same clock. `code` is as in tl_attempt. */
void tl_outcome_read(tl_request *request, const tl_transport *transport, tl_ending ending,
                     CURLcode code, tl_time now, tl_attempt *attempt);

/* Sets request->error when the attempt has come to no answer. What our callbacks or the sign-in
 * have already set there stays. */
void tl_outcome_explain(tl_request *request, const tl_transport *transport,
                        const tl_attempt *attempt);

#endif
