// IEEE half precision in integer arithmetic, so that it needs neither F16C nor a runtime library.
#include <string.h>

#include "CKernels.h"

static float float_of(uint32_t bits) {
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static uint32_t bits_of(float f) {
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

void ck_half_to_f32(const void *x, float *y, size_t n) {
    const uint16_t *halves = x;
    for (size_t i = 0; i < n; i++) {
        const uint32_t h = halves[i];
        // The exponents differ by 112; multiplying also makes numbers of subnormal halves.
        uint32_t bits = bits_of(float_of((h & 0x7fff) << 13) * 0x1p112f);
        if ((h & 0x7c00) == 0x7c00) bits = 0x7f800000 | (h & 0x3ff) << 13;
        y[i] = float_of(bits | (h & 0x8000) << 16);
    }
}

void ck_half_from_f32(const float *x, void *y, size_t n) {
    uint16_t *halves = y;
    for (size_t i = 0; i < n; i++) {
        const uint32_t u = bits_of(x[i]), magnitude = u & 0x7fffffff;
        uint32_t h;
        if (magnitude > 0x7f800000) {
            h = 0x7e00;
        } else if (magnitude >= 0x47800000) {
            h = 0x7c00;
        } else if (magnitude < 0x38800000) {
            // Subnormal: adding 0.5 shifts the fraction into place and rounds it.
            h = bits_of(float_of(magnitude) + 0.5f) - 0x3f000000;
        } else {
            h = (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13;
        }
        halves[i] = (uint16_t)(h | (u >> 16 & 0x8000));
    }
}
