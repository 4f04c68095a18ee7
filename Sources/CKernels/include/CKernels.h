// The memory-bound loops of the engine: norms, activations, softmax, small attentions, layout.
//
// Arrays are dense and channels-last. `type` (CK_F32 or CK_BF16) is the element type of activations; statistics, weights
// and sums are f32 or better. Every function is compiled for several instruction sets and chosen at run time.
// An output may be the same array as an input of the same shape, but may not overlap it otherwise.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CK_F32 = 0, CK_BF16 = 1 };
enum { CK_BASELINE = 0, CK_AVX2 = 1, CK_AVX512 = 2, CK_AVX512_BF16 = 3 };
enum { CK_SILU = 1, CK_GELU = 2 };

/// The instruction set that the kernels use: the best of this CPU that ONEDNN_MAX_CPU_ISA allows.
int32_t ck_level(void);

// Conversion, n elements.
void ck_from_f32(const float *x, void *y, size_t n, int32_t type);
void ck_to_f32(const void *x, float *y, size_t n, int32_t type);

/// y = act(x): CK_SILU x * sigmoid(x), CK_GELU the tanh approximation.
void ck_activation(const void *x, void *y, size_t n, int32_t activation, int32_t type);
/// dx = dy * act'(x)
void ck_activation_backward(const void *x, const void *dy, void *dx, size_t n, int32_t activation, int32_t type);
/// y = alpha * a + beta * b
void ck_combine(const void *a, const void *b, void *y, float alpha, float beta, size_t n, int32_t type);
/// y = alpha * x
void ck_scale(const void *x, void *y, float alpha, size_t n, int32_t type);
/// y = h * scale + shift + h
void ck_modulate(const void *h, const void *scale, const void *shift, void *y, size_t n, int32_t type);
/// dh = dy * scale + dy, dscale = dy * h (the gradient by shift is dy itself)
void ck_modulate_backward(
    const void *h, const void *scale, const void *dy, void *dh, void *dscale, size_t n, int32_t type);
/// y [items,positions,channels] = x + e [rows,channels] (f32); item i takes row i % rows.
void ck_add_rows(
    const void *x, const float *e, void *y, size_t items, size_t positions, size_t channels, size_t rows, int32_t type);
/// y [items,positions,channels] = x * scale + shift + x with scale, shift [rows,channels] in f32.
void ck_modulate_rows(
    const void *x, const float *scale, const float *shift, void *y, size_t items, size_t positions, size_t channels,
    size_t rows, int32_t type);
/// sums [rows,channels] (f32) += sum of x [items,positions,channels] over positions and over items equal modulo rows,
/// of x * z where z is not NULL.
void ck_sum_rows(
    const void *x, const void *z, float *sums, size_t items, size_t positions, size_t channels, size_t rows,
    int32_t type);

/// Group normalisation of x [items,positions,channels] over positions and the channels of a group, then silu if asked.
/// mean and rstd [items,groups] are written unless NULL.
void ck_group_norm(
    const void *x, void *y, size_t items, size_t positions, size_t channels, size_t groups, const float *weight,
    const float *bias, float eps, bool silu, float *mean, float *rstd, int32_t type);
/// dx; dweight and dbias [channels] are added to.
void ck_group_norm_backward(
    const void *x, const void *dy, void *dx, size_t items, size_t positions, size_t channels, size_t groups,
    const float *weight, const float *bias, bool silu, const float *mean, const float *rstd, float *dweight,
    float *dbias, int32_t type);
/// Normalisation of each row of x [rows,channels].
void ck_layer_norm(
    const void *x, void *y, size_t rows, size_t channels, const float *weight, const float *bias, float eps,
    int32_t type);
void ck_layer_norm_backward(
    const void *x, const void *dy, void *dx, size_t rows, size_t channels, const float *weight, float eps,
    float *dweight, float *dbias, int32_t type);

/// p [rows,n] = softmax(scale * scores) over the first `length` of each row, zeros after. `scores` (f32) is overwritten.
void ck_softmax(float *scores, void *p, size_t rows, size_t n, size_t length, float scale, int32_t type);
/// ds = p * (dp - sum(p * dp)) * scale, row by row; dp is f32.
void ck_softmax_backward(const void *p, const float *dp, void *ds, size_t rows, size_t n, float scale, int32_t type);

/// Largest product of keys and width of ck_attention, both rounded up to multiples of 16: what it keeps on the stack.
enum { CK_ATTENTION_SIZE = 16384 };
/// Whole attention of `heads` heads of `width` channels for one item: y = softmax(q k^T / sqrt(width)) v.
/// q, y: `queries` rows that lie q_stride elements apart; k, v: `keys` rows k_stride apart. No keys gives zeros.
void ck_attention(
    const void *q, const void *k, const void *v, void *y, size_t queries, size_t q_stride, size_t keys,
    size_t k_stride, size_t heads, size_t width, int32_t type);

/// Copies `rows` pieces of `bytes` bytes that lie x_stride / y_stride bytes apart.
void ck_copy_rows(const void *x, size_t x_stride, void *y, size_t y_stride, size_t bytes, size_t rows);
/// y [a,c,b,bytes] = x [a,b,c,bytes]
void ck_swap_axes(const void *x, void *y, size_t a, size_t b, size_t c, size_t bytes);
/// y [n,2h,2w,bytes]: each pixel of x [n,h,w,bytes] four times.
void ck_upsample(const void *x, void *y, size_t n, size_t h, size_t w, size_t bytes);
/// dx [n,h,w,c]: the sum of four pixels of dy.
void ck_upsample_backward(const void *dy, void *dx, size_t n, size_t h, size_t w, size_t c, int32_t type);
/// y [n,h*r,w*r,c] from x [n,h,w,c*r*r], channel c*r*r + dy*r + dx as in PyTorch; and back.
void ck_pixel_shuffle(const void *x, void *y, size_t n, size_t h, size_t w, size_t c, size_t r, int32_t type);
void ck_pixel_unshuffle(const void *x, void *y, size_t n, size_t h, size_t w, size_t c, size_t r, int32_t type);

/// What one step of AdamW takes for all weights alike.
typedef struct {
    /// Factor of the gradients, from clipping.
    float scale;
    float rate;
    /// What is left of a weight: 1 - rate * weight decay.
    float keep;
    float beta1, beta2, eps;
    /// 1 - beta^updates of each moment.
    float correction1, correction2;
} ck_adamw_step;
/// One step of AdamW with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2) on n weights in f32.
void ck_adamw(
    float *weights, float *first, float *second, const float *gradients, size_t n, const ck_adamw_step *step);
/// sum = the sum of x [n] squared, summed in f64.
void ck_sum_squares(const float *x, size_t n, double *sum);

// IEEE half precision, for files only.
void ck_half_to_f32(const void *x, float *y, size_t n);
void ck_half_from_f32(const float *x, void *y, size_t n);

#endif
