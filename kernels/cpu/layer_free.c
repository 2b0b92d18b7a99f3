// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/cpu.h"
#include "kernels/layer.h"

oss_status oss_cpu_layer_free(oss_backend *be, oss_layer *layer) {
  return oss_layer_release(be, layer);
}
