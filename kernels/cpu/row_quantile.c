// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Order statistics without sorting. Floats become integers of the same order; counts by their first 11 bits (then the next) say in which
 * narrow range the wanted rank lies, until what lies there fits a small array, where a quickselect finds it. Linear in d whatever the data,
 * and the row is only read: no copy of it, no workspace. Rows are spread over threads. Two quantiles of a state's size read a row 4 times
 * (4 d bytes each, from the first-level cache), an increment, a compare or a store an element. */
#include <math.h>
#include <string.h>

#include "kernels/cpu/cpu.h"

enum { DIGIT = 11, BINS = 1 << DIGIT, TOP = 32 - DIGIT, FEW = 256 /* what a quickselect costs less for than another count */ };

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* Ascends as the value does. */
static uint32_t key_of(float value) {
  uint32_t bits = bits_of(value);
  return bits ^ ((uint32_t)((int32_t)bits >> 31) | 0x80000000u);
}

static double value_of(uint32_t key) {
  uint32_t bits = key ^ ((key >> 31) != 0 ? 0x80000000u : 0xffffffffu);
  float value;
  memcpy(&value, &bits, sizeof value);
  return (double)value;
}

static int all_finite(size_t d, const float *row) {
  uint32_t most = 0;
  for (size_t e = 0; e < d; e++) {
    uint32_t size = bits_of(row[e]) & 0x7fffffffu;
    most = size > most ? size : most;
  }
  return most < 0x7f800000u;
}

/* By first digit: the same for all quantiles. */
static void count_first(size_t d, const float *row, size_t bins[BINS]) {
  memset(bins, 0, BINS * sizeof *bins);
  for (size_t e = 0; e < d; e++) bins[key_of(row[e]) >> TOP]++;
}

/* Keys whose part above shift is prefix, by their bits from next to shift. */
static void count_next(size_t d, const float *row, uint32_t prefix, int shift, int next, size_t bins[BINS]) {
  const uint32_t mask = (1u << (shift - next)) - 1;
  memset(bins, 0, BINS * sizeof *bins);
  for (size_t e = 0; e < d; e++) {
    uint32_t key = key_of(row[e]);
    if (key >> shift == prefix) bins[key >> next & mask]++;
  }
}

/* The bin that holds rank, which becomes the rank within it; *count: how many it holds. */
static uint32_t find_bin(const size_t bins[BINS], size_t *rank, size_t *count) {
  uint32_t bin = 0;
  while (*rank >= bins[bin]) *rank -= bins[bin++];
  *count = bins[bin];
  return bin;
}

/* The keys whose part above shift is prefix, in the row's order; out has room for one more. */
static void gather(size_t d, const float *row, uint32_t prefix, int shift, uint32_t *out) {
  size_t n = 0;
  for (size_t e = 0; e < d; e++) {
    uint32_t key = key_of(row[e]);
    out[n] = key;
    n += (uint64_t)key >> shift == prefix;
  }
}

/* Hoare's quickselect: afterwards keys[rank] is in its place of the order, with none above it before it and none below it after it. */
static void select_rank(size_t count, size_t rank, uint32_t *keys) {
  size_t low = 0, high = count - 1;
  while (low < high) {
    uint32_t pivot = keys[low + (high - low) / 2];
    size_t i = low, j = high;
    for (;;) {
      while (keys[i] < pivot) i++;
      while (keys[j] > pivot) j--;
      if (i >= j) break;
      uint32_t swap = keys[i];
      keys[i++] = keys[j];
      keys[j--] = swap;
    }
    if (rank <= j)
      high = j;
    else
      low = j + 1;
  }
}

static uint32_t least_after(size_t count, size_t rank, const uint32_t *keys) {
  uint32_t least = UINT32_MAX;
  for (size_t i = rank + 1; i < count; i++) least = keys[i] < least ? keys[i] : least;
  return least;
}

static uint32_t least_above(size_t d, const float *row, uint32_t key) {
  uint32_t least = UINT32_MAX;
  for (size_t e = 0; e < d; e++) {
    uint32_t other = key_of(row[e]);
    least = other > key && other < least ? other : least;
  }
  return least;
}

/* The keys of ranks rank and rank + 1, rank + 1 < d. */
static void select_pair(size_t d, const float *row, const size_t first[BINS], size_t rank, uint32_t pair[2]) {
  uint32_t keys[FEW + 1], prefix = 0;
  size_t count = d;
  int shift = 32;
  if (count > FEW) {
    prefix = find_bin(first, &rank, &count);
    shift = TOP;
  }
  while (count > FEW && shift > 0) {
    size_t bins[BINS];
    int next = shift > DIGIT ? shift - DIGIT : 0;
    count_next(d, row, prefix, shift, next, bins);
    prefix = prefix << (shift - next) | find_bin(bins, &rank, &count);
    shift = next;
  }
  if (count > FEW) { /* many of one value */
    pair[0] = pair[1] = prefix;
  } else {
    gather(d, row, prefix, shift, keys);
    select_rank(count, rank, keys);
    pair[0] = keys[rank];
    pair[1] = least_after(count, rank, keys);
  }
  if (rank + 1 == count) pair[1] = least_above(d, row, pair[0]);
}

static double quantile(size_t d, const float *row, const size_t first[BINS], double level) {
  double position = (double)(d - 1) * level, below = floor(position);
  size_t rank = (size_t)below;
  if (rank + 1 >= d) { /* the largest; of a single value, that value */
    double largest = (double)row[0];
    for (size_t e = 1; e < d; e++) largest = fmax(largest, (double)row[e]);
    return largest;
  }
  uint32_t pair[2];
  select_pair(d, row, first, rank, pair);
  double value = value_of(pair[0]);
  return value + (position - below) * (value_of(pair[1]) - value);
}

oss_status oss_cpu_row_quantile(oss_backend *be, size_t rows, size_t d, size_t count, const double *level, const float *in, double *out) {
  if (d == 0) return oss_fail(OSS_ERR_INTERNAL, "row_quantile: rows of no elements have no quantiles");
  if (!oss_fits(rows, d, 1, sizeof *in) || !oss_fits(rows, count, 1, sizeof *out))
    return oss_fail(OSS_ERR_INTERNAL, "row_quantile: %zu rows of %zu, %zu quantiles, overflow", rows, d, count);
  for (size_t i = 0; i < count; i++)
    if (!(level[i] >= 0.0 && level[i] <= 1.0)) return oss_fail(OSS_ERR_INTERNAL, "row_quantile: level %g is outside [0, 1]", level[i]);
#pragma omp parallel for schedule(static) num_threads(be->threads) if (rows * d > OSS_CPU_BLOCK)
  for (size_t r = 0; r < rows; r++) {
    const float *row = in + r * d;
    int finite = all_finite(d, row);
    size_t first[BINS];
    if (finite && d > FEW) count_first(d, row, first);
    for (size_t i = 0; i < count; i++) out[r * count + i] = finite ? quantile(d, row, first, level[i]) : NAN;
  }
  return OSS_OK;
}
