// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "host/core/text.h"
#include "host/core/value.h"
#include "host/io/safetensors_file.h"

/* Little-endian bytes at any address. */
static uint64_t load(const unsigned char *at, size_t bytes) {
  uint64_t bits = 0;
  for (size_t i = 0; i < bytes; i++) bits |= (uint64_t)at[i] << (8 * i);
  return bits;
}

static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static double double_of(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Half precision is a float of a smaller exponent: every one is exact in float32. */
static float half_of(uint32_t bits) {
  uint32_t sign = (bits & 0x8000) << 16, exponent = bits >> 10 & 0x1F, fraction = bits & 0x3FF;
  if (exponent == 0x1F) return float_of(sign | 0x7F800000 | fraction << 13);
  if (exponent > 0) return float_of(sign | (exponent + 112) << 23 | fraction << 13);
  float value = (float)fraction * 0x1p-24f;
  return sign ? -value : value;
}

/* Two's complement of so many bits. */
static int64_t signed_of(uint64_t bits, size_t bytes) {
  uint64_t sign = (uint64_t)1 << (8 * bytes - 1);
  return (bits & sign) == 0 ? (int64_t)bits : -(int64_t)(~bits & (sign - 1)) - 1;
}

/* A whole number as float32, where that is exact: it then has at most 24 significant bits. */
static int exact(uint64_t size, int negative, float *out) {
  uint64_t odd = size;
  while (odd >= (uint64_t)1 << FLT_MANT_DIG && (odd & 1) == 0) odd >>= 1;
  *out = negative ? -(float)size : (float)size;
  return odd < (uint64_t)1 << FLT_MANT_DIG;
}

static int whole(int64_t value, float *out) {
  return exact(value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value, value < 0, out);
}

/* One element; 0 where float32 has no such number. */
static inline int convert(oss_dtype dtype, const unsigned char *at, float *out) {
  switch (dtype) {
    case OSS_DTYPE_F32:
      *out = float_of((uint32_t)load(at, 4));
      return isfinite(*out) != 0;
    case OSS_DTYPE_F64: {
      double value = double_of(load(at, 8));
      if (!(fabs(value) < 0x1.ffffffp127)) return 0; /* half a unit above the largest: rounds to infinity */
      *out = (float)value;
      return 1;
    }
    case OSS_DTYPE_F16:
      *out = half_of((uint32_t)load(at, 2));
      return isfinite(*out) != 0;
    case OSS_DTYPE_BF16:
      *out = float_of((uint32_t)load(at, 2) << 16);
      return isfinite(*out) != 0;
    case OSS_DTYPE_BOOL:
      *out = (float)at[0];
      return at[0] <= 1;
    case OSS_DTYPE_U8:
      return exact(at[0], 0, out);
    case OSS_DTYPE_U16:
      return exact(load(at, 2), 0, out);
    case OSS_DTYPE_U32:
      return exact(load(at, 4), 0, out);
    case OSS_DTYPE_U64:
      return exact(load(at, 8), 0, out);
    case OSS_DTYPE_I8:
      return whole(signed_of(load(at, 1), 1), out);
    case OSS_DTYPE_I16:
      return whole(signed_of(load(at, 2), 2), out);
    case OSS_DTYPE_I32:
      return whole(signed_of(load(at, 4), 4), out);
    case OSS_DTYPE_I64:
      return whole(signed_of(load(at, 8), 8), out);
  }
  return 0;
}

/* What an element that cannot be taken is, for the message. */
static void describe(oss_dtype dtype, const unsigned char *at, char *out, size_t bytes) {
  char number[OSS_NUMBER_BYTES];
  size_t size = oss_dtype_bytes(dtype);
  float value = 0;
  double wide;
  switch (dtype) {
    case OSS_DTYPE_F32:
    case OSS_DTYPE_F64:
    case OSS_DTYPE_F16:
    case OSS_DTYPE_BF16:
      (void)convert(dtype, at, &value);
      wide = dtype == OSS_DTYPE_F64 ? double_of(load(at, 8)) : (double)value;
      if (isfinite(wide))
        snprintf(out, bytes, "%s, which is beyond float32,", oss_number_text(wide, number));
      else
        snprintf(out, bytes, "%s", isnan(wide) ? "NaN" : "infinity");
      return;
    case OSS_DTYPE_BOOL:
      snprintf(out, bytes, "%d, where 0 or 1 is expected,", at[0]);
      return;
    case OSS_DTYPE_U8:
    case OSS_DTYPE_U16:
    case OSS_DTYPE_U32:
    case OSS_DTYPE_U64:
      snprintf(out, bytes, "%" PRIu64 ", which float32 does not hold exactly,", load(at, size));
      return;
    case OSS_DTYPE_I8:
    case OSS_DTYPE_I16:
    case OSS_DTYPE_I32:
    case OSS_DTYPE_I64:
      snprintf(out, bytes, "%" PRId64 ", which float32 does not hold exactly,", signed_of(load(at, size), size));
      return;
  }
}

static oss_status fail_element(const oss_safetensors *file, const oss_tensor_info *info, size_t element) {
  size_t at[OSS_MAX_RANK], rest = element;
  for (int d = info->rank - 1; d >= 0; d--) {
    at[d] = rest % info->dims[d];
    rest /= info->dims[d];
  }
  oss_text text = {0};
  for (int d = 0; d < info->rank; d++) oss_text_add(&text, "%s%zu", d ? ", " : "", at[d]);
  char found[128], shown[OSS_FOUND_BYTES];
  describe(info->dtype, file->data + info->offset + element * oss_dtype_bytes(info->dtype), found, sizeof found);
  oss_status status = oss_fail(OSS_ERR_INPUT, "%s: tensor '%s' holds %s at [%s]", file->path, oss_shown(info->name, shown), found,
                               text.chars ? text.chars : "");
  oss_text_free(&text);
  return status;
}

/* Whether the file is still the one that was mapped. */
static oss_status check_unchanged(const oss_safetensors *file) {
  struct stat now;
  const struct stat *then = &file->opened;
  if (fstat(file->fd, &now) == 0 && now.st_size == then->st_size && now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == then->st_mtim.tv_nsec)
    return OSS_OK;
  return oss_fail(OSS_ERR_INPUT, "%s: was changed while it was in use", file->path);
}

/* Converts until the first element that float32 has not: its index, or count. */
static inline size_t convert_all(oss_dtype dtype, size_t count, const unsigned char *from, float *out) {
  size_t size = oss_dtype_bytes(dtype), i = 0;
  while (i < count && convert(dtype, from + i * size, &out[i])) i++;
  return i;
}

oss_status oss_safetensors_read(const oss_safetensors *file, const oss_tensor_info *info, float *out) {
  OSS_TRY(check_unchanged(file));
  const unsigned char *from = file->data + info->offset;
  /* Nearly all weights are F32: that loop is compiled for it alone. */
  size_t good = info->dtype == OSS_DTYPE_F32 ? convert_all(OSS_DTYPE_F32, info->elements, from, out)
                                             : convert_all(info->dtype, info->elements, from, out);
  return good == info->elements ? OSS_OK : fail_element(file, info, good);
}
