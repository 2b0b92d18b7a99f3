// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* One block of queries of one sample and head at a time: scores with all keys in the thread's scratch, their exponentials, the sum of
 * values, divided at the end. Blocks depend on the number of tokens alone. Flops: 4 tokens width an output row; the scores stay in the
 * second-level cache. */
#include <cblas.h>
#include <omp.h>

#include "kernels/checks.h"
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/softmax.h"

enum { MOST_QUERIES = 64, MOST_TOKENS = OSS_CPU_SCRATCH / sizeof(float) };

oss_status oss_cpu_attention(oss_backend *be, size_t samples, size_t tokens, size_t heads, size_t width, double scale, oss_compute compute,
                             const float *qkv, float *out) {
  OSS_TRY(oss_check_attention(samples, tokens, heads, width, scale));
  if (compute != OSS_COMPUTE_FP32) return oss_fail(OSS_ERR_UNSUPPORTED, "the processor computes products in fp32 only");
  if (tokens > MOST_TOKENS) return oss_fail(OSS_ERR_UNSUPPORTED, "attention: %zu tokens; %d are possible", tokens, (int)MOST_TOKENS);
  const size_t queries = MOST_TOKENS / tokens < MOST_QUERIES ? MOST_TOKENS / tokens : MOST_QUERIES;
  const size_t blocks = (tokens + queries - 1) / queries, stride = heads * width;
  const int lead = (int)(3 * stride), key_count = (int)tokens, w = (int)width;
#pragma omp parallel for schedule(dynamic, 1) num_threads(be->threads) if (samples * tokens * tokens * stride > OSS_CPU_SERIAL * 16)
  for (size_t task = 0; task < samples * heads * blocks; task++) {
    const size_t first = task % blocks * queries, head = task / blocks % heads, sample = task / blocks / heads;
    const size_t rows = tokens - first < queries ? tokens - first : queries;
    const float *base = qkv + sample * tokens * 3 * stride + head * width, *query = base + first * 3 * stride;
    float *score = oss_cpu_scratch(be, omp_get_thread_num()), *to = out + (sample * tokens + first) * stride + head * width;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, key_count, w, (float)scale, query, lead, base + stride, lead, 0.0f,
                score, key_count);
    OSS_ISA_CALL(oss_softmax_rows, rows, tokens, score);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, w, key_count, 1.0f, score, key_count, base + 2 * stride, lead, 0.0f,
                to, (int)stride);
  }
  return OSS_OK;
}
