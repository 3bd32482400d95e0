#include "identity/token_file.h"

#include "base/sha256.h"
#include "identity/credentials.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By how much the wall clocks of two machines that share a folder may differ: a token that seems to
 * come from this near a future is taken. */
#define CLOCK_SKEW (5 * TL_SECOND)

/* A larger number in the file is a mistake. Up to this, times can be subtracted without overflow.
 */
#define LATEST (INT64_MAX / 4)

/* The lines of the file up to the token; the line `replacement` may be missing. After the token
 * comes the line `check` with the SHA-256 of all before it, because a crash may leave any part of a
 * file behind. */
static const char file_format[] = "tasklist token file 1\n"
                                  "sign-in %s\n"
                                  "boot %s\n"
                                  "asked-boot %" PRId64 "\n"
                                  "asked-wall %" PRId64 "\n"
                                  "life %" PRId64 "\n"
                                  "%s"
                                  "token ";
static const char replacement_line[] = "replacement\n";
static const char first_line[] = "tasklist token file 1";
static const char check_word[] = "check ";
static const char no_boot[] = "-";

enum { CHECK_LINE = sizeof check_word - 1 + TL_SHA256_HEX };

tl_clocks tl_clocks_at(tl_time boot)
{
    tl_clocks clocks = {.boot = boot, .wall = tl_wall_clock() - (tl_now() - boot)};
    tl_read_boot_id(clocks.boot_id);
    return clocks;
}

bool tl_token_file_print(tl_buffer *content, const char *sign_in, const char *token, size_t length,
                         tl_time life, bool replacement, const tl_clocks *asked)
{
    char head[sizeof file_format + sizeof replacement_line + TL_SHA256_HEX + sizeof asked->boot_id +
              4 * 20];
    unsigned char digest[TL_SHA256_SIZE];
    char hex[TL_SHA256_HEX];
    snprintf(head, sizeof head, file_format, sign_in, asked->boot_id[0] ? asked->boot_id : no_boot,
             asked->boot > 0 ? asked->boot : 0, asked->wall > 0 ? asked->wall : 0, life,
             replacement ? replacement_line : "");
    if (tl_buffer_append_text(content, head) != TL_BUFFER_OK ||
        tl_buffer_append(content, token, length) != TL_BUFFER_OK ||
        tl_buffer_append_text(content, "\n") != TL_BUFFER_OK)
        return false;
    tl_sha256_of(content->data, content->length, digest);
    tl_sha256_write(digest, hex);
    return tl_buffer_append_text(content, check_word) == TL_BUFFER_OK &&
           tl_buffer_append_text(content, hex) == TL_BUFFER_OK &&
           tl_buffer_append_text(content, "\n") == TL_BUFFER_OK;
}

/* Cuts the line off that `rest` begins with; NULL when it does not begin with `name`. */
static char *take_line(char **rest, const char *name)
{
    size_t length = strlen(name);
    char *end_of_line = strchr(*rest, '\n');
    if (!end_of_line || strncmp(*rest, name, length) != 0)
        return NULL;
    char *value = *rest + length;
    *end_of_line = '\0';
    *rest = end_of_line + 1;
    return value;
}

/* Always true, so that it can stand in a chain of lines that must be there. */
static bool take_optional(char **rest, const char *line, bool *there)
{
    *there = take_line(rest, line) != NULL;
    return true;
}

static bool take_time(char **rest, const char *name, tl_time *time)
{
    char *end_of_number, *text = take_line(rest, name);
    if (!text || text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *time = strtoll(text, &end_of_number, 10);
    return errno == 0 && *end_of_number == '\0' && *time <= LATEST;
}

static bool is_whole(const tl_buffer *content)
{
    unsigned char digest[TL_SHA256_SIZE];
    char hex[TL_SHA256_HEX];
    if (content->length <= CHECK_LINE || strlen(content->data) != content->length)
        return false;
    size_t checked = content->length - CHECK_LINE;
    const char *line = content->data + checked;
    tl_sha256_of(content->data, checked, digest);
    tl_sha256_write(digest, hex);
    return strncmp(line, check_word, sizeof check_word - 1) == 0 &&
           strncmp(line + sizeof check_word - 1, hex, sizeof hex - 1) == 0 &&
           line[CHECK_LINE - 1] == '\n';
}

typedef struct file_lines {
    const char *sign_in, *boot_id, *token;
    tl_clocks asked; /* its boot_id is not set: that is `boot_id` above */
    tl_time life;
    bool replacement;
} file_lines;

static bool take_apart(const tl_buffer *content, file_lines *lines)
{
    char *rest = content->data;
    return is_whole(content) && take_line(&rest, first_line) &&
           (lines->sign_in = take_line(&rest, "sign-in ")) &&
           (lines->boot_id = take_line(&rest, "boot ")) &&
           take_time(&rest, "asked-boot ", &lines->asked.boot) &&
           take_time(&rest, "asked-wall ", &lines->asked.wall) &&
           take_time(&rest, "life ", &lines->life) &&
           take_optional(&rest, "replacement", &lines->replacement) &&
           (lines->token = take_line(&rest, "token ")) &&
           tl_credentials_fit_a_header(lines->token, strlen(lines->token));
}

/* Within a boot its clock decides alone, because somebody may set the wall clock. That clock stands
 * still while a virtual machine is frozen, which makes a token look too young; then the API refuses
 * it, and another is fetched. False when the token is from the future. */
static bool find_age(const file_lines *lines, const tl_clocks *now, tl_time *age)
{
    tl_time by_boot = now->boot - lines->asked.boot, by_wall = now->wall - lines->asked.wall;
    bool same_boot = now->boot_id[0] != '\0' && strcmp(lines->boot_id, now->boot_id) == 0;
    if (same_boot ? by_boot < 0 : by_wall < -CLOCK_SKEW)
        return false;
    *age = same_boot ? by_boot : by_wall;
    *age = *age > 0 ? *age : 0; /* negative when the clocks of two machines differ a little */
    return true;
}

const char *tl_token_file_read(tl_buffer *content, const char *sign_in, const tl_clocks *now,
                               tl_token_facts *facts)
{
    file_lines lines;
    if (!take_apart(content, &lines))
        return "is cut, or is no token file";
    if (strcmp(lines.sign_in, sign_in) != 0)
        return "is the file of another sign-in";
    if (!find_age(&lines, now, &facts->age))
        return "is from the future";
    facts->token = lines.token;
    facts->life = lines.life;
    facts->replacement = lines.replacement;
    return NULL;
}
