// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* From a network F to the denoiser D = c_skip x + c_out F(c_in x, c_noise), in flow coordinates: x = (1-t) x0 + t eps, sigma = t/(1-t), and
 * x/(1-t) = x0 + sigma eps is the state of Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models" (2022). A row
 * of their table 1 becomes c_in/(1-t), c_skip/(1-t), c_out, c_noise here:
 * - EDM: 1/r, sd^2 (1-t)/r^2, t sd/r, ln(sigma)/4, with r^2 = t^2 + sd^2 (1-t)^2 (their equation 7; c_noise of appendix B.6)
 * - VP: 1/sqrt(t^2 + (1-t)^2), 1/(1-t), -sigma, (M-1) s, where s is the time at which sigma(s) of their equation 15, with
 *   e^(beta_d s^2/2 + beta_min s) - 1 = sigma^2, is reached
 * - VE: 1/(1-t), 1/(1-t), sigma, ln(sigma/2)
 *
 * Two more predictions:
 * - EPS: F is the noise at one of the steps that a network was trained at, i with ln sigma_i (Ho et al., "Denoising Diffusion Probabilistic
 *   Models", 2020). D = (x - t F)/(1-t), whose input x/sqrt(t^2 + (1-t)^2) has their scale; c_noise is i, found in ln sigma
 * - V: F is the velocity eps - x0 (Liu et al., "Flow Straight and Fast", 2022). D = x - t F; c_noise is time_scale t
 *
 * t = 1 has no finite sigma. V is regular there; EDM keeps its limits and takes c_noise at sigma_max; the others take the coefficients of
 * sigma_max, the state being taken for one there. No finite sigma is moved. Every formula keeps its digits at either end. */
#ifndef OSS_KERNELS_PRECONDITION_H
#define OSS_KERNELS_PRECONDITION_H

#include <math.h>

#include "kernels/backend.h"

#if defined(__CUDACC__)
#define OSS_PRECONDITION_FN static inline __host__ __device__
#else
#define OSS_PRECONDITION_FN static inline
#endif

/* t, 1 - t and sigma: of t < 1 itself, of sigma_max for t = 1. */
typedef struct oss_noise_level {
  double t, rest, sigma;
} oss_noise_level;

OSS_PRECONDITION_FN oss_noise_level oss_noise_level_of(double t, double sigma_max) {
  oss_noise_level at;
  if (t < 1.0) {
    at.t = t;
    at.rest = 1.0 - t;
    at.sigma = t / at.rest;
  } else {
    at.t = sigma_max / (1.0 + sigma_max);
    at.rest = 1.0 / (1.0 + sigma_max);
    at.sigma = sigma_max;
  }
  return at;
}

OSS_PRECONDITION_FN void oss_precondition_edm(const oss_precondition *how, double t, double *coef) {
  const double rest = 1.0 - t, data = how->sigma_data;
  const double square = t * t + data * data * (rest * rest), r = sqrt(square);
  coef[0] = 1.0 / r;
  coef[1] = data * data * rest / square;
  coef[2] = t * (data / r);
  coef[3] = log(oss_noise_level_of(t, how->sigma_max).sigma) / 4.0;
}

/* c_in of a network whose states have variance 1 when the data have. */
OSS_PRECONDITION_FN double oss_precondition_unit(oss_noise_level at) {
  return 1.0 / sqrt(at.t * at.t + at.rest * at.rest);
}

/* The root of beta_d s^2/2 + beta_min s = ln(1 + sigma^2), without the difference of near numbers that a small sigma would bring. */
OSS_PRECONDITION_FN double oss_precondition_vp_time(const oss_precondition *how, double sigma) {
  const double twice = 2.0 * log1p(sigma * sigma);
  if (twice == 0.0) return 0.0;
  return twice / (sqrt(how->beta_min * how->beta_min + how->beta_d * twice) + how->beta_min);
}

OSS_PRECONDITION_FN void oss_precondition_vp(const oss_precondition *how, double t, double *coef) {
  const oss_noise_level at = oss_noise_level_of(t, how->sigma_max);
  coef[0] = oss_precondition_unit(at);
  coef[1] = 1.0 / at.rest;
  coef[2] = -at.sigma;
  coef[3] = how->last_time * oss_precondition_vp_time(how, at.sigma);
}

OSS_PRECONDITION_FN void oss_precondition_ve(const oss_precondition *how, double t, double *coef) {
  const oss_noise_level at = oss_noise_level_of(t, how->sigma_max);
  coef[0] = 1.0 / at.rest;
  coef[1] = 1.0 / at.rest;
  coef[2] = at.sigma;
  coef[3] = log(at.sigma) - 0.69314718055994530942; /* halved in the logarithm: the least sigma has no half */
}

/* Where value lies in the ascending table: between its neighbours' indices by distance, or the nearer one (the lower of two as near). A
 * value outside is at the end it lies beyond. */
OSS_PRECONDITION_FN double oss_precondition_index(size_t entries, const double *table, int nearest, double value) {
  size_t low = 0, high = entries - 1;
  if (value <= table[low]) return 0.0;
  if (value >= table[high]) return (double)high;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (table[middle] <= value)
      low = middle;
    else
      high = middle;
  }
  const double below = value - table[low], above = table[high] - value;
  if (nearest) return (double)(above < below ? high : low);
  return (double)low + below / (table[high] - table[low]);
}

OSS_PRECONDITION_FN void oss_precondition_eps(const oss_precondition *how, double t, double *coef) {
  const oss_noise_level at = oss_noise_level_of(t, how->sigma_max);
  coef[0] = oss_precondition_unit(at);
  coef[1] = 1.0 / at.rest;
  coef[2] = -at.sigma;
  coef[3] = oss_precondition_index(how->entries, how->log_sigma, how->nearest, log(at.sigma));
}

OSS_PRECONDITION_FN void oss_precondition_v(const oss_precondition *how, double t, double *coef) {
  coef[0] = 1.0;
  coef[1] = 1.0;
  coef[2] = -t;
  coef[3] = how->time_scale * t;
}

/* coef: c_in, c_skip, c_out, c_noise; t in (0, 1]. */
OSS_PRECONDITION_FN void oss_precondition_at(const oss_precondition *how, double t, double *coef) {
  switch (how->prediction) {
    case OSS_PREDICT_EDM:
      oss_precondition_edm(how, t, coef);
      return;
    case OSS_PREDICT_VP:
      oss_precondition_vp(how, t, coef);
      return;
    case OSS_PREDICT_VE:
      oss_precondition_ve(how, t, coef);
      return;
    case OSS_PREDICT_EPS:
      oss_precondition_eps(how, t, coef);
      return;
    case OSS_PREDICT_V:
      oss_precondition_v(how, t, coef);
      return;
  }
}

#endif
