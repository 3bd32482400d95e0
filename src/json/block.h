/* Sixteen bytes of a text at a time, where the processor can: x86-64 and 64-bit ARM all have what
 * this takes. */
#ifndef TL_BLOCK_H
#define TL_BLOCK_H

#if defined __SSE2__
#include <emmintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif

enum { TL_BLOCK = 16 };

/* How many bytes from `text` on stand for themselves in a JSON string: printable ASCII, but neither
 * a quote nor a backslash. At most TL_BLOCK, and so many bytes must be there to be read. */
static inline int tl_block_plain(const char *text)
{
#if defined __SSE2__
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i special = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')); /* 0x80 and more are below 0 */
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return __builtin_ctz((unsigned)_mm_movemask_epi8(special) | 1u << TL_BLOCK);
#elif defined __aarch64__
    int8x16_t bytes = vld1q_s8((const signed char *)text);
    uint8x16_t special = vcltq_s8(bytes, vdupq_n_s8(' ')); /* 0x80 and more are below 0 */
    special = vorrq_u8(special, vceqq_s8(bytes, vdupq_n_s8('"')));
    special = vorrq_u8(special, vceqq_s8(bytes, vdupq_n_s8('\\')));
    uint8x8_t halves = vshrn_n_u16(vreinterpretq_u16_u8(special), 4); /* four bits a byte */
    uint64_t bits = vget_lane_u64(vreinterpret_u64_u8(halves), 0);
    return bits ? __builtin_ctzll(bits) / 4 : TL_BLOCK;
#else
    int count = 0;
    while (count < TL_BLOCK && (signed char)text[count] >= ' ' && text[count] != '"' &&
           text[count] != '\\')
        count++;
    return count;
#endif
}

#endif
