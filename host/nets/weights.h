// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Where a network's weights come from: a safetensors file under the official names (all of them with the prefix "model.", or none), or
 * numbers drawn from a seed. Every tensor is asked for with its shape and taken once; what is missing, has another shape or is left over
 * is an error that names it. */
#ifndef OSS_NETS_WEIGHTS_H
#define OSS_NETS_WEIGHTS_H

#include <stdint.h>

#include "host/io/safetensors.h"

typedef struct oss_weights {
  const oss_safetensors *file; /* borrowed; NULL: drawn */
  uint64_t seed;
  char *taken;       /* (tensors of the file), owned */
  uint64_t drawn;    /* tensors so far */
  size_t parameters; /* elements of all tensors taken that the official module counts */
} oss_weights;

/* What a tensor is: official modules do not count buffers among their parameters. */
typedef enum oss_weight_kind { OSS_WEIGHT_PARAMETER, OSS_WEIGHT_BUFFER } oss_weight_kind;

oss_status oss_weights_open(const oss_safetensors *file, uint64_t seed, oss_weights *out);
void oss_weights_close(oss_weights *weights); /* NULL-safe */

/* Forgets what was taken. */
void oss_weights_rewind(oss_weights *weights);

/* The tensor of that name, whose shape must be dims[rank], row-major, into out; out NULL: only checked and counted. Names are of one
 * network: "" is not one. Drawn numbers: vectors are gains (1) where the name ends in weight, else 0; the rest normal with the deviation
 * 1/sqrt(elements of dims[1] ..), a frequency table with 16. */
oss_status oss_weights_take(oss_weights *weights, const char *name, oss_weight_kind kind, int rank, const size_t *dims, float *out);

/* Whether the file has it; drawn weights have everything but buffers. */
int oss_weights_has(const oss_weights *weights, const char *name);

/* OSS_ERR_INPUT where the file has tensors that nobody took. */
oss_status oss_weights_finish(const oss_weights *weights);

#endif
