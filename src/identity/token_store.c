#include "identity/token_store.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* A token answer has at most a mebibyte. */
enum { MOST_FILE = 1024 * 1024 + 1024 };

void tl_token_store_init(tl_token_store *store, const tl_allocator *allocator)
{
    *store = (tl_token_store){.lock = -1, .owner = geteuid()};
    tl_buffer_init(&store->path, allocator, SIZE_MAX);
}

void tl_token_store_free(tl_token_store *store)
{
    tl_token_store_unlock(store);
    tl_buffer_free(&store->path);
}

/* Each part goes in with its length, so that no two lists of parts look alike. */
static void name_sign_in(tl_token_store *store, const tl_buffer *const *parts, size_t count)
{
    unsigned char digest[TL_SHA256_SIZE];
    tl_sha256 hash;
    tl_sha256_init(&hash);
    for (size_t i = 0; i < count; i++) {
        uint64_t length = parts[i]->length;
        tl_sha256_add(&hash, &length, sizeof length);
        tl_sha256_add(&hash, parts[i]->data, parts[i]->length);
    }
    tl_sha256_end(&hash, digest);
    tl_sha256_write(digest, store->name);
}

/* Without the slashes and single dots at its end: a symlink before them would be followed. */
static size_t length_of_path(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 &&
           (path[length - 1] == '/' || (path[length - 1] == '.' && path[length - 2] == '/')))
        length--;
    return length;
}

/* Likewise, but there is no path to it without them. */
static bool ends_in_two_dots(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, "..") == 0;
}

bool tl_token_store_open(tl_token_store *store, const char *folder, const tl_buffer *const *parts,
                         size_t count)
{
    name_sign_in(store, parts, count);
    return tl_buffer_append(&store->path, folder, length_of_path(folder)) == TL_BUFFER_OK;
}

bool tl_token_store_is_on(const tl_token_store *store)
{
    return store->name[0] != '\0';
}

/* The names of a sign-in's files. */
typedef struct file_name {
    char text[TL_SHA256_HEX + 8];
} file_name;

static file_name name_of(const tl_token_store *store, const char *ending)
{
    file_name name;
    snprintf(name.text, sizeof name.text, "%s.%s", store->name, ending);
    return name;
}

static tl_own_folder folder_of(const tl_token_store *store)
{
    return (tl_own_folder){.path = tl_buffer_text(&store->path), .owner = store->owner, .fd = -1};
}

/* Every call ends here. */
static void end(tl_token_store *store, tl_own_folder *folder)
{
    tl_own_folder_close(folder);
    memcpy(store->fault, folder->fault, sizeof store->fault);
}

static tl_folder_status open_folder(const tl_token_store *store, tl_own_folder *folder, bool create)
{
    *folder = folder_of(store);
    if (folder->path[0] == '\0')
        return tl_own_folder_blame(folder, "", "neither XDG_CACHE_HOME nor HOME names a folder");
    if (ends_in_two_dots(folder->path))
        return tl_own_folder_blame(folder, "", "ends in \"..\"");
    return tl_own_folder_open(folder, create);
}

static bool is_refused(const tl_token_store *store, const char *token)
{
    unsigned char digest[TL_SHA256_SIZE];
    tl_sha256_of(token, strlen(token), digest);
    return store->has_refused && memcmp(digest, store->refused, sizeof digest) == 0;
}

static tl_token_look judge(tl_token_store *store, tl_own_folder *folder, tl_buffer *content,
                           const tl_clocks *now, tl_stored_token *stored)
{
    file_name name = name_of(store, "token");
    tl_token_facts facts;
    const char *problem = tl_token_file_read(content, store->name, now, &facts);
    if (problem) {
        tl_own_folder_blame(folder, name.text, problem);
        return TL_LOOK_NOTHING;
    }
    if (is_refused(store, facts.token))
        return TL_LOOK_REFUSED;
    if (facts.life > 0 && facts.age >= facts.life)
        return TL_LOOK_NOTHING;
    stored->age = facts.age;
    stored->life = facts.life;
    stored->replacement = facts.replacement;
    if (tl_buffer_append_text(&stored->token, facts.token) == TL_BUFFER_OK)
        return TL_LOOK_LIVE;
    tl_own_folder_blame(folder, name.text, "not enough memory");
    return TL_LOOK_NOTHING;
}

tl_token_look tl_token_store_look(tl_token_store *store, const tl_clocks *now,
                                  tl_stored_token *stored)
{
    tl_own_folder folder;
    tl_buffer content;
    tl_token_look look = TL_LOOK_NOTHING;
    tl_buffer_init_secret(&content, store->path.allocator, MOST_FILE);
    tl_buffer_init_secret(&stored->token, store->path.allocator, SIZE_MAX);
    if (open_folder(store, &folder, false) == TL_FOLDER_OK) {
        file_name name = name_of(store, "token");
        if (tl_own_folder_read(&folder, name.text, &content) == TL_FOLDER_OK)
            look = judge(store, &folder, &content, now, stored);
    }
    tl_buffer_free(&content);
    end(store, &folder);
    return look;
}

/* Remembers since when another has the lock: each holder's facts are his own. */
static void note_contended(tl_token_store *store, const struct stat *facts, tl_time now)
{
    if (tl_own_folder_same(&store->contended, facts))
        return;
    store->contended = *facts;
    store->contended_since = now;
}

tl_folder_status tl_token_store_lock(tl_token_store *store, tl_time now)
{
    tl_own_folder folder;
    struct stat facts;
    tl_folder_status status = open_folder(store, &folder, true);
    if (status == TL_FOLDER_OK) {
        file_name name = name_of(store, "lock");
        status = tl_own_folder_lock(&folder, name.text, &store->lock, &facts);
    }
    if (status == TL_FOLDER_BUSY)
        note_contended(store, &facts, now);
    else
        store->contended = (struct stat){0};
    store->holder = getpid();
    end(store, &folder);
    return status;
}

bool tl_token_store_has_lock(const tl_token_store *store)
{
    return store->lock >= 0;
}

/* Given up in so many words, because a child that was forked meanwhile has the descriptor too. In
 * such a child it is the parent's lock. */
void tl_token_store_unlock(tl_token_store *store)
{
    if (store->lock < 0)
        return;
    if (store->holder == getpid())
        flock(store->lock, LOCK_UN);
    close(store->lock);
    store->lock = -1;
}

void tl_token_store_break_lock(tl_token_store *store)
{
    tl_own_folder folder;
    if (open_folder(store, &folder, false) == TL_FOLDER_OK) {
        file_name guard = name_of(store, "break"), name = name_of(store, "lock");
        int fd;
        struct stat facts;
        if (tl_own_folder_lock(&folder, guard.text, &fd, &facts) == TL_FOLDER_OK) {
            if (tl_own_folder_still_has(&folder, name.text, &store->contended))
                tl_own_folder_remove(&folder, name.text);
            tl_own_folder_remove(&folder, guard.text);
            close(fd);
        }
    }
    end(store, &folder);
}

bool tl_token_store_write(tl_token_store *store, const char *token, size_t length, tl_time asked,
                          tl_time life, const tl_clocks *now)
{
    tl_own_folder folder;
    tl_buffer content;
    file_name name = name_of(store, "token"), aside = name_of(store, "new");
    tl_buffer_init_secret(&content, store->path.allocator, SIZE_MAX);
    bool replacement = store->has_refused;
    store->has_refused = false;
    tl_folder_status status = open_folder(store, &folder, true);
    if (status == TL_FOLDER_OK)
        status =
            tl_token_file_print(&content, store->name, token, length, asked, life, replacement, now)
                ? tl_own_folder_replace(&folder, name.text, aside.text, &content)
                : tl_own_folder_blame(&folder, name.text, "not enough memory");
    tl_buffer_free(&content);
    end(store, &folder);
    return status == TL_FOLDER_OK;
}

void tl_token_store_refuse(tl_token_store *store, const char *token, size_t length)
{
    store->has_refused = true;
    tl_sha256_of(token, length, store->refused);
}

void tl_token_store_remove(tl_token_store *store)
{
    tl_own_folder folder;
    file_name name = name_of(store, "token");
    if (open_folder(store, &folder, false) == TL_FOLDER_OK)
        tl_own_folder_remove(&folder, name.text);
    end(store, &folder);
}
