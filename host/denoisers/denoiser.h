// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Denoisers: D(x, t, condition) = E[x0 | x_t = x], x_t = (1 - t) x0 + t eps, in flow coordinates. */
#ifndef OSS_DENOISERS_DENOISER_H
#define OSS_DENOISERS_DENOISER_H

#include <stdint.h>

#include "host/core/array.h"
#include "host/core/hash.h"
#include "host/core/member.h"
#include "kernels/backend.h"

typedef struct oss_denoiser oss_denoiser;

typedef struct oss_denoiser_desc {
  oss_member_desc base;
  /* Fills denoiser's data fields and state; on failure leaves nothing behind. denoiser->desc and ->be are set already. */
  oss_status (*open)(const oss_member *member, oss_denoiser *denoiser);
  /* Makes it ready for calls, where that takes more than planning a sweep needs: a network's weights. NULL: open does it all. */
  oss_status (*load)(oss_denoiser *denoiser);
  void (*close)(oss_denoiser *denoiser); /* frees state */
  /* out[rows][elements] from x[rows][elements] at times t[rows] in (0, 1] under label[rows] (-1: none); all in the backend's memory. */
  oss_status (*call)(oss_denoiser *denoiser, size_t rows, const double *t, const int32_t *label, const float *x, float *out);
  int repeatable; /* call is operations of the backend and nothing else: with the same arguments it can be recorded */
  /* Host: the condition of samples first .. first + count - 1. NULL: every sample is unconditional (-1). */
  oss_status (*labels)(oss_denoiser *denoiser, uint64_t seed, size_t first, size_t count, int32_t *out);
  /* Host: count samples [count][elements] of the data that the denoiser was made for (of its class where that is one), in an order that
   * depends on the seed; a smaller count gives the first of a larger one. count is at most data_points. NULL: the data are not known. */
  oss_status (*data)(oss_denoiser *denoiser, uint64_t seed, size_t count, float *out);
} oss_denoiser_desc;

struct oss_denoiser {
  const oss_denoiser_desc *desc;
  oss_backend *be;
  int rank; /* of a sample: (C, H, W), (C, F, H, W) or (D) */
  size_t dims[OSS_MAX_RANK];
  size_t elements;     /* D, the product of dims */
  double data_range;   /* R of PSNR */
  int64_t evaluations; /* network evaluations a call: 2 under classifier-free guidance */
  size_t bytes;        /* backend memory held once loaded, work space included */
  int loaded;
  double flops;                 /* floating-point operations of one row, for estimates */
  size_t opening;               /* memory held beside that while it opens or loads */
  size_t data_points;           /* how many samples data can give; 0: any number */
  char content[OSS_HASH_BYTES]; /* of the file's content and the options: what a teacher's cache depends on */
  char *about;                  /* size and memory in words, for people; NULL: nothing to say; owned */
  void *state;
};

/* Opens the denoiser that member describes, which must outlive it: enough to plan with. Errors: OSS_ERR_INPUT for its files, OSS_ERR_CONFIG
 * for its options, OSS_ERR_MEMORY. */
oss_status oss_denoiser_open(const oss_member *member, oss_backend *be, oss_denoiser **out);

/* Makes it ready for calls; again does nothing. */
oss_status oss_denoiser_load(oss_denoiser *denoiser);

/* Both. */
oss_status oss_denoiser_create(const oss_member *member, oss_backend *be, oss_denoiser **out);
void oss_denoiser_destroy(oss_denoiser *denoiser); /* NULL-safe */

/* Sets data_range from the root attribute of that name in the member's file, 2 where there is none; OSS_ERR_INPUT unless it is above 0. */
oss_status oss_denoiser_read_range(const char *path, oss_denoiser *denoiser);

oss_status oss_denoiser_call(oss_denoiser *denoiser, size_t rows, const double *t, const int32_t *label, const float *x, float *out);
oss_status oss_denoiser_labels(oss_denoiser *denoiser, uint64_t seed, size_t first, size_t count, int32_t *out);
oss_status oss_denoiser_data(oss_denoiser *denoiser, uint64_t seed, size_t count, float *out); /* OSS_ERR_UNSUPPORTED where not known */

#endif
