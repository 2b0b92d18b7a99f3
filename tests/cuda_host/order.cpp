// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "order.h"

#include <stdlib.h>
#include <string.h>

#include <numeric>
#include <utility>

namespace oss_cuda_host {

namespace {

enum order_kind { FORWARD, BACKWARD, SHUFFLED, KINDS };

unsigned long long launches;

struct generator { /* splitmix64 */
  uint64_t state;
  uint64_t next() {
    uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
  }
};

order_kind choose(uint64_t *seed) {
  const char *asked = getenv("OSS_CUDA_HOST_ORDER");
  *seed = launches++;
  if (asked == nullptr || *asked == '\0') return (order_kind)(*seed % KINDS);
  if (strcmp(asked, "forward") == 0) return FORWARD;
  if (strcmp(asked, "backward") == 0) return BACKWARD;
  if (strcmp(asked, "shuffled") == 0) return SHUFFLED;
  if (strncmp(asked, "shuffled:", 9) == 0) {
    *seed += strtoull(asked + 9, nullptr, 0) << 32;
    return SHUFFLED;
  }
  fail("OSS_CUDA_HOST_ORDER is '%s': forward, backward, shuffled or shuffled:SEED", asked);
}

void arrange(order_kind kind, generator *random, unsigned count, unsigned *out) {
  for (unsigned i = 0; i < count; i++) out[i] = kind == BACKWARD ? count - 1 - i : i;
  if (kind != SHUFFLED) return;
  for (unsigned i = count; i > 1; i--) std::swap(out[i - 1], out[random->next() % i]);
}

}  // namespace

void launch_order::start(unsigned threads, size_t blocks) {
  uint64_t seed;
  order_kind kind = choose(&seed);
  generator random{seed};
  arrange(kind, &random, threads, thread);
  arrange(kind, &random, WARP_LANES, lane);
  blocks_ = blocks;
  backward_ = kind == BACKWARD;
  first_ = 0;
  step_ = 1;
  if (kind != SHUFFLED || blocks < 2) return;
  first_ = random.next() % blocks;
  do step_ = 1 + random.next() % blocks;
  while (std::gcd(step_, blocks) != 1);
}

size_t launch_order::block(size_t i) const {
  if (backward_) return blocks_ - 1 - i;
  return (size_t)((first_ + (unsigned __int128)i * step_) % blocks_);
}

}  // namespace oss_cuda_host
