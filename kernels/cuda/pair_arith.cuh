// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The arithmetics of pair_error: what a thread holds of its 4 x J pairs while the elements pass, and what it does with one element. Q is
 * the number of h terms, P the power (0: any, by pow). All loops have constant bounds, so that everything lies in registers.
 *
 *   value     what rows are in shared memory
 *   place     a pair's coefficients
 *   anchor    two floats: the bound on a pair's partial sums
 *   power     double: the power where P does not say it
 *   gain      one element of 4 rows of each input and J targets
 *   end_run   after at most PAIR_RUN elements
 *   take      the sum since the last take
 */
#ifndef OSS_KERNELS_CUDA_PAIR_ARITH_CUH
#define OSS_KERNELS_CUDA_PAIR_ARITH_CUH

#include "kernels/cuda/pair_job.cuh"

enum { PAIR_K = 4 }; /* states of a thread */

/* Sums of floats in two steps: runs of 32 additions, then the at most 16 runs of a chunk; chunks are added in double. With a chunk's sum S
 * the roundings of the runs, each random and below 2^-24 of what there is of the run, come to 0.34 * 2^-24 S in the mean of squares, those
 * of their sum to 0.97 * 2^-24 S: 6e-8 together, and less the more chunks there are. */
template <int P, int J>
struct pair_float_sums {
  float run[PAIR_K][J], sum[PAIR_K][J];

  __device__ inline void clear() {
#pragma unroll
    for (int k = 0; k < PAIR_K; k++)
#pragma unroll
      for (int j = 0; j < J; j++) run[k][j] = sum[k][j] = 0.0f;
  }
  __device__ inline void add(int k, int j, float difference) {
    run[k][j] = P == 2 ? fmaf(difference, difference, run[k][j]) : run[k][j] + fabsf(difference);
  }
  __device__ inline void end_run() {
#pragma unroll
    for (int k = 0; k < PAIR_K; k++)
#pragma unroll
      for (int j = 0; j < J; j++) {
        sum[k][j] += run[k][j];
        run[k][j] = 0.0f;
      }
  }
  __device__ inline double take(int k, int j) {
    const double taken = (double)sum[k][j];
    sum[k][j] = 0.0f;
    return taken;
  }
};

/* Float: q + 2 FMA an element and pair. */
template <int Q, int P>
struct pair_float {
  typedef float value;
  enum { J = 4, APART = 0, BLOCKS = Q <= 2 ? 2 : 1, NORMS = 1 };
  pair_float_sums<P, J> sums;
  float c[Q + 1][PAIR_K][J];

  __device__ inline void place(int m, int k, int j, double coef) {
    c[m][k][j] = -(float)coef;
  }
  __device__ inline void anchor(int, int, double) {
  }
  __device__ inline void power(double) {
  }
  __device__ inline void gain(const float (&in)[Q + 1][PAIR_K], const float (&target)[J]) {
#pragma unroll
    for (int k = 0; k < PAIR_K; k++) {
      float t[J];
#pragma unroll
      for (int j = 0; j < J; j++) t[j] = target[j];
#pragma unroll
      for (int m = Q; m >= 0; m--) /* the state last: its product is the largest where k is near j */
#pragma unroll
        for (int j = 0; j < J; j++) t[j] = fmaf(c[m][k][j], in[m][k], t[j]);
#pragma unroll
      for (int j = 0; j < J; j++) sums.add(k, j, t[j]);
    }
  }
};

/* Two floats for a difference, one for the rest: about 48 bits where it counts, 5 q + 11 operations an element and pair, for devices
 * where double is slower than that. Partial sums run beside an anchor, 1.5 times a power of two that is above four times what they reach,
 * so that all have the anchor's unit in the last place: a step from one to the next is a float without rounding, and what a product and
 * that step differ by, which is what rounding took, one FMA gives. The pieces taken are summed on the side. */
template <int Q, int P>
struct pair_two {
  typedef float value;
  enum { J = Q <= 3 ? 4 : 2, APART = 0, BLOCKS = 1, NORMS = 0 };
  pair_float_sums<P, J> sums;
  float c[Q + 1][PAIR_K][J], rest[Q + 1][PAIR_K][J], base[PAIR_K][J];

  __device__ inline void place(int m, int k, int j, double coef) {
    c[m][k][j] = -(float)coef;
    rest[m][k][j] = (float)(-coef - (double)c[m][k][j]);
  }
  __device__ inline void anchor(int k, int j, double reach) {
    int exponent = 0;
    if (pair_reachable(reach)) frexp(reach, &exponent); /* the others' results are not looked at */
    base[k][j] = (float)ldexp(3.0, exponent);
  }
  __device__ inline void power(double) {
  }
  __device__ inline void gain(const float (&in)[Q + 1][PAIR_K], const float (&target)[J]) {
#pragma unroll
    for (int k = 0; k < PAIR_K; k++)
#pragma unroll
      for (int j = 0; j < J; j++) {
        float at = base[k][j] + target[j];
        float taken = target[j] - (at - base[k][j]);
#pragma unroll
        for (int m = Q; m >= 0; m--) {
          const float next = fmaf(c[m][k][j], in[m][k], at);
          taken += fmaf(c[m][k][j], in[m][k], at - next);
          taken = fmaf(rest[m][k][j], in[m][k], taken);
          at = next;
        }
        sums.add(k, j, (at - base[k][j]) + taken);
      }
  }
};

/* Double: q + 2 FMA in double. */
template <int Q, int P>
struct pair_double {
  typedef double value;
  enum { J = P == 0 ? 1 : Q <= 3 ? 4 : 2, APART = J == 4, BLOCKS = 1, NORMS = 0 };
  struct {
    double sum[PAIR_K][J];

    __device__ inline void clear() {
#pragma unroll
      for (int k = 0; k < PAIR_K; k++)
#pragma unroll
        for (int j = 0; j < J; j++) sum[k][j] = 0.0;
    }
    __device__ inline void end_run() {
    }
    __device__ inline double take(int k, int j) {
      const double taken = sum[k][j];
      sum[k][j] = 0.0;
      return taken;
    }
  } sums;
  double c[Q + 1][PAIR_K][J], exponent;

  __device__ inline void place(int m, int k, int j, double coef) {
    c[m][k][j] = -coef;
  }
  __device__ inline void anchor(int, int, double) {
  }
  __device__ inline void power(double p) {
    exponent = p;
  }
  __device__ inline void gain(const double (&in)[Q + 1][PAIR_K], const double (&target)[J]) {
#pragma unroll
    for (int k = 0; k < PAIR_K; k++) {
      double t[J];
#pragma unroll
      for (int j = 0; j < J; j++) t[j] = target[j];
#pragma unroll
      for (int m = Q; m >= 0; m--)
#pragma unroll
        for (int j = 0; j < J; j++) t[j] = fma(c[m][k][j], in[m][k], t[j]);
#pragma unroll
      for (int j = 0; j < J; j++) {
        double &sum = sums.sum[k][j];
        sum = P == 2 ? fma(t[j], t[j], sum) : sum + (P == 1 ? fabs(t[j]) : pow(fabs(t[j]), exponent));
      }
    }
  }
};

#endif
