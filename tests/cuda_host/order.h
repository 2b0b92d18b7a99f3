// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The order in which the blocks of a launch and the threads of its blocks run. No program may depend on it: OSS_CUDA_HOST_ORDER chooses
 * forward, backward, shuffled or shuffled:SEED; without it launches take turns with the three. */
#ifndef OSS_CUDA_HOST_ORDER_H
#define OSS_CUDA_HOST_ORDER_H

#include <stddef.h>

#include "internal.h"

namespace oss_cuda_host {

struct launch_order {
  unsigned thread[MOST_THREADS];
  unsigned lane[WARP_LANES];
  void start(unsigned threads, size_t blocks);
  size_t block(size_t i) const; /* the i-th to run */

 private:
  size_t blocks_, first_, step_; /* block i is first + i step, modulo blocks */
  bool backward_;
};

}  // namespace oss_cuda_host

#endif
