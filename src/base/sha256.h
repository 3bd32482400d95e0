/* SHA-256, FIPS 180-4. Ours, because libcurl shows none of its TLS library's hashes, and a hundred
 * lines are less than a crypto library among what the module links. */
#ifndef TL_SHA256_H
#define TL_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { TL_SHA256_SIZE = 32, TL_SHA256_HEX = 2 * TL_SHA256_SIZE + 1, TL_SHA256_BLOCK = 64 };

typedef struct tl_sha256 {
    uint32_t state[8];
    uint64_t length; /* in bytes */
    unsigned char block[TL_SHA256_BLOCK];
} tl_sha256;

void tl_sha256_init(tl_sha256 *hash);
void tl_sha256_add(tl_sha256 *hash, const void *bytes, size_t count);

/* Ends the hash and wipes its state. */
void tl_sha256_end(tl_sha256 *hash, unsigned char digest[TL_SHA256_SIZE]);

/* The digest of these bytes, and the same as text. */
void tl_sha256_of(const void *bytes, size_t count, unsigned char digest[TL_SHA256_SIZE]);
void tl_sha256_write(const unsigned char digest[TL_SHA256_SIZE], char hex[TL_SHA256_HEX]);

#endif
