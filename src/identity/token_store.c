#include "identity/token_store.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* A sign-in takes answers of at most a mebibyte, and the file has some lines more than the token. A
 * larger file is none of ours, and is not read into memory. */
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

/* Without the lengths, parts "ab" and "c" would give the same name as parts "a" and "bc". */
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

/* Without the slashes and single dots at its end: with them the system would follow a symbolic link
 * that stands before them, and the folder's check would see only where it leads. */
static size_t length_of_path(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 &&
           (path[length - 1] == '/' || (path[length - 1] == '.' && path[length - 2] == '/')))
        length--;
    return length;
}

/* Here, too, a symbolic link before the dots would be followed. But leaving them out would name
 * another folder, so that such a path is refused. */
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

/* Ends each call: closes the folder, and keeps what was wrong with it. */
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

static bool is_refused(const unsigned char *refused, const char *token)
{
    unsigned char digest[TL_SHA256_SIZE];
    tl_sha256_of(token, strlen(token), digest);
    return refused && memcmp(digest, refused, sizeof digest) == 0;
}

static tl_token_look judge(const tl_token_store *store, tl_own_folder *folder, tl_buffer *content,
                           const unsigned char *refused, const tl_clocks *now,
                           tl_stored_token *stored)
{
    file_name name = name_of(store, "token");
    tl_token_facts facts;
    const char *problem = tl_token_file_read(content, store->name, now, &facts);
    if (problem) {
        tl_own_folder_blame(folder, name.text, problem);
        return TL_LOOK_NOTHING;
    }
    if (is_refused(refused, facts.token))
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

tl_token_look tl_token_store_look(tl_token_store *store, const unsigned char *refused,
                                  const tl_clocks *now, tl_stored_token *stored)
{
    tl_own_folder folder;
    tl_buffer content;
    tl_token_look look = TL_LOOK_NOTHING;
    tl_buffer_init_secret(&content, store->path.allocator, MOST_FILE);
    tl_buffer_init_secret(&stored->token, store->path.allocator, SIZE_MAX);
    if (open_folder(store, &folder, false) == TL_FOLDER_OK) {
        file_name name = name_of(store, "token");
        if (tl_own_folder_read(&folder, name.text, &content) == TL_FOLDER_OK)
            look = judge(store, &folder, &content, refused, now, stored);
    }
    tl_buffer_free(&content);
    end(store, &folder);
    return look;
}

tl_folder_status tl_token_store_lock(tl_token_store *store)
{
    tl_own_folder folder;
    tl_folder_status status = open_folder(store, &folder, true);
    if (status == TL_FOLDER_OK) {
        file_name name = name_of(store, "lock");
        status = tl_own_folder_lock(&folder, name.text, &store->lock);
    }
    store->holder = getpid();
    end(store, &folder);
    return status;
}

/* Closing the descriptor is not enough: the system keeps the lock while a child that was forked
 * meanwhile has a copy of it open. But such a child must not give up what is its parent's lock. */
void tl_token_store_unlock(tl_token_store *store)
{
    if (store->lock < 0)
        return;
    if (store->holder == getpid())
        flock(store->lock, LOCK_UN);
    close(store->lock);
    store->lock = -1;
}

bool tl_token_store_write(tl_token_store *store, const char *token, size_t length, tl_time life,
                          bool replacement, const tl_clocks *asked)
{
    tl_own_folder folder;
    tl_buffer content;
    file_name name = name_of(store, "token"), aside = name_of(store, "new");
    tl_buffer_init_secret(&content, store->path.allocator, SIZE_MAX);
    tl_folder_status status = open_folder(store, &folder, true);
    if (status == TL_FOLDER_OK)
        status = tl_token_file_print(&content, store->name, token, length, life, replacement, asked)
                     ? tl_own_folder_replace(&folder, name.text, aside.text, &content)
                     : tl_own_folder_blame(&folder, name.text, "not enough memory");
    tl_buffer_free(&content);
    end(store, &folder);
    return status != TL_FOLDER_FAULT;
}

void tl_token_store_remove(tl_token_store *store)
{
    tl_own_folder folder;
    file_name name = name_of(store, "token");
    if (open_folder(store, &folder, false) == TL_FOLDER_OK)
        tl_own_folder_remove(&folder, name.text);
    end(store, &folder);
}
