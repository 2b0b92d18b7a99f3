// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/normal.h"
#include "tests/support/parity.h"

static float *draw(oss_backend *be, size_t samples, size_t d, uint64_t seed, uint32_t stream, uint64_t first) {
  float *out = check_alloc(samples * d, sizeof *out);
  check_call call;
  check_call_begin(be, &call);
  float *memory = check_out(&call, out, samples * d * sizeof *out);
  check_ok(be->ops->noise(be, samples, d, seed, stream, first, memory));
  check_call_end(&call);
  return out;
}

/* What four words become, by the mathematics library. */
static void box_muller(const uint32_t *words, double *z) {
  for (int i = 0; i < 4; i += 2) {
    long double u = (words[i] + 0.5L) / 4294967296.0L, v = (words[i + 1] + 0.5L) / 4294967296.0L;
    long double radius = sqrtl(-2.0L * logl(u)), angle = 6.28318530717958647692528676655900577L * v;
    z[i] = (double)(radius * cosl(angle));
    z[i + 1] = (double)(radius * sinl(angle));
  }
}

static void own_functions_are_accurate(void **state) {
  (void)state;
  check_rng rng = {11};
  const uint32_t edges[] = {0,          1,          2,          0x1fffffff, 0x20000000, 0x3fffffff,
                            0x40000000, 0x7fffffff, 0x80000000, 0xb504f333, 0xfffffffe, 0xffffffff};
  enum { EDGES = sizeof edges / sizeof edges[0], DRAWS = 200000 };
  for (int i = 0; i < DRAWS; i++) {
    uint32_t word = i < EDGES ? edges[i] : (uint32_t)check_bits(&rng);
    if (i >= DRAWS / 2) word = 0xffffffffU - (word >> (i % 32)); /* near u = 1, where the logarithm is small */
    long double u = (word + 0.5L) / 4294967296.0L, angle = 6.28318530717958647692528676655900577L * u;
    double logarithm = oss_normal_log(word), want = (double)logl(u), cosine, sine;
    oss_normal_turn(word, &cosine, &sine);
    /* 1e-15 of the value: a few roundings of double; of 1 for cosine and sine, whose zeros are never hit */
    check_close("logarithm", 1, &logarithm, &want, 1e-15, 0.0);
    want = (double)cosl(angle);
    check_close("cosine", 1, &cosine, &want, 0.0, 5e-16);
    want = (double)sinl(angle);
    check_close("sine", 1, &sine, &want, 0.0, 5e-16);
  }
}

static void known_answer(oss_backend *be) {
  /* philox4x32 with 10 rounds, counter 0, key 0: the published test vector */
  const uint32_t words[4] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  philox4x32_ctr_t counter = {{0}};
  philox4x32_key_t key = {{0}};
  counter = philox4x32(counter, key);
  assert_memory_equal(counter.v, words, sizeof words);
  double want[4];
  box_muller(words, want);
  float *got = draw(be, 1, 4, 0, 0, 0);
  check_close_float("known answer", 4, got, want, 6e-8, 0.0); /* one rounding to float */
  free(got);
}

/* Every element of a batch, made again from the words of its own counter. */
static void keying(oss_backend *be) {
  const size_t samples = 3, ds[] = {1, 3, 4, 5, 63, 64, 65, 1023, 1024, 1025, 3001};
  const uint64_t seed = 0x123456789abcdef0ULL, first = 0xfffffffeULL; /* the second sample needs the high word */
  for (size_t i = 0; i < sizeof ds / sizeof ds[0]; i++) {
    size_t d = ds[i];
    float *got = draw(be, samples, d, seed, 7, first);
    double *want = check_alloc(samples * d + 3, sizeof *want), z[4];
    for (size_t s = 0; s < samples; s++)
      for (size_t e = 0; e < d; e += 4) {
        philox4x32_ctr_t counter = {{(uint32_t)(e / 4), 7, (uint32_t)(first + s), (uint32_t)((first + s) >> 32)}};
        philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
        counter = philox4x32(counter, key);
        box_muller(counter.v, z);
        for (size_t m = 0; m < 4 && e + m < d; m++) want[s * d + e + m] = z[m];
      }
    check_close_float("keying", samples * d, got, want, 6e-8, 0.0); /* one rounding to float */
    for (size_t s = 0; s < samples; s++) {
      float *alone = draw(be, 1, d, seed, 7, first + s);
      check_same_bits("a sample alone", d * sizeof *got, alone, got + s * d);
      free(alone);
    }
    free(got);
    free(want);
  }
}

static void moments(oss_backend *be) {
  enum { DRAWS = 1000 * 1000 };
  float *z = draw(be, 100, DRAWS / 100, 1, 0, 0);
  double mean = 0, variance = 0, skew = 0, kurtosis = 0, near[4] = {0}, largest = 0;
  for (size_t i = 0; i < DRAWS; i++) mean += (double)z[i] / DRAWS;
  for (size_t i = 0; i < DRAWS; i++) {
    double x = (double)z[i] - mean;
    variance += x * x / DRAWS;
    skew += x * x * x / DRAWS;
    kurtosis += x * x * x * x / DRAWS;
    for (size_t lag = 1; lag < 4 && i + lag < DRAWS; lag++) near[lag] += x * ((double)z[i + lag] - mean) / DRAWS;
    if (fabs(x) > largest) largest = fabs(x);
  }
  /* five standard errors each: sqrt(1, 2, 6, 24, 1) / 1000 */
  check_close("mean", 1, &mean, &(double){0.0}, 0.0, 0.005);
  check_close("variance", 1, &variance, &(double){1.0}, 0.0, 0.0071);
  check_close("skewness", 1, &skew, &(double){0.0}, 0.0, 0.0195); /* sqrt(15) with the mean known, 6 without: the larger */
  check_close("kurtosis", 1, &kurtosis, &(double){3.0}, 0.0, 0.0245);
  for (size_t lag = 1; lag < 4; lag++) check_close("correlation", 1, &near[lag], &(double){0.0}, 0.0, 0.005);
  assert_true(largest > 4.2 && largest < 6.8); /* tails are there; 6.76 is the farthest that 32 bits reach */
  free(z);
}

static void seeds_and_streams_differ(oss_backend *be) {
  float *base = draw(be, 1, 64, 5, 0, 9),
        *others[3] = {draw(be, 1, 64, 6, 0, 9), draw(be, 1, 64, 5, 1, 9), draw(be, 1, 64, 5 + (1ULL << 32), 0, 9)};
  for (int o = 0; o < 3; o++) {
    int same = 0;
    for (int i = 0; i < 64; i++) same += base[i] == others[o][i];
    assert_true(same == 0);
    free(others[o]);
  }
  free(base);
}

/* The bits themselves, folded (FNV-1a): a result that names a seed is repeated by every compiler, library and device. */
static void bits_are_the_same_everywhere(oss_backend *be) {
  float *z = draw(be, 10, 10000, 2026, 3, 17);
  uint64_t hash = 14695981039346656037ULL;
  for (size_t i = 0; i < 100000; i++) {
    uint32_t bits;
    memcpy(&bits, &z[i], sizeof bits);
    hash = (hash ^ bits) * 1099511628211ULL;
  }
  free(z);
  if (hash != 0x0f7f3819b6227fe1ULL) fail_msg("hash of the noise is 0x%016llx", (unsigned long long)hash);
}

/* Also where four floats cannot move as one. */
static void where_it_lies_makes_no_difference(oss_backend *be) {
  float *straight = draw(be, 3, 64, 4, 2, 100), shifted[3 * 64 + 1];
  check_call call;
  check_call_begin(be, &call);
  float *out = check_out(&call, shifted, sizeof shifted);
  check_ok(be->ops->noise(be, 3, 64, 4, 2, 100, out + 1));
  check_call_end(&call);
  check_same_bits("between alignments", 3 * 64 * sizeof *straight, shifted + 1, straight);
  free(straight);
}

static void threads_make_no_difference(void) {
  float *one = draw(parity_backend(1), 7, 3001, 4, 2, 100);
  for (int threads = 2; threads <= PARITY_THREADS; threads++) {
    float *more = draw(parity_backend(threads), 7, 3001, 4, 2, 100);
    check_same_bits("threads", 7 * 3001 * sizeof *one, more, one);
    free(more);
  }
  free(one);
}

static void parity_noise(void **state) {
  (void)state;
  oss_backend *be = parity_backend(2);
  known_answer(be);
  keying(be);
  moments(be);
  seeds_and_streams_differ(be);
  bits_are_the_same_everywhere(be);
  threads_make_no_difference();
  where_it_lies_makes_no_difference(be);
  check_ok(be->ops->noise(be, 0, 10, 0, 0, 0, NULL));
  check_fails(be->ops->noise(be, 1, ((size_t)1 << 34) + 1, 0, 0, 0, NULL), OSS_ERR_INPUT, "17179869185");
  check_fails(be->ops->noise(be, 2, 1, 0, 0, UINT64_MAX, NULL), OSS_ERR_INPUT, "2^64");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(own_functions_are_accurate), PARITY_NOISE(PARITY_TEST)};
  return parity_run("noise", tests, sizeof tests / sizeof tests[0]);
}
