/* What the tests of the engine share: a server, an engine, an identity that signs in there, and the
 * part of the binding, played in C: whatever the token endpoint answers with 200 is the token. */
#ifndef DRIVER_H
#define DRIVER_H

#include "net/engine.h"
#include "server.h"
#include "test.h"

typedef struct world {
    test_server *server;
    test_memory memory;
    tl_engine *engine;
    tl_signin *signin;     /* its endpoint is the server's /token */
    tl_identity *identity; /* the sign-in's */
    double life;           /* of the tokens that are granted, in seconds */
    bool trace;
    size_t max_requests;      /* as in tl_engine_options */
    long max_connections;     /* as in tl_transport_options */
    tl_time connect_timeout;  /* the same; 0: much time */
    const char *token_folder; /* of the token file of identities that sign in, or NULL */
    int granted, refused;
    char url[128]; /* of the last spec */
} world;

/* Ends the process when a test hangs. */
int guard_against_hanging(void **state);

#define ENGINE_TEST(name) cmocka_unit_test_setup(name, guard_against_hanging)

void world_open(world *w, const test_route *routes);

/* What world_open does when there is a server. False, with nothing made, when memory lacks. */
bool world_make_engine(world *w);

/* An identity that signs in at the server's `path`. NULL without memory. */
tl_signin *world_add_sign_in(world *w, tl_identity_kind kind, const char *path);

/* Fails the test when the engine has kept memory. `server` may be gone (NULL) by now. */
void world_close(world *w);

/* Requests are for this one from now on, when it is there; NULL: for nobody. */
void world_use(world *w, tl_signin *signin);

/* A GET of the server's `path` that may be repeated, for the identity, with much time. It is good
 * until the next one is made. */
tl_request_spec get_spec(world *w, const char *path);

/* The same as a PATCH with a body that must not be repeated. */
tl_request_spec write_spec(world *w, const char *path);

tl_request *start(world *w, const tl_request_spec *spec);
tl_request *start_get(world *w, const char *path);

/* Grants or refuses what the token endpoint has answered, and takes what is finished. */
void settle(world *w);

/* Waits until there is something to do, and does it. */
void drive(world *w);

void drive_until_finished(world *w, const tl_request *request);

/* Drives until so many requests for the path have come in. */
void drive_until_requested(world *w, const char *path, int count);

/* Lets time pass in which nobody drives. */
void be_idle(int milliseconds);

/* The request is driven to its end; it must have this answer, or this error. */
void expect_answer(world *w, const tl_request *request, int status, const char *body);
void expect_error(world *w, const tl_request *request, tl_error_kind kind, const char *words);

#endif
