/* Sixteen bytes of a text at a time, where the processor can: x86-64 and 64-bit ARM all have what
 * this takes. */
#ifndef TL_BLOCK_H
#define TL_BLOCK_H

#include <stdint.h>
#if defined __SSE2__
#include <emmintrin.h>
#elif defined __AARCH64EL__
#include <arm_neon.h>
#endif

enum {
    TL_BLOCK = 16,
#if defined __AARCH64EL__
    TL_BLOCK_BITS = 4
#else
    TL_BLOCK_BITS = 1
#endif
};

/* Which of TL_BLOCK bytes, all of which must be there to be read, do not stand for themselves in a
 * JSON string: all but printable ASCII, and of that a quote and a backslash. TL_BLOCK_BITS bits are
 * set for each of these, and the lowest bits are for the first byte. */
static inline uint64_t tl_block_special(const char *text)
{
#if defined __SSE2__
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i special = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')); /* 0x80 and more are below 0 */
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return (unsigned)_mm_movemask_epi8(special);
#elif defined __AARCH64EL__
    int8x16_t bytes = vld1q_s8((const signed char *)text);
    uint8x16_t special = vcltq_s8(bytes, vdupq_n_s8(' ')); /* 0x80 and more are below 0 */
    special = vorrq_u8(special, vceqq_s8(bytes, vdupq_n_s8('"')));
    special = vorrq_u8(special, vceqq_s8(bytes, vdupq_n_s8('\\')));
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(special), 4)), 0);
#else
    uint64_t special = 0;
    for (int i = 0; i < TL_BLOCK; i++)
        special |= (uint64_t)((signed char)text[i] < ' ' || text[i] == '"' || text[i] == '\\') << i;
    return special;
#endif
}

/* Which byte is the first of these; TL_BLOCK when there is none. */
static inline int tl_block_first(uint64_t special)
{
#if defined __AARCH64EL__
    return special ? __builtin_ctzll(special) / TL_BLOCK_BITS : TL_BLOCK;
#else
    return __builtin_ctz((unsigned)special | 1u << TL_BLOCK);
#endif
}

#endif
