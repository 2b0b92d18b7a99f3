// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cuda/cuda.h"
#include "kernels/layer.h"

oss_status oss_cuda_layer_free(oss_backend *be, oss_layer *layer) {
  if (layer->packed != NULL) OSS_TRY(oss_cuda_not_recording(be, "layer_free")); /* the layer stays the caller's */
  return oss_layer_release(be, layer);
}
