// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/precondition.h"

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"

/* A few functions of double a row, one thread: rows are samples. */
oss_status oss_cpu_precondition(oss_backend *be, size_t rows, oss_precondition how, const double *t, double *coef) {
  (void)be;
  OSS_TRY(oss_check_precondition(rows, &how));
  for (size_t r = 0; r < rows; r++)
    if (!(t[r] > 0.0 && t[r] <= 1.0)) return oss_fail(OSS_ERR_INTERNAL, "precondition: t = %g in row %zu is outside (0, 1]", t[r], r);
  for (size_t r = 0; r < rows; r++) oss_precondition_at(&how, t[r], coef + 4 * r);
  return OSS_OK;
}
