// The kernels for every x86-64 CPU (SSE2).
#include <math.h>
#include <string.h>

#include "CKernels.h"

#define CK_NAME(name) ck_##name##_baseline
#include "kernels.inc"
