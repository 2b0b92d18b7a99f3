// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Runs a kernel: blocks one after another, the threads of a block by turns on one processor. A thread is left only where it waits; one that
 * never waits costs no switch at all, since the next one begins on the same stack. */
#include <stdlib.h>

#include <vector>

#include "fiber.h"
#include "internal.h"
#include "order.h"

extern "C" {
uint3 oss_cuda_host_thread, oss_cuda_host_block;
dim3 oss_cuda_host_block_dim, oss_cuda_host_grid_dim;
}

namespace oss_cuda_host {

unsigned long long block_serial;

namespace {

enum thread_state { FRESH, RUNNING, AT_BARRIER, AT_WARP, DONE };

struct thread_record {
  thread_state state;
  fiber *context;
  const char *file; /* where it waits */
  int line;
  warp_kind kind;
  unsigned mask, from;
  uint64_t value, result;
};

struct warp_record {
  unsigned there, exited, waiting; /* lanes */
};

/* The block that runs. */
thread_record threads[MOST_THREADS];
warp_record warps[MOST_THREADS / WARP_LANES];
uint3 indices[MOST_THREADS];
launch_order order;
const kernel_call *running_call;
unsigned count, begun, done, self;
unsigned ready[MOST_THREADS], ready_first, ready_count;

struct {
  unsigned waiting, votes;
  int result;
  barrier_kind kind;
  const char *file;
  int line;
} barrier;

fiber program;
fiber *current = &program;
std::vector<fiber *> unused;

void make_ready(unsigned t) {
  ready[(ready_first + ready_count++) % MOST_THREADS] = t;
}

void become(unsigned t) {
  self = t;
  threads[t].state = RUNNING;
  oss_cuda_host_thread = indices[t];
}

void switch_to(fiber *next) {
  fiber *mine = current;
  current = next;
  fiber_switch(mine, next);
}

const char *lane_doing(const thread_record &t) {
  switch (t.state) {
    case AT_BARRIER:
      return "waits at __syncthreads";
    case AT_WARP:
      return "waits in another warp function, or with another mask,";
    default:
      return "is not there";
  }
}

[[noreturn]] void deadlock() {
  for (unsigned t = 0; t < count; t++) {
    if (threads[t].state != AT_WARP) continue;
    for (unsigned lane = 0; lane < WARP_LANES; lane++) {
      if (!(threads[t].mask >> lane & 1u)) continue;
      const thread_record &other = threads[t / WARP_LANES * WARP_LANES + lane];
      if (other.state == AT_WARP && other.mask == threads[t].mask) continue;
      become(t);
      fail("lane %u of mask 0x%08x never comes to the warp function at %s:%d: it %s at %s:%d", lane, threads[t].mask, threads[t].file,
           threads[t].line, lane_doing(other), other.file, other.line);
    }
  }
  fail("the block is stuck: no thread can go on");
}

void worker();

/* Leaves this stack for whoever can go on. */
void leave() {
  if (ready_count > 0) {
    unsigned t = ready[ready_first];
    ready_first = (ready_first + 1) % MOST_THREADS;
    ready_count--;
    self = t;
    switch_to(threads[t].context);
  } else if (begun < count) {
    if (unused.empty()) unused.push_back(fiber_create(&worker));
    fiber *next = unused.back();
    unused.pop_back();
    switch_to(next);
  } else if (done == count) {
    switch_to(&program);
  } else {
    deadlock();
  }
}

void wait(thread_state state) {
  unsigned t = self;
  threads[t].state = state;
  threads[t].context = current;
  leave();
  become(t);
}

void run_thread(unsigned t) {
  become(t);
  now.thread = true;
  running_call->thread();
  threads[t].state = DONE;
  done++;
  warp_record &warp = warps[t / WARP_LANES];
  unsigned bit = 1u << t % WARP_LANES;
  warp.exited |= bit;
  if (barrier.waiting > 0)
    fail("the thread ends while %u others wait at __syncthreads (%s:%d)", barrier.waiting, barrier.file, barrier.line);
  for (unsigned lane = 0; warp.waiting >> lane != 0 && lane < WARP_LANES; lane++) {
    if (!(warp.waiting >> lane & 1u)) continue;
    const thread_record &other = threads[t / WARP_LANES * WARP_LANES + lane];
    if (other.mask & bit)
      fail("lane %u ends while lane %u waits for it in a warp function with mask 0x%08x at %s:%d", t % WARP_LANES, lane, other.mask,
           other.file, other.line);
  }
}

/* What every stack does: threads that have not begun, then it is free for others. */
void worker() {
  for (;;) {
    while (ready_count == 0 && begun < count) run_thread(order.thread[begun++]);
    unused.push_back(current);
    leave();
  }
}

void run_block(const kernel_call &call) {
  for (unsigned t = 0; t < count; t++) threads[t].state = FRESH;
  for (unsigned w = 0; w * WARP_LANES < count; w++) {
    unsigned lanes = count - w * WARP_LANES;
    warps[w] = {lanes >= WARP_LANES ? ~0u : (1u << lanes) - 1u, 0, 0};
  }
  begun = done = ready_first = ready_count = 0;
  barrier.waiting = barrier.votes = 0;
  block_serial++;
  shared_begin(call);
  leave();
  now.thread = false;
  shared_end();
}

bool same_place(const char *file, int line, const char *other_file, int other_line) {
  return line == other_line && (file == other_file || strcmp(file, other_file) == 0);
}

/* All lanes of the mask are here: what each gets. */
void exchange(unsigned base, unsigned mask, warp_kind kind) {
  uint64_t all = 0;
  int first = 1;
  for (unsigned lane = 0; lane < WARP_LANES; lane++) {
    if (!(mask >> lane & 1u)) continue;
    thread_record &t = threads[base + lane];
    uint64_t v = t.value;
    switch (kind) {
      case WARP_SYNC:
        break;
      case WARP_SHUFFLE:
        if (!(mask >> t.from & 1u))
          fail("lane %u shuffles from lane %u, which mask 0x%08x does not name, at %s:%d", lane, t.from, mask, t.file, t.line);
        t.result = threads[base + t.from].value;
        break;
      case WARP_MATCH:
        t.result = 0;
        for (unsigned other = 0; other < WARP_LANES; other++)
          if (mask >> other & 1u && threads[base + other].value == v) t.result |= 1ull << other;
        break;
      case WARP_BALLOT:
        all |= v << lane;
        break;
      case WARP_ADD:
        all = (unsigned)(all + v);
        break;
      case WARP_MIN_SIGNED:
        all = first || (int64_t)v < (int64_t)all ? v : all;
        break;
      case WARP_MAX_SIGNED:
        all = first || (int64_t)v > (int64_t)all ? v : all;
        break;
      case WARP_MIN:
        all = first || v < all ? v : all;
        break;
      case WARP_MAX:
        all = first || v > all ? v : all;
        break;
      case WARP_AND:
        all = first ? v : all & v;
        break;
      case WARP_OR:
        all |= v;
        break;
      case WARP_XOR:
        all ^= v;
        break;
    }
    first = 0;
  }
  if (kind == WARP_SHUFFLE || kind == WARP_MATCH) return;
  for (unsigned lane = 0; lane < WARP_LANES; lane++)
    if (mask >> lane & 1u) threads[base + lane].result = all;
}

void check_lanes(const warp_record &warp, unsigned lane, unsigned mask, const char *file, int line) {
  if (!(mask >> lane & 1u))
    fail("lane %u calls a warp function with mask 0x%08x, which does not name it, at %s:%d", lane, mask, file, line);
  if (mask & ~warp.there)
    fail("mask 0x%08x names lane %d, which the block does not have, at %s:%d", mask, __builtin_ctz(mask & ~warp.there), file, line);
  if (mask & warp.exited) fail("mask 0x%08x names lane %d, which has ended, at %s:%d", mask, __builtin_ctz(mask & warp.exited), file, line);
}

/* Whether every lane of the mask waits with the same mask. */
bool complete(const warp_record &warp, unsigned base, const thread_record &mine) {
  if ((warp.waiting & mine.mask) != mine.mask) return false;
  for (unsigned lane = 0; lane < WARP_LANES; lane++) {
    if (!(mine.mask >> lane & 1u)) continue;
    const thread_record &t = threads[base + lane];
    if (t.mask != mine.mask) return false;
    if (t.kind != mine.kind || !same_place(t.file, t.line, mine.file, mine.line))
      fail("lanes of mask 0x%08x meet in different warp functions: %s:%d and %s:%d (lane %u)", mine.mask, mine.file, mine.line, t.file,
           t.line, lane);
  }
  return true;
}

}  // namespace

int block_barrier(barrier_kind kind, int vote, const char *file, int line) {
  if (done > 0) fail("__syncthreads at %s:%d after %u threads of the block have ended", file, line, done);
  if (barrier.waiting == 0) {
    barrier.kind = kind;
    barrier.file = file;
    barrier.line = line;
  } else if (kind != barrier.kind || !same_place(file, line, barrier.file, barrier.line)) {
    fail("divergent __syncthreads: this thread is at %s:%d, %u others at %s:%d", file, line, barrier.waiting, barrier.file, barrier.line);
  }
  barrier.votes += vote != 0;
  if (++barrier.waiting < count) {
    threads[self].file = file;
    threads[self].line = line;
    wait(AT_BARRIER);
    return barrier.result;
  }
  barrier.result = (int)(kind == BARRIER_AND ? barrier.votes == count : kind == BARRIER_OR ? barrier.votes > 0 : barrier.votes);
  barrier.waiting = barrier.votes = 0;
  for (unsigned i = 0; i < count; i++)
    if (order.thread[i] != self) make_ready(order.thread[i]);
  return barrier.result;
}

uint64_t warp_meet(warp_kind kind, unsigned mask, uint64_t value, unsigned from, const char *file, int line) {
  unsigned t = self, lane_ = t % WARP_LANES, base = t - lane_;
  warp_record &warp = warps[t / WARP_LANES];
  check_lanes(warp, lane_, mask, file, line);
  thread_record &mine = threads[t];
  mine.kind = kind;
  mine.mask = mask;
  mine.from = from;
  mine.value = value;
  mine.file = file;
  mine.line = line;
  warp.waiting |= 1u << lane_;
  if (!complete(warp, base, mine)) {
    wait(AT_WARP);
    return mine.result;
  }
  exchange(base, mask, kind);
  warp.waiting &= ~mask;
  for (unsigned i = 0; i < WARP_LANES; i++) {
    unsigned other = order.lane[i];
    if (other != lane_ && mask >> other & 1u) make_ready(base + other);
  }
  return mine.result;
}

unsigned lane() {
  return self % WARP_LANES;
}

unsigned active_lanes() {
  const warp_record &warp = warps[self / WARP_LANES];
  return warp.there & ~warp.exited;
}

unsigned shuffle_source(shuffle_kind kind, unsigned by, int width, const char *file, int line) {
  if (width < 1 || width > WARP_LANES || (width & (width - 1)) != 0)
    fail("a shuffle of width %d at %s:%d: 1, 2, 4, 8, 16 or 32", width, file, line);
  unsigned me = lane(), w = (unsigned)width, first = me & ~(w - 1u);
  switch (kind) {
    case SHUFFLE_INDEX:
      return first | (by & (w - 1u));
    case SHUFFLE_UP:
      return by > me - first ? me : me - by;
    case SHUFFLE_DOWN:
      return by > first + w - 1u - me ? me : me + by;
    default:
      return ((me ^ by) & 31u) > first + w - 1u ? me : (me ^ by) & 31u;
  }
}

void run_kernel(const kernel_call &call) {
  const dim3 b = call.block, g = call.grid;
  count = b.x * b.y * b.z;
  running_call = now.call = &call;
  oss_cuda_host_block_dim = b;
  oss_cuda_host_grid_dim = g;
  unsigned t = 0;
  for (unsigned z = 0; z < b.z; z++)
    for (unsigned y = 0; y < b.y; y++)
      for (unsigned x = 0; x < b.x; x++) indices[t++] = uint3{x, y, z};
  size_t blocks = (size_t)g.x * g.y * g.z;
  order.start(count, blocks);
  for (size_t i = 0; i < blocks; i++) {
    size_t n = order.block(i);
    oss_cuda_host_block = uint3{(unsigned)(n % g.x), (unsigned)(n / g.x % g.y), (unsigned)(n / g.x / g.y)};
    run_block(call);
  }
  now.call = nullptr;
}

}  // namespace oss_cuda_host
