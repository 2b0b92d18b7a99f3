// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/streams.h"
#include "host/core/text.h"
#include "kernels/normal.h"
#include "kernels/sizes.h"

static const char prefix[] = "model.";

oss_status oss_weights_open(const oss_safetensors *file, uint64_t seed, oss_weights *out) {
  *out = (oss_weights){.file = file, .seed = seed};
  if (file == NULL) return OSS_OK;
  out->taken = calloc(oss_safetensors_count(file) + 1, 1);
  return out->taken != NULL ? OSS_OK : oss_fail(OSS_ERR_MEMORY, "weights");
}

void oss_weights_close(oss_weights *weights) {
  if (weights == NULL) return;
  free(weights->taken);
  *weights = (oss_weights){0};
}

void oss_weights_rewind(oss_weights *w) {
  w->drawn = 0;
  w->parameters = 0;
  if (w->file != NULL) memset(w->taken, 0, oss_safetensors_count(w->file));
}

static int begins_with_prefix(const char *name) {
  return strncmp(name, prefix, sizeof prefix - 1) == 0;
}

/* Checkpoints of a preconditioned network hold it as "model". */
static const oss_tensor_info *find(const oss_safetensors *file, const char *name) {
  const oss_tensor_info *info = oss_safetensors_find(file, name);
  if (info != NULL) return info;
  char *longer = oss_format("%s%s", prefix, name);
  if (longer != NULL) info = oss_safetensors_find(file, longer);
  free(longer);
  return info;
}

int oss_weights_has(const oss_weights *w, const char *name) {
  return w->file != NULL && find(w->file, name) != NULL;
}

static void shape_text(int rank, const size_t *dims, char out[OSS_TENSOR_SHAPE_BYTES]) {
  oss_tensor_info info = {.rank = rank};
  for (int i = 0; i < rank; i++) info.dims[i] = dims[i];
  oss_tensor_shape_text(&info, out);
}

static oss_status take_from_file(oss_weights *w, const char *name, int rank, const size_t *dims, float *out) {
  const char *path = oss_safetensors_path(w->file);
  char wanted[OSS_TENSOR_SHAPE_BYTES], found[OSS_TENSOR_SHAPE_BYTES];
  const oss_tensor_info *info = find(w->file, name);
  shape_text(rank, dims, wanted);
  if (info == NULL) return oss_fail(OSS_ERR_INPUT, "%s: the tensor '%s' %s is missing", path, name, wanted);
  int same = info->rank == rank;
  for (int i = 0; i < rank && same; i++) same = info->dims[i] == dims[i];
  if (!same)
    return oss_fail(OSS_ERR_INPUT, "%s: the tensor '%s' is %s; this network has %s", path, info->name, oss_tensor_shape_text(info, found),
                    wanted);
  size_t index = 0;
  while (oss_safetensors_at(w->file, index) != info) index++;
  if (w->taken[index]) return oss_fail(OSS_ERR_INTERNAL, "%s: the tensor '%s' was taken twice", path, name);
  w->taken[index] = 1;
  return out != NULL ? oss_safetensors_read(w->file, info, out) : OSS_OK;
}

static int ends_with(const char *name, const char *end) {
  size_t length = strlen(name), most = strlen(end);
  return length >= most && strcmp(name + length - most, end) == 0;
}

/* Element e of tensor i depends on (seed, i, e) alone. */
static void draw(uint64_t seed, uint64_t tensor, size_t count, double deviation, float *out) {
  size_t blocks = (count + 3) / 4;
#pragma omp parallel for schedule(static)
  for (size_t b = 0; b < blocks; b++) {
    float z[4];
    oss_normal_block(seed, OSS_STREAM_WEIGHTS, tensor, (uint32_t)b, z);
    for (size_t e = 4 * b; e < count && e < 4 * b + 4; e++) out[e] = (float)(deviation * z[e % 4]);
  }
}

static void take_drawn(oss_weights *w, const char *name, int rank, const size_t *dims, size_t count, float *out) {
  uint64_t tensor = w->drawn++;
  if (out == NULL) return;
  if (ends_with(name, "freqs")) {
    draw(w->seed, tensor, count, 16.0, out);
  } else if (rank < 2) {
    float constant = ends_with(name, "weight") ? 1.0f : 0.0f;
    for (size_t e = 0; e < count; e++) out[e] = constant;
  } else {
    draw(w->seed, tensor, count, 1.0 / sqrt((double)count / (double)dims[0]), out);
  }
}

oss_status oss_weights_take(oss_weights *w, const char *name, oss_weight_kind kind, int rank, const size_t *dims, float *out) {
  size_t count = 1;
  for (int i = 0; i < rank; i++) {
    if (dims[i] == 0 || !oss_fits(count, dims[i], 1, 4 * sizeof(float)))
      return oss_fail(OSS_ERR_CONFIG, "the tensor '%s' would have dimension %d of %zu", name, i, dims[i]);
    count *= dims[i];
  }
  if (w->file != NULL)
    OSS_TRY(take_from_file(w, name, rank, dims, out));
  else
    take_drawn(w, name, rank, dims, count, out);
  if (kind == OSS_WEIGHT_PARAMETER) w->parameters += count;
  return OSS_OK;
}

oss_status oss_weights_finish(const oss_weights *w) {
  size_t extra = 0, first = 0, prefixed = 0, count = w->file != NULL ? oss_safetensors_count(w->file) : 0;
  char shape[OSS_TENSOR_SHAPE_BYTES];
  for (size_t i = count; i-- > 0;) {
    prefixed += (size_t)begins_with_prefix(oss_safetensors_at(w->file, i)->name);
    if (w->taken[i]) continue;
    extra++;
    first = i;
  }
  if (extra > 0) {
    const oss_tensor_info *info = oss_safetensors_at(w->file, first);
    return oss_fail(OSS_ERR_INPUT, "%s: the tensor '%s' %s is not of this network (%zu such of %zu)", oss_safetensors_path(w->file),
                    info->name, oss_tensor_shape_text(info, shape), extra, count);
  }
  if (prefixed == 0 || prefixed == count) return OSS_OK;
  return oss_fail(OSS_ERR_INPUT, "%s: %zu of %zu tensors begin with '%s': all or none", oss_safetensors_path(w->file), prefixed, count,
                  prefix);
}
