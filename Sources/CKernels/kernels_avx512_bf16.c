// The kernels for CPUs with AVX-512 and its bf16 instructions.
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "CKernels.h"

#define CK_NAME(name) ck_##name##_avx512_bf16
#define CK_HAS_BF16
#define CK_HAS_AVX512
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
