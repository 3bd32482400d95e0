/* SHA-256, FIPS 180-4. It is written here because libcurl offers none of the hashes of its TLS
 * library, and to link a crypto library as well would make the module need one more package than a
 * hundred lines are worth. */
#ifndef TL_SHA256_H
#define TL_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* In bytes: a digest, its hexadecimal text with a NUL, and what is hashed in one go. */
enum { TL_SHA256_SIZE = 32, TL_SHA256_HEX = 2 * TL_SHA256_SIZE + 1, TL_SHA256_BLOCK = 64 };

typedef struct tl_sha256 {
    uint32_t state[8];
    uint64_t length;                      /* of what was added, in bytes */
    unsigned char block[TL_SHA256_BLOCK]; /* what is not yet hashed */
} tl_sha256;

/* Begins a hash; what it is the hash of is then added in any number of parts. */
void tl_sha256_init(tl_sha256 *hash);
void tl_sha256_add(tl_sha256 *hash, const void *bytes, size_t count);

/* Writes the digest of all that was added, and overwrites the state, because what was hashed may
 * have been a token. The hash can be used again after tl_sha256_init. */
void tl_sha256_end(tl_sha256 *hash, unsigned char digest[TL_SHA256_SIZE]);

/* The digest of these bytes. */
void tl_sha256_of(const void *bytes, size_t count, unsigned char digest[TL_SHA256_SIZE]);

/* Writes a digest as lower-case hexadecimal digits, with a NUL. */
void tl_sha256_write(const unsigned char digest[TL_SHA256_SIZE], char hex[TL_SHA256_HEX]);

#endif
