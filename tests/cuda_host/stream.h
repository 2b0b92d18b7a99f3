// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Streams and events. Nothing runs when it is asked for: it waits in its stream until the program waits for it, so that what a program
 * forgot to wait for has not happened. */
#ifndef OSS_CUDA_HOST_STREAM_H
#define OSS_CUDA_HOST_STREAM_H

#include <time.h>

#include <deque>
#include <memory>

#include "internal.h"

struct CUstream_st {
  bool blocking; /* in order with the default stream */
  std::deque<oss_cuda_host::operation> queue;
  CUgraph_st *capture; /* what is recorded, or NULL */
};

struct CUevent_st {
  bool timing;
  std::shared_ptr<CUstream_st> stream; /* of the latest record; NULL before the first */
  uint64_t wanted, reached;            /* serials of the latest record: asked for, done */
  struct timespec time;
};

namespace oss_cuda_host {

std::shared_ptr<CUstream_st> stream_of(cudaStream_t stream); /* NULL when there is no such stream */
extern std::shared_ptr<CUstream_st> capturing;               /* the one stream that does */

}  // namespace oss_cuda_host

#endif
