// The kernels for CPUs with AVX-512 but without its bf16 instructions.
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "CKernels.h"

#define CK_NAME(name) ck_##name##_avx512
#define CK_HAS_AVX512
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
