/* The floor: what the same requests cost over one easy handle, without Lua and without a look at
 * the answers.
 *
 * floor BASE_URL BODY WARMING COUNT USER_AGENT: signs in, searches WARMING times, then COUNT times,
 * and prints how many nanoseconds those took. floor --version: libcurl's versions. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct text {
    char *data;
    size_t length, capacity;
} text;

static void die(const char *what)
{
    fprintf(stderr, "floor: %s\n", what);
    exit(1);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    text *body = context;
    size_t added = size * count;
    if (body->length + added >= body->capacity) {
        body->capacity = (body->length + added) * 2;
        body->data = realloc(body->data, body->capacity);
        if (!body->data)
            die("no memory");
    }
    memcpy(body->data + body->length, bytes, added);
    body->length += added;
    body->data[body->length] = '\0';
    return added;
}

static void perform(CURL *easy, text *body)
{
    long status = 0;
    body->length = 0;
    CURLcode code = curl_easy_perform(easy);
    if (code != CURLE_OK)
        die(curl_easy_strerror(code));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        die("the server did not answer 200");
}

static void add_header(struct curl_slist **headers, const char *line)
{
    *headers = curl_slist_append(*headers, line);
    if (!*headers)
        die("no memory");
}

static void set_post(CURL *easy, const char *base, const char *path, const char *body,
                     struct curl_slist *headers)
{
    char url[256];
    snprintf(url, sizeof url, "%s%s", base, path);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
}

/* The token as a header, found as crudely as can be. */
static void sign_in(CURL *easy, const char *base, text *answer, char *header, size_t size)
{
    struct curl_slist *headers = NULL;
    add_header(&headers, "Accept: application/json");
    add_header(&headers, "Content-Type: application/x-www-form-urlencoded");
    set_post(easy, base, "/oauth/token",
             "grant_type=client_credentials&audience=tasklist.camunda.io&client_id=bench"
             "&client_secret=bench",
             headers);
    perform(easy, answer);
    static const char key[] = "\"access_token\":\"";
    const char *start = strstr(answer->data, key);
    if (!start)
        die("no token");
    start += sizeof key - 1;
    snprintf(header, size, "Authorization: Bearer %.*s", (int)strcspn(start, "\""), start);
    curl_slist_free_all(headers);
}

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void search(CURL *easy, text *answer, long count)
{
    for (long i = 0; i < count; i++)
        perform(easy, answer);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts(curl_version()) < 0;
    if (argc != 6)
        die("BASE_URL BODY WARMING COUNT USER_AGENT expected");
    char authorization[4096];
    text answer = {0};
    struct curl_slist *headers = NULL;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *easy = curl_easy_init();
    if (!easy)
        die("no memory");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, argv[5]);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    sign_in(easy, argv[1], &answer, authorization, sizeof authorization);
    add_header(&headers, authorization);
    add_header(&headers, "Accept: application/json");
    add_header(&headers, "Content-Type: application/json");
    set_post(easy, argv[1], "/v1/tasks/search", argv[2], headers);
    search(easy, &answer, strtol(argv[3], NULL, 10));
    long long start = nanoseconds();
    search(easy, &answer, strtol(argv[4], NULL, 10));
    printf("%lld\n", nanoseconds() - start);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    free(answer.data);
    return 0;
}
