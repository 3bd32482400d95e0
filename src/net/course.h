/* The course of a request: it gets its proof, goes out, and when an attempt has ended it goes out
 * again or is finished. What can go on is put into a list, and only tl_course_run takes it from
 * there. If it went on at once, requests could be sent, finished or refused while a caller walks
 * through the very list or state that they change. */
#ifndef TL_COURSE_H
#define TL_COURSE_H

#include "net/request.h"

/* A new request, which is ready to go on. NULL without memory. */
tl_request *tl_course_add(tl_engine *engine, const tl_request_spec *spec);

/* Lets go on whatever is ready, until nothing is. To be called at the end of each call into the
 * engine that may have made something ready. */
void tl_course_run(tl_engine *engine);

/* An attempt is over, or the wait for one. `code` is as in tl_attempt. The request is finished
 * then, or rests until its next attempt, or is ready for it. */
void tl_course_end(tl_request *request, tl_ending ending, CURLcode code);

/* Ends the request in whatever state it is, and frees it. Gives what is known of it. */
tl_outcome tl_course_cancel(tl_request *request);

#endif
