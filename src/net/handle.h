/* One easy handle of libcurl: what is the same for all requests, what one request sends, and what
 * libcurl calls while the request is under way. */
#ifndef TL_HANDLE_H
#define TL_HANDLE_H

#include "net/request.h"

/* Prepares a new handle. When libcurl refuses any of it the handle must not be used. */
CURLcode tl_handle_equip(CURL *easy);

/* Sets the handle to what the request sends, and to call back for it. `credentials` are header
 * lines, each ended by a NUL; or NULL. To be followed by tl_handle_return, also after a failure. */
CURLcode tl_handle_lend(CURL *easy, tl_request *request, const tl_buffer *credentials);

/* The handle is the request's no longer. `keep`: it serves others, and points to nothing of this
 * one any more; otherwise it is freed. Must not be called while a multi has the handle. */
void tl_handle_return(CURL *easy, tl_request *request, bool keep);

/* Unpacks the body of an answer that libcurl takes for whole; gives what it is worth then. */
CURLcode tl_handle_unpack(tl_request *request);

#endif
