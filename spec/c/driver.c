#include "driver.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int guard_against_hanging(void **state)
{
    (void)state;
    alarm(60); /* slow machines and valgrind included */
    return 0;
}

static const char *url_of(world *w, const char *path)
{
    snprintf(w->url, sizeof w->url, "http://127.0.0.1:%d%s", server_port(w->server), path);
    return w->url;
}

tl_signin *world_add_sign_in(world *w, tl_identity_kind kind, const char *path)
{
    static const tl_field form[] = {{"secret", "hush"}};
    const tl_sign_in_spec spec = {
        .kind = kind,
        .url = url_of(w, path),
        .headers = "Accept: application/json",
        .headers_length = sizeof "Accept: application/json",
        .form = form,
        .form_count = COUNT(form),
        .timeout = 20 * TL_SECOND,
    };
    return tl_engine_adopt(w->engine,
                           tl_identity_new_signing_in(tl_engine_allocator(w->engine), &spec),
                           kind == TL_TOKEN ? w->token_folder : NULL);
}

void world_use(world *w, tl_signin *signin)
{
    w->signin = signin;
    w->identity = signin ? signin->identity : NULL;
}

bool world_make_engine(world *w)
{
    const tl_engine_options options = {
        .most_attempts = 4,
        .allocator = test_allocator(&w->memory),
        .transport = {.connect_timeout = w->connect_timeout ? w->connect_timeout : 20 * TL_SECOND,
                      .max_connections = w->max_connections,
                      .texts = {[TL_USER_AGENT] = "test"}},
        .max_requests = w->max_requests,
        .trace = w->trace,
        .seed = 1,
    };
    tl_error error;
    w->engine = tl_engine_new(&options, &error);
    if (!w->engine)
        return false;
    world_use(w, world_add_sign_in(w, TL_TOKEN, "/token"));
    if (w->signin)
        return true;
    tl_engine_free(w->engine);
    return false;
}

void world_open(world *w, const test_route *routes)
{
    *w = (world){.server = server_start(routes)};
    assert_non_null(w->server);
    assert_true(world_make_engine(w));
}

void world_close(world *w)
{
    tl_engine_free(w->engine);
    if (w->server)
        server_stop(w->server);
    assert_int_equal(w->memory.live, 0);
    assert_int_equal(w->memory.lies, 0);
}

tl_request_spec get_spec(world *w, const char *path)
{
    static const char accept[] = "Accept: text/plain";
    return (tl_request_spec){
        .method = "GET",
        .url = url_of(w, path),
        .headers = accept,
        .headers_length = sizeof accept,
        .signin = w->signin,
        .timeout = 20 * TL_SECOND,
        .most_body = 1000 * 1000,
        .read = true,
    };
}

tl_request_spec write_spec(world *w, const char *path)
{
    tl_request_spec spec = get_spec(w, path);
    spec.method = "PATCH";
    spec.body = "{\"some\":\"change\"}";
    spec.body_length = strlen(spec.body);
    spec.headers = "Content-Type: application/json";
    spec.headers_length = strlen(spec.headers) + 1;
    spec.read = false;
    return spec;
}

tl_request *start(world *w, const tl_request_spec *spec)
{
    tl_request *request = tl_engine_start(w->engine, spec);
    assert_non_null(request);
    return request;
}

tl_request *start_get(world *w, const char *path)
{
    const tl_request_spec spec = get_spec(w, path);
    return start(w, &spec);
}

void settle(world *w)
{
    for (tl_signin *signin; (signin = tl_engine_answered(w->engine));) {
        const tl_request *fetch = signin->fetch;
        if (fetch->status == 200) {
            if (signin->identity->kind == TL_SESSION)
                tl_engine_admit(signin);
            else
                tl_engine_grant(signin, tl_buffer_text(&fetch->answer_body),
                                fetch->answer_body.length, w->life);
            w->granted++;
        } else {
            tl_error error;
            tl_error_set(&error, TL_AUTH, "refused");
            error.status = fetch->status;
            tl_engine_refuse(signin, &error, true);
            w->refused++;
        }
    }
    while (tl_engine_take(w->engine))
        continue; /* each knows by itself that it is finished */
}

void drive(world *w)
{
    assert_true(tl_engine_block(w->engine));
    tl_engine_step(w->engine);
    settle(w);
}

void drive_until_finished(world *w, const tl_request *request)
{
    while (request->state != TL_REQUEST_FINISHED)
        drive(w);
}

/* The server's progress doesn't show on the engine's descriptor, so this can't wait there. */
void drive_until_requested(world *w, const char *path, int count)
{
    while (server_requests(w->server, path) < count) {
        tl_engine_step(w->engine);
        settle(w);
        be_idle(1);
    }
}

void be_idle(int milliseconds)
{
    poll(NULL, 0, milliseconds);
}

void expect_answer(world *w, const tl_request *request, int status, const char *body)
{
    drive_until_finished(w, request);
    assert_string_equal(request->error.kind == TL_OK ? "" : request->error.message, "");
    assert_int_equal(request->status, status);
    assert_string_equal(tl_buffer_text(&request->answer_body), body);
}

void expect_error(world *w, const tl_request *request, tl_error_kind kind, const char *words)
{
    drive_until_finished(w, request);
    assert_int_equal(request->error.kind, kind);
    if (!strstr(request->error.message, words))
        fail_msg("'%s' is not in '%s'", words, request->error.message);
}
