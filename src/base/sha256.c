#include "base/sha256.h"

#include "base/system.h"

#include <string.h>

/* FIPS 180-4 4.2.2: the first 32 bits of the fractions of the cube roots of the first primes. */
static const uint32_t constants[TL_SHA256_BLOCK] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

void tl_sha256_init(tl_sha256 *hash)
{
    *hash = (tl_sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                  0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

static uint32_t turn(uint32_t word, unsigned count)
{
    return word >> count | word << (32 - count);
}

/* 6.2.2, step 1. */
static void expand(const unsigned char *block, uint32_t words[TL_SHA256_BLOCK])
{
    for (size_t i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
                   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (size_t i = 16; i < TL_SHA256_BLOCK; i++) {
        uint32_t early = words[i - 15], late = words[i - 2];
        words[i] = words[i - 16] + words[i - 7] + (turn(early, 7) ^ turn(early, 18) ^ early >> 3) +
                   (turn(late, 17) ^ turn(late, 19) ^ late >> 10);
    }
}

/* 6.2.2, steps 2 to 4; s are the variables a to h. */
static void digest_block(tl_sha256 *hash)
{
    uint32_t words[TL_SHA256_BLOCK], s[8];
    expand(hash->block, words);
    memcpy(s, hash->state, sizeof s);
    for (size_t i = 0; i < TL_SHA256_BLOCK; i++) {
        uint32_t first = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
                         ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + words[i];
        uint32_t second = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
                          ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += first;
        s[0] = first + second;
    }
    for (size_t i = 0; i < 8; i++)
        hash->state[i] += s[i];
    tl_wipe(words, sizeof words);
}

void tl_sha256_add(tl_sha256 *hash, const void *bytes, size_t count)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < count; i++) {
        hash->block[hash->length++ % TL_SHA256_BLOCK] = byte[i];
        if (hash->length % TL_SHA256_BLOCK == 0)
            digest_block(hash);
    }
}

void tl_sha256_end(tl_sha256 *hash, unsigned char digest[TL_SHA256_SIZE])
{
    static const unsigned char padding[TL_SHA256_BLOCK] = {0x80};
    uint64_t bits = hash->length * 8;
    unsigned char length[8];
    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    size_t used = (hash->length + sizeof length) % TL_SHA256_BLOCK;
    tl_sha256_add(hash, padding, TL_SHA256_BLOCK - used);
    tl_sha256_add(hash, length, sizeof length);
    for (size_t i = 0; i < TL_SHA256_SIZE; i++)
        digest[i] = (unsigned char)(hash->state[i / 4] >> (24 - i % 4 * 8));
    tl_wipe(hash, sizeof *hash);
}

void tl_sha256_of(const void *bytes, size_t count, unsigned char digest[TL_SHA256_SIZE])
{
    tl_sha256 hash;
    tl_sha256_init(&hash);
    tl_sha256_add(&hash, bytes, count);
    tl_sha256_end(&hash, digest);
}

void tl_sha256_write(const unsigned char digest[TL_SHA256_SIZE], char hex[TL_SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < TL_SHA256_SIZE; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[TL_SHA256_HEX - 1] = '\0';
}
