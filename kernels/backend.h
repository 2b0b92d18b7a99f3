// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* A backend runs every operation of ops.def on one kind of device.
 *
 * Pointers given to an operation lie in the backend's own memory space (buffer.h) unless the operation's comment says "host".
 * Code outside kernels/<backend>/ never dereferences them: it uploads and downloads. Operations never allocate; they return an
 * oss_status, check their sizes in every build, and are ordered on the backend's one stream. Results of every operation are
 * independent of the number of threads and of how a batch is split into calls, to the last bit. */
#ifndef OSS_KERNELS_BACKEND_H
#define OSS_KERNELS_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#define OSS_RESTRICT
#else
#define OSS_RESTRICT restrict
#endif

enum {
  OSS_MAX_TERMS = 8 /* the longest linear combination: state, denoiser output, histories */
};

typedef enum oss_space { OSS_SPACE_HOST, OSS_SPACE_DEVICE } oss_space;

typedef struct oss_backend oss_backend;

/* The inputs of a linear combination, passed by value so that a kernel gets the pointers without a copy to its device. */
typedef struct oss_terms {
  const float *at[OSS_MAX_TERMS];
} oss_terms;

/* Recorded work (repeat_begin). {0} is new; what it holds is the backend's. */
typedef struct oss_repeat {
  void *recorded;
} oss_repeat;

/* Which cells a row of the dynamic programme may come from (dp_relax). */
typedef enum oss_relax {
  OSS_RELAX_ALL = 1,  /* every k is a source: the first row of start: free */
  OSS_RELAX_ROOT = 2, /* k = N is a source whatever its cost: the first row of start: pinned; every row of official and carry */
  OSS_RELAX_KEEP = 4  /* a cell keeps its previous value unless a candidate is strictly better: official, carry */
} oss_relax;

/* What follows a product or a normalisation. GELU is the tanh form. */
typedef enum oss_activation { OSS_ACT_NONE, OSS_ACT_SILU, OSS_ACT_GELU } oss_activation;

/* How products and convolutions of networks are computed. Every backend has FP32; the others are a card's. */
typedef enum oss_compute { OSS_COMPUTE_FP32, OSS_COMPUTE_TF32, OSS_COMPUTE_BF16 } oss_compute;

/* A layer's weights in the backend's own form (dense_pack, conv_pack). {0} is empty. */
typedef struct oss_layer {
  void *packed;
  size_t bytes; /* of the backend's memory */
} oss_layer;

/* A convolution of stride 1 over zero-padded images, channels last. */
typedef struct oss_conv_shape {
  size_t height, width, in, out; /* of the input; channels */
  int kernel, pad;               /* kernel x kernel taps, pad pixels on every side */
} oss_conv_shape;

enum { OSS_MAX_TAPS = 8 };

/* One axis of a separable filter; at sums to 1. */
typedef struct oss_filter {
  int taps;
  float at[OSS_MAX_TAPS];
} oss_filter;

/* What a network was trained to predict, and at which times (operation precondition). */
typedef enum oss_prediction { OSS_PREDICT_EDM, OSS_PREDICT_VP, OSS_PREDICT_VE, OSS_PREDICT_EPS, OSS_PREDICT_V } oss_prediction;

typedef struct oss_precondition {
  oss_prediction prediction;
  int nearest;                        /* EPS: whole times only; beside the other int, so that no byte is left open */
  double sigma_data;                  /* EDM */
  double sigma_max;                   /* stands for an infinite sigma */
  double beta_d, beta_min, last_time; /* VP; last_time is M - 1 */
  double time_scale;                  /* V */
  size_t entries;                     /* EPS: of the table */
  const double *log_sigma;            /* EPS, the backend's memory: [entries], ascending */
} oss_precondition;

/* The table of operations, expanded from ops.def. */
typedef struct oss_ops {
#define OSS_OP(name, params) oss_status(*name) params;
#include "kernels/ops.def"
#undef OSS_OP
} oss_ops;

struct oss_backend {
  const char *name;   /* "cpu", "cuda" */
  const oss_ops *ops; /* never NULL, no NULL entry */
  oss_space space;    /* where its buffers live */
  int threads;        /* OpenMP threads of the CPU backend; 0 elsewhere */
  char device[256];   /* the processor or card in words */
  char numerics[32];  /* what the bits of results depend on: "cpu avx512", "cuda sm_90" */
  size_t memory;      /* bytes that buffers can take; 0: not bounded beyond the machine's own memory */
  int emulated;       /* a device imitated by the processor: for tests, its times mean nothing */
  char notice[256];   /* "auto": why a better backend was not taken; else empty */
  void *state;        /* the backend's own */
};

/* Creates the backend "cpu", "cuda" or "auto": the best one that works here, imitations left out; its notice says why a better one was not
 * taken. threads: how many CPU threads to use, 0 for all. OSS_ERR_UNAVAILABLE when the build or the machine lacks it, OSS_ERR_USAGE for an
 * unknown name; under auto a device that is there and fails (out of memory) is a failure too. The caller owns *out. BLAS is held to one
 * thread a caller from here on. */
oss_status oss_backend_create(const char *name, int threads, oss_backend **out);

/* Whether the environment asks for a GPU (OSS_REQUIRE_GPU set, neither empty nor 0): auto then takes nothing else. A backend asked for by
 * name is still created; check_required is OSS_ERR_UNAVAILABLE when it is not a GPU: the processor, or an imitation. */
int oss_backend_gpu_required(void);
oss_status oss_backend_check_required(const oss_backend *be);

/* NULL-safe. All buffers of the backend must have been destroyed. */
void oss_backend_destroy(oss_backend *be);

/* The names of the backends compiled in, NULL-terminated; and of those that this build lacks, which create says why. */
const char *const *oss_backend_names(void);
const char *const *oss_backend_absent_names(void);

#ifdef __cplusplus
}
#endif
#endif
