// The kernels for CPUs with AVX2 and FMA.
#include <math.h>
#include <string.h>

#include "CKernels.h"

#define CK_NAME(name) ck_##name##_avx2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
