// A plain C face for the few oneDNN primitives that the engine uses, the same for oneDNN 2.x and 3.x.
//
// Handles are opaque. A function that can fail returns NULL or false and stores a message in *error, which is
// told before the program ends; no C++ exception leaves this library. Activations are channels-last and dense.
#ifndef CDNNL_H
#define CDNNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Where primitives run: one per worker thread.
typedef struct cdnnl_stream cdnnl_stream;
/// A compiled primitive for one shape. Used by one thread at a time.
typedef struct cdnnl_primitive cdnnl_primitive;
/// Trained weights in the layout that a primitive wants. Read-only once made, shared by all threads.
typedef struct cdnnl_packed cdnnl_packed;

enum { CDNNL_F32 = 0, CDNNL_BF16 = 1 };

/// Shape of a convolution: x [n,h,w,ic] -> y [n,oh,ow,oc], weights [oc,ic,kh,kw], bias [oc] in f32.
typedef struct {
    int32_t type, y_type;
    int32_t n, h, w, ic, oc, kh, kw, stride, ph, pw;
} cdnnl_convolution;

/// A batched matrix product: c [b0,b1,m,n] = a [b0,b1,m,k] * b [b0,b1,k,n]. Strides in elements, per dimension.
typedef struct {
    int32_t a_type, b_type, c_type;
    int64_t b0, b1, m, n, k;
    int64_t a_strides[4], b_strides[4], c_strides[4];
} cdnnl_matmul;

typedef char *cdnnl_message;

/// e.g. "2.6.3"
const char *cdnnl_version(void);
/// What it computes with: a dnnl_cpu_isa_t, the best of this CPU that ONEDNN_MAX_CPU_ISA allows.
int32_t cdnnl_isa(void);
/// True when this CPU multiplies bf16 natively (AVX512_BF16 or AMX); else bf16 is slower than f32 or does not exist.
bool cdnnl_native_bf16(void);
/// Number of OpenMP threads that primitives made and run by the calling thread use from now on.
void cdnnl_set_threads(int32_t threads);

cdnnl_stream *cdnnl_stream_create(cdnnl_message *error);
void cdnnl_stream_destroy(cdnnl_stream *stream);

/// y = conv(x). Buffers: x, bias, y. With `winograd`, NULL without an error where oneDNN has none for it.
cdnnl_primitive *cdnnl_convolution_forward(const cdnnl_convolution *shape, bool winograd, cdnnl_message *error);
/// Gradient by the input. Buffers: dy, dx.
cdnnl_primitive *cdnnl_convolution_backward_data(const cdnnl_convolution *shape, cdnnl_message *error);
/// Gradients by weights and bias. Buffers: x, dy, dw (f32, OIHW), dbias (f32).
cdnnl_primitive *cdnnl_convolution_backward_weights(const cdnnl_convolution *shape, cdnnl_message *error);

/// y [m,n] = x [m,k] * w^T + bias, w [n,k]. Buffers: x, bias (or NULL), y.
cdnnl_primitive *cdnnl_linear_forward(
    int32_t type, int32_t y_type, int64_t m, int64_t k, int64_t n, bool bias, cdnnl_message *error);
/// dx [m,k] = dy [m,n] * w, w [n,k]. Buffers: dy, dx.
cdnnl_primitive *cdnnl_linear_backward_data(int32_t type, int64_t m, int64_t k, int64_t n, cdnnl_message *error);
/// Buffers: a, b, c.
cdnnl_primitive *cdnnl_matmul_create(const cdnnl_matmul *shape, cdnnl_message *error);

void cdnnl_primitive_destroy(cdnnl_primitive *primitive);
/// Name of oneDNN's implementation, e.g. "brgconv:avx512_core_bf16"; lives as long as the primitive.
const char *cdnnl_primitive_implementation(const cdnnl_primitive *primitive);
/// Bytes of 64-byte-aligned memory that cdnnl_execute needs besides the operands.
size_t cdnnl_primitive_workspace(const cdnnl_primitive *primitive);

/// Packs trained weights (f32, PyTorch's layout) for `primitive`.
cdnnl_packed *cdnnl_pack(
    cdnnl_stream *stream, const cdnnl_primitive *primitive, const float *weights, cdnnl_message *error);
/// True when weights packed for another primitive can be used by this one as they are.
bool cdnnl_packed_fits(const cdnnl_packed *packed, const cdnnl_primitive *primitive);
void cdnnl_packed_destroy(cdnnl_packed *packed);

/// Runs and waits. `buffers` in the order given where the primitive is created; `weights` only where it takes packed
/// ones.
bool cdnnl_execute(
    cdnnl_stream *stream, cdnnl_primitive *primitive, const cdnnl_packed *weights, void *const *buffers,
    void *workspace, cdnnl_message *error);

#ifdef __cplusplus
}
#endif

#endif
