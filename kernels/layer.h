// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What every packed layer begins with, on every backend: oss_layer.packed points to it, in the host's memory. */
#ifndef OSS_KERNELS_LAYER_H
#define OSS_KERNELS_LAYER_H

#include "kernels/backend.h"

typedef enum oss_layer_kind { OSS_LAYER_DENSE, OSS_LAYER_CONV } oss_layer_kind;

typedef struct oss_packed oss_packed;

struct oss_packed {
  oss_layer_kind kind;
  oss_status (*release)(oss_backend *be, oss_packed *packed); /* frees all of it, packed too */
};

/* OSS_ERR_INTERNAL unless the layer is there and of that kind; what names the operation. */
static inline oss_status oss_check_layer(const oss_layer *layer, oss_layer_kind kind, const char *what) {
  const oss_packed *packed = (const oss_packed *)layer->packed;
  if (packed == NULL) return oss_fail(OSS_ERR_INTERNAL, "%s: the layer is empty", what);
  if (packed->kind != kind) return oss_fail(OSS_ERR_INTERNAL, "%s: the layer was packed for another operation", what);
  return OSS_OK;
}

/* What layer_free does on every backend. */
static inline oss_status oss_layer_release(oss_backend *be, oss_layer *layer) {
  oss_packed *packed = (oss_packed *)layer->packed;
  layer->packed = NULL;
  layer->bytes = 0;
  return packed == NULL ? OSS_OK : packed->release(be, packed);
}

#endif
