// Chooses, at run time, which of the compiled instruction sets each kernel runs on.
#include "CKernels.h"

#include <stdlib.h>
#include <strings.h>

static int32_t of_processor(void) {
    __builtin_cpu_init();
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (avx512 && __builtin_cpu_supports("avx512bf16")) return CK_AVX512_BF16;
    if (avx512) return CK_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CK_AVX2;
    return CK_BASELINE;
}

// What the user holds oneDNN back to (its guide, "CPU Dispatcher Control") holds these kernels back as well.
static int32_t of_user(void) {
    const char *wanted = getenv("ONEDNN_MAX_CPU_ISA");
    if (!wanted) wanted = getenv("DNNL_MAX_CPU_ISA");
    if (!wanted) return CK_AVX512_BF16;
    static const struct {
        const char *name;
        int32_t level;
    } levels[] = {
        {"SSE41", CK_BASELINE},         {"AVX", CK_BASELINE},          {"AVX2", CK_AVX2},
        {"AVX2_VNNI", CK_AVX2},         {"AVX2_VNNI_2", CK_AVX2},      {"AVX512_CORE", CK_AVX512},
        {"AVX512_CORE_VNNI", CK_AVX512},
    };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (!strcasecmp(wanted, levels[i].name)) return levels[i].level;
    return CK_AVX512_BF16;
}

static int32_t level = CK_BASELINE;

__attribute__((constructor)) static void choose(void) {
    const int32_t possible = of_processor(), allowed = of_user();
    level = possible < allowed ? possible : allowed;
}

int32_t ck_level(void) { return level; }

#define FORWARD(name, parameters, arguments)                            \
    void ck_##name##_baseline parameters;                               \
    void ck_##name##_avx2 parameters;                                   \
    void ck_##name##_avx512 parameters;                                 \
    void ck_##name##_avx512_bf16 parameters;                            \
    void ck_##name parameters {                                         \
        switch (level) {                                                \
        case CK_AVX512_BF16: ck_##name##_avx512_bf16 arguments; return; \
        case CK_AVX512: ck_##name##_avx512 arguments; return;           \
        case CK_AVX2: ck_##name##_avx2 arguments; return;               \
        default: ck_##name##_baseline arguments;                        \
        }                                                               \
    }

// clang-format off: one line per kernel
FORWARD(from_f32, (const float *x, void *y, size_t n, int32_t type), (x, y, n, type))
FORWARD(to_f32, (const void *x, float *y, size_t n, int32_t type), (x, y, n, type))
FORWARD(activation, (const void *x, void *y, size_t n, int32_t activation, int32_t type), (x, y, n, activation, type))
FORWARD(activation_backward, (const void *x, const void *dy, void *dx, size_t n, int32_t activation, int32_t type), (x, dy, dx, n, activation, type))
FORWARD(combine, (const void *a, const void *b, void *y, float alpha, float beta, size_t n, int32_t type), (a, b, y, alpha, beta, n, type))
FORWARD(scale, (const void *x, void *y, float alpha, size_t n, int32_t type), (x, y, alpha, n, type))
FORWARD(modulate, (const void *h, const void *scale, const void *shift, void *y, size_t n, int32_t type), (h, scale, shift, y, n, type))
FORWARD(modulate_backward, (const void *h, const void *scale, const void *dy, void *dh, void *dscale, size_t n, int32_t type), (h, scale, dy, dh, dscale, n, type))
FORWARD(add_rows, (const void *x, const float *e, void *y, size_t items, size_t positions, size_t channels, size_t rows, int32_t type), (x, e, y, items, positions, channels, rows, type))
FORWARD(modulate_rows, (const void *x, const float *scale, const float *shift, void *y, size_t items, size_t positions, size_t channels, size_t rows, int32_t type), (x, scale, shift, y, items, positions, channels, rows, type))
FORWARD(sum_rows, (const void *x, const void *z, float *sums, size_t items, size_t positions, size_t channels, size_t rows, int32_t type), (x, z, sums, items, positions, channels, rows, type))
FORWARD(group_norm, (const void *x, void *y, size_t items, size_t positions, size_t channels, size_t groups, const float *weight, const float *bias, float eps, bool silu, float *mean, float *rstd, int32_t type), (x, y, items, positions, channels, groups, weight, bias, eps, silu, mean, rstd, type))
FORWARD(group_norm_backward, (const void *x, const void *dy, void *dx, size_t items, size_t positions, size_t channels, size_t groups, const float *weight, const float *bias, bool silu, const float *mean, const float *rstd, float *dweight, float *dbias, int32_t type), (x, dy, dx, items, positions, channels, groups, weight, bias, silu, mean, rstd, dweight, dbias, type))
FORWARD(layer_norm, (const void *x, void *y, size_t rows, size_t channels, const float *weight, const float *bias, float eps, int32_t type), (x, y, rows, channels, weight, bias, eps, type))
FORWARD(layer_norm_backward, (const void *x, const void *dy, void *dx, size_t rows, size_t channels, const float *weight, float eps, float *dweight, float *dbias, int32_t type), (x, dy, dx, rows, channels, weight, eps, dweight, dbias, type))
FORWARD(softmax, (float *scores, void *p, size_t rows, size_t n, size_t length, float scale, int32_t type), (scores, p, rows, n, length, scale, type))
FORWARD(softmax_backward, (const void *p, const float *dp, void *ds, size_t rows, size_t n, float scale, int32_t type), (p, dp, ds, rows, n, scale, type))
FORWARD(attention, (const void *q, const void *k, const void *v, void *y, size_t queries, size_t q_stride, size_t keys, size_t k_stride, size_t heads, size_t width, int32_t type), (q, k, v, y, queries, q_stride, keys, k_stride, heads, width, type))
FORWARD(copy_rows, (const void *x, size_t x_stride, void *y, size_t y_stride, size_t bytes, size_t rows), (x, x_stride, y, y_stride, bytes, rows))
FORWARD(swap_axes, (const void *x, void *y, size_t a, size_t b, size_t c, size_t bytes), (x, y, a, b, c, bytes))
FORWARD(upsample, (const void *x, void *y, size_t n, size_t h, size_t w, size_t bytes), (x, y, n, h, w, bytes))
FORWARD(upsample_backward, (const void *dy, void *dx, size_t n, size_t h, size_t w, size_t c, int32_t type), (dy, dx, n, h, w, c, type))
FORWARD(pixel_shuffle, (const void *x, void *y, size_t n, size_t h, size_t w, size_t c, size_t r, int32_t type), (x, y, n, h, w, c, r, type))
FORWARD(pixel_unshuffle, (const void *x, void *y, size_t n, size_t h, size_t w, size_t c, size_t r, int32_t type), (x, y, n, h, w, c, r, type))
FORWARD(adamw, (float *weights, float *first, float *second, const float *gradients, size_t n, const ck_adamw_step *step), (weights, first, second, gradients, n, step))
FORWARD(sum_squares, (const float *x, size_t n, double *sum), (x, n, sum))
